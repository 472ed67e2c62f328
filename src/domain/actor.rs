//! Who acts: a person with the roles of this moment, and the principals that a rule names.

use serde::{Deserialize, Serialize};

use super::ids::{RoleId, UserId};

/// A person as a record remembers them.
///
/// The id decides everything; the name is only for reading, cleaned at the edge, and may be out of date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
}

/// A person at the moment of an action, with the roles that Discord sent along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: Person,
    pub roles: Vec<RoleId>,
}

impl Actor {
    /// Whether one of `principals` names this person or a role of theirs.
    pub fn is_any_of(&self, principals: &[Principal]) -> bool {
        principals.iter().any(|principal| match principal {
            Principal::User(id) => *id == self.person.id,
            Principal::Role(id) => self.roles.contains(id),
        })
    }
}

/// A role or a user, as rules name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    Role(RoleId),
    User(UserId),
}

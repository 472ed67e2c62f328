//! Who somebody is in the guild now: nobody sends roles along with a reaction or a visit, and they may have changed.

use tracing::warn;

use super::{Engine, reactions::clean_name};
use crate::{
    chat::{rest::JsonCode, snowflake},
    domain::{
        actor::{Actor, Person},
        ids::{RoleId, UserId},
    },
};

/// Why nothing is known of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// They left the guild, or were never in it.
    Gone,
    /// Discord did not tell; a moment later it may.
    Untold,
}

impl Engine {
    /// A member of the guild with the roles of now.
    pub(super) async fn member(&self, user: UserId) -> Result<Actor, Unknown> {
        let guild = snowflake::guild(self.settings.guild);
        match self.rest.member(guild, snowflake::user(user)).await {
            Ok(member) => Ok(Actor {
                person: Person {
                    id: user,
                    name: clean_name(member.display_name()),
                },
                roles: member.roles.iter().map(|role| RoleId(role.get())).collect(),
            }),
            Err(why) if why.is(JsonCode::UnknownMember) => Err(Unknown::Gone),
            Err(why) => {
                warn!(error = %why, "A member of the server could not be read; what they did is looked at again later.");
                Err(Unknown::Untold)
            }
        }
    }
}

//! Nobody is there who could approve.

use serde::{Deserialize, Serialize};

use super::ids::{RoleId, RuleName, UserId};

/// Too few people are there to approve under a rule, as far as that can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    pub rule: RuleName,
    /// How many different people must approve.
    pub needed: u8,
    /// How many of those who are named are there, without who asked.
    pub there: u32,
    /// Roles of the rule that do not exist in the guild.
    pub missing_roles: Vec<RoleId>,
    /// People of the rule who are not in the guild.
    pub gone: Vec<UserId>,
    /// Groups of the rule in which too few are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Whether some may be there who are not counted, because who has a role is not known.
    #[serde(default)]
    pub uncounted: bool,
}

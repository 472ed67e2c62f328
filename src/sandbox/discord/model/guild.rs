//! The guild, its roles and its members.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::discord::{ids::Snowflake, permissions::Permissions};

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) bot: bool,
    /// A closed inbox refuses direct messages of the bot with 50007.
    pub(crate) inbox_closed: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    pub(crate) mentionable: bool,
    pub(crate) managed: bool,
    pub(crate) position: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Member {
    pub(crate) roles: BTreeSet<Snowflake>,
}

#[derive(Debug, Clone)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) owner: Snowflake,
    pub(crate) roles: BTreeMap<Snowflake, Role>,
    pub(crate) members: BTreeMap<Snowflake, Member>,
}

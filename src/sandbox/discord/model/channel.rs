//! Channels, threads and direct messages: Discord keeps all three in one kind of object.

use std::collections::BTreeSet;

use crate::{
    clock::Instant,
    sandbox::discord::{ids::Snowflake, permissions::Permissions},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Direct,
    PublicThread,
    PrivateThread,
}

impl Kind {
    /// The number on the wire (Discord, "Channel Types").
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Direct => 1,
            Self::PublicThread => 11,
            Self::PrivateThread => 12,
        }
    }
}

/// What a role or a member may do in one channel, other than in the guild.
#[derive(Debug, Clone)]
pub(crate) struct Overwrite {
    pub(crate) id: Snowflake,
    pub(crate) for_role: bool,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) auto_archive_minutes: u64,
    pub(crate) archive_changed: Instant,
    pub(crate) created: Instant,
    pub(crate) members: BTreeSet<Snowflake>,
    /// Counts messages ever sent, so it does not fall when one is deleted.
    pub(crate) total_sent: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) position: u32,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) parent: Option<Snowflake>,
    pub(crate) owner: Option<Snowflake>,
    pub(crate) thread: Option<Thread>,
    /// The person on the other side of a direct message.
    pub(crate) recipient: Option<Snowflake>,
    pub(crate) last_message: Option<Snowflake>,
}

impl Channel {
    pub(crate) fn text(id: Snowflake, name: &str, position: u32) -> Self {
        Self {
            id,
            kind: Kind::Text,
            name: name.into(),
            topic: None,
            position,
            overwrites: Vec::new(),
            parent: None,
            owner: None,
            thread: None,
            recipient: None,
            last_message: None,
        }
    }

    pub(crate) fn is_archived(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.archived)
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.locked)
    }
}

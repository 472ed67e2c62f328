//! Messages with their whole past, their reactions, and whom they pinged.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::Attachment;
use crate::{clock::Instant, sandbox::discord::ids::Snowflake};

/// The message is seen by one person only.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// A thread was started from the message.
pub(crate) const HAS_THREAD: u64 = 1 << 5;
/// A deferred answer that still shows "thinking".
pub(crate) const LOADING: u64 = 1 << 7;

/// Whom a message really notified, after `allowed_mentions`, role settings and permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pings {
    /// People notified by name.
    pub users: BTreeSet<Snowflake>,
    /// Roles that notified everyone who holds them.
    pub roles: BTreeSet<Snowflake>,
    /// Roles named and allowed, but neither mentionable nor mentioned by somebody with MENTION_EVERYONE.
    pub silent_roles: BTreeSet<Snowflake>,
    /// Whether `@everyone` or `@here` notified the channel.
    pub everyone: bool,
    /// Everybody whose client made a noise, by any of the ways above.
    pub people: BTreeSet<Snowflake>,
}

/// One state in which a message could be read, before it was edited.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) at: Instant,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
}

#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    pub(crate) emoji: String,
    pub(crate) users: Vec<Snowflake>,
}

#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    /// Message type on the wire: 0 default, 18 thread created, 19 reply, 20 command answer, 21 thread starter.
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) flags: u64,
    pub(crate) created: Instant,
    pub(crate) edited: Option<Instant>,
    pub(crate) pings: Pings,
    pub(crate) nonce: Option<Value>,
    pub(crate) reference: Option<Snowflake>,
    pub(crate) reactions: Vec<Reaction>,
    /// Earlier states, oldest first.
    pub(crate) history: Vec<Edit>,
    /// The only person who sees an ephemeral message.
    pub(crate) only_for: Option<Snowflake>,
    /// The interaction that this message answers.
    pub(crate) interaction: Option<Snowflake>,
    /// Whether a thread was started from it.
    pub(crate) has_thread: bool,
}

impl Message {
    pub(crate) fn new(id: Snowflake, channel: Snowflake, author: Snowflake, now: Instant) -> Self {
        Self {
            id,
            channel,
            author,
            kind: 0,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags: 0,
            created: now,
            edited: None,
            pings: Pings::default(),
            nonce: None,
            reference: None,
            reactions: Vec::new(),
            history: Vec::new(),
            only_for: None,
            interaction: None,
            has_thread: false,
        }
    }

    /// Keeps the present state in the history; call it before a change that people can see.
    pub(crate) fn remember(&mut self, now: Instant) {
        self.history.push(Edit {
            at: now,
            content: self.content.clone(),
            embeds: self.embeds.clone(),
            components: self.components.clone(),
        });
    }
}

/// Discord treats an emoji with and without the variation selector as the same reaction.
pub(crate) fn plain_emoji(emoji: &str) -> String {
    emoji.replace('\u{FE0F}', "")
}

//! The one state of the emulator, always changed under its lock.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Channel, Guild, Interaction, Message, Registered, User};
use crate::{
    clock::Instant,
    sandbox::discord::{
        fault::Faults,
        gateway::Sessions,
        hold::Holds,
        ids::{Mint, Snowflake},
        ledger::Ledger,
        options::DiscordOptions,
        rest::Buckets,
    },
};

#[derive(Debug)]
pub(crate) struct State {
    /// World time when the lock was taken.
    pub(crate) now: Instant,
    /// World time of the last search for idle threads.
    pub(crate) idle_searched: Instant,
    pub(crate) options: DiscordOptions,
    /// Where the emulator listens, for links.
    pub(crate) origin: String,
    pub(crate) mint: Mint,
    pub(crate) bot: Snowflake,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) guild: Guild,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
    /// By channel, then by id; ephemeral messages are in `ephemerals` only.
    pub(crate) messages: BTreeMap<Snowflake, BTreeMap<Snowflake, Message>>,
    pub(crate) ephemerals: BTreeMap<Snowflake, Message>,
    pub(crate) deleted: Vec<Message>,
    pub(crate) commands: Vec<Registered>,
    pub(crate) command_creates: Vec<Instant>,
    pub(crate) interactions: BTreeMap<Snowflake, Interaction>,
    pub(crate) tokens: HashMap<String, Snowflake>,
    pub(crate) sessions: Sessions,
    pub(crate) ledger: Ledger,
    pub(crate) faults: Faults,
    pub(crate) holds: Holds,
    pub(crate) buckets: Buckets,
}

/// What is told to the gateway about: the event's name, who may hear it, and its data.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) event: &'static str,
    /// The intent bits of which one must be held; 0 reaches every session.
    pub(crate) intents: u64,
    /// The bot must be able to view this channel.
    pub(crate) channel: Option<Snowflake>,
    pub(crate) data: Value,
}

impl State {
    pub(crate) fn fresh_id(&mut self) -> Snowflake {
        self.mint.next(self.now)
    }

    pub(crate) fn message(&self, channel: Snowflake, id: Snowflake) -> Option<&Message> {
        self.messages.get(&channel)?.get(&id)
    }

    /// A message wherever it is, ephemeral ones included.
    pub(crate) fn find_message(&self, id: Snowflake) -> Option<&Message> {
        self.ephemerals
            .get(&id)
            .or_else(|| self.messages.values().find_map(|channel| channel.get(&id)))
    }

    pub(crate) fn find_message_mut(&mut self, id: Snowflake) -> Option<&mut Message> {
        match self.ephemerals.get_mut(&id) {
            Some(message) => Some(message),
            None => self
                .messages
                .values_mut()
                .find_map(|channel| channel.get_mut(&id)),
        }
    }

    pub(crate) fn user_named(&self, name: &str) -> Option<&User> {
        let name = name.trim_start_matches('@');
        self.users
            .values()
            .find(|user| user.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn channel_named(&self, name: &str) -> Option<&Channel> {
        let name = name.trim_start_matches('#');
        let by_id = name
            .parse::<Snowflake>()
            .ok()
            .and_then(|id| self.channels.get(&id));
        by_id.or_else(|| {
            self.channels
                .values()
                .find(|channel| channel.recipient.is_none() && channel.name.eq_ignore_ascii_case(name))
        })
    }

    pub(crate) fn direct_channel(&self, person: Snowflake) -> Option<&Channel> {
        self.channels
            .values()
            .find(|channel| channel.recipient == Some(person))
    }
}

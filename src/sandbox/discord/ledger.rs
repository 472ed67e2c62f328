//! The append-only list of everything that reached the emulator and everything it sent by itself.
//!
//! Must not know what the calls mean. It is what stories and demos are judged by.

use serde::Serialize;
use serde_json::Value;

use super::{ids::Snowflake, route::RouteKind};
use crate::clock::Instant;

/// How a REST call proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// `Authorization: Bot …` with the right token.
    Bot,
    /// The interaction's token in the path.
    Interaction,
    /// Nothing, or something wrong.
    None,
}

/// One REST call or one gateway dispatch.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Counts from 1 without gaps.
    pub seq: u64,
    /// World time of arrival.
    pub at: Instant,
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// A REST call of a client.
    Rest {
        method: String,
        path: String,
        route: RouteKind,
        body: Value,
        token: TokenKind,
        /// The HTTP status sent back; `None` while it runs, and for ever when the connection was dropped.
        status: Option<u16>,
        /// The JSON error code sent back.
        code: Option<u32>,
        /// Whether the model was changed or read by it, whatever was answered.
        effect: bool,
    },
    /// An event sent to the gateway sessions that listen for it.
    Dispatch {
        event: &'static str,
        /// How many sessions it was queued for.
        sessions: usize,
        data: Value,
    },
    /// What a person did.
    Person { who: Snowflake, did: String },
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
}

impl Ledger {
    pub(crate) fn push(&mut self, at: Instant, what: What) -> u64 {
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(Entry { seq, at, what });
        seq
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Completes a call's line; the line itself is never removed or moved.
    pub(crate) fn answered(&mut self, seq: u64, answered: Option<u16>, error: Option<u32>, did: bool) {
        let place = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(Entry {
            what: What::Rest {
                status, code, effect, ..
            },
            ..
        }) = self.entries.get_mut(place)
        {
            *status = answered;
            *code = error;
            *effect = did;
        }
    }
}

//! The ground: what Portcullis talks about, and the state machines of requests and windows.
//!
//! Must not know: async, I/O, clocks, databases, chat, Azure's wire formats, or sentences. Refusals are
//! codes with facts; `chat::message` makes the words. A transition consumes the state, takes the actor and
//! `now`, and returns a [`Change`]: the new state, what to record, and what to ask of the outside world.

pub mod actor;
pub mod address;
pub mod alone;
pub mod attention;
pub mod bounds;
pub mod configuration;
pub mod digest;
pub mod effect;
pub mod freeze;
pub mod hours;
pub mod ids;
pub mod jit_policy;
pub mod lack;
pub mod length;
pub mod network;
pub mod permission;
pub mod plan;
pub mod port;
pub mod quorum;
pub mod record;
pub mod request;
pub mod review;
pub mod right;
pub mod second_look;
pub mod source;
pub mod start;
pub mod text;
pub mod trouble;
pub mod vm;
pub mod vote;
pub mod window;
#[cfg(test)]
mod window_tests;

use self::{effect::Effect, record::Entry};

/// An instant of world time.
pub type Instant = chrono::DateTime<chrono::Utc>;

/// What a transition leads to: all of it is written in one transaction, or none of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<T> {
    /// The state afterwards.
    pub after: T,
    /// What to record, in order.
    pub records: Vec<Entry>,
    /// What to ask of the outside world, later, from stored jobs.
    pub effects: Vec<Effect>,
}

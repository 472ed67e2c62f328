//! The websocket side: sessions that outlive their sockets, dispatches by intent, resume with replay.
//!
//! Must not know REST handlers; they reach it through `State::dispatch` only.

mod dispatch;
mod identify;
mod intents;
mod session;
mod socket;

pub(crate) use session::{Outgoing, Sessions};
pub(crate) use socket::upgrade;

pub(crate) use intents::Intents;

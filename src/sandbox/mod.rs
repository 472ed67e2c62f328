//! Models of the outside world, for people to try the bot and for tests to judge it.
//!
//! Must not know: anything of ours except `clock`. An emulator that shares types with the client agrees
//! with the client's mistakes.

pub mod azure;
pub mod discord;
pub mod front;
pub mod loopback;
pub mod page;
pub mod tls;

//! Stories: the real bot with its real clients against the emulators, told as conversations.
#![cfg(feature = "sandbox")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that breaks off has failed"
)]

mod harness;
mod stories;

//! Stories against the emulators: one binary, one file per story.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on should fail loudly; the configured leave covers only the test functions themselves"
)]

mod harness;
mod kill;
mod official;
#[path = "../store_contract/postgres.rs"]
mod postgres;
mod promises;
mod rest_client;
mod stories;

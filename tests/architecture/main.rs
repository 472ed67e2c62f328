//! The shape of the program, checked on its own text: who may name whom, how long a file may be, and what
//! never appears.
//!
//! Every rule is also tried on a wrong sample, so that a rule that finds nothing finds it for the right reason.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: what is not as it should be stops it"
)]

mod arrows;
mod documents;
mod files;
mod habits;
mod names;
mod sources;

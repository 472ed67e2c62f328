//! Records: numbered without gaps, kept as the exact bytes that were hashed, never changed.

pub(super) mod append;
mod chain;
pub(super) mod read;

pub use self::{
    chain::chain_hash,
    read::{RecordFilter, StoredRecord},
};

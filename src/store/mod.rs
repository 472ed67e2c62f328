//! The store: the only place with SQL, on SQLite (embedded) or PostgreSQL.
//!
//! Every query is one text that both databases understand, run on the native driver of either (see `link`).
//! A [`Work`] is one write transaction; a [`View`] reads from one consistent snapshot. Everything that a
//! transition leads to (state, records, jobs) is written in one `Work`, or none of it is.
//!
//! Must not know: chat, Azure's wire formats, sentences for people in chat, or what a job does when it runs.

mod address_links;
mod answers;
mod cards;
mod cell;
mod error;
mod freeze;
mod interactions;
mod inventory;
mod jit_policies;
mod jobs;
mod leader;
mod link;
mod looks;
mod open;
mod place;
mod proposals;
mod records;
mod requests;
mod reviews;
mod schema;
mod sqlite_file;
mod statistics;
mod texts;
mod trail;
mod windows;
mod work;

pub use self::{
    answers::{AnswerMessage, AnswerPlace, AnswerRow, AnswerToken},
    cards::CardRow,
    error::{BadRow, Result, StoreError},
    inventory::InventoryRow,
    jit_policies::KnownPolicy,
    jobs::{Claim, DeadJob, Job, Lane, Lease},
    leader::Leader,
    looks::LookRow,
    open::{OpenMode, Store},
    place::Place,
    proposals::{ProposalAnswer, StepRow},
    records::{RecordFilter, StoredRecord, chain_hash},
    requests::{Phase, RequestFilter, Version},
    schema::SchemaStatus,
    statistics::Statistics,
    texts::texts,
    trail::{Batch, Cursor, TrailMessage},
    work::{View, Work},
};

//! The REST side, version 10: routes, authorisation, buckets and handlers.
//!
//! Handlers are plain functions on the state, run under its lock; everything that waits (faults, holds) is
//! in `server`.

mod body;
mod bucket;
mod callback;
mod channels;
mod commands;
mod guild;
mod handle;
mod messages;
mod reactions;
mod response;
mod router;
mod server;
mod threads;
mod users;
mod webhook;

pub use bucket::{RateLimit, RateLimits};

pub(crate) use bucket::Buckets;
pub(crate) use response::document;
pub(crate) use server::serve;

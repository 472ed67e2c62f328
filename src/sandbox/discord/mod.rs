//! A model of Discord: REST and gateway (version 10), the people in it, and switches for what goes wrong.
//!
//! It is strict where the service is strict: unknown routes, missing fields, late or double acknowledgements,
//! wrong intents and over-long texts are errors. What reaches it and what it sends stands in an append-only
//! ledger.
//!
//! - `model` is what exists, `verbs` is what can happen, `wire` is how it looks as JSON.
//! - `form` reads request bodies; `rest` and `gateway` are the two doors of a bot.
//! - `files` serves what was attached to messages.
//! - `people` moves persons; `control` is the same for another process.
//! - `fault`, `hold` and `mood` make things go wrong.
//!
//! Must not know: anything of ours except `clock`, and serenity, whose mistakes it would share.

mod control;
mod emulator;
mod error;
mod fault;
mod files;
mod form;
mod gateway;
mod hold;
mod hub;
mod ids;
mod ledger;
mod model;
mod mood;
mod options;
mod people;
mod permissions;
mod reading;
mod rest;
mod route;
mod verbs;
mod wire;
pub mod world;

#[cfg(test)]
mod tests;

pub use emulator::DiscordEmulator;
pub use fault::{Fault, FaultId, FaultKind};
pub use hold::{Hold, HoldState, Side};
pub use ids::Snowflake;
pub use ledger::{Entry, TokenKind, What};
pub use model::{Guise, Pings};
pub use mood::Mood;
pub use options::{DiscordOptions, SANDBOX_TOKEN};
pub use people::{
    Acknowledged, Answer, Button, Choice, Modal, ModalInput, Person, Refusal, SeenChannel, SeenEdit,
    SeenFile, SeenMessage,
};
pub use permissions::Permissions;
pub use reading::{Live, live};
pub use rest::{RateLimit, RateLimits};
pub use route::{Matcher, RouteKind};
pub use world::DiscordWorld;

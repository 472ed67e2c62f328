//! How the model looks on the wire. Pure: state in, JSON out.
//!
//! Must not change anything, and must not know who asked.

mod channel;
mod guild;
mod interaction;
mod message;

pub(crate) use channel::channel;
pub(crate) use guild::{bare_member, guild, guild_create, member, role, user};
pub(crate) use interaction::{command, interaction};
pub(crate) use message::{
    in_guild as message_in_guild, message, message_without_content, reaction, reactions_cleared,
};

use crate::clock::Instant;

/// ISO 8601 with microseconds and offset, as Discord writes instants.
pub(crate) fn instant(at: Instant) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// Merges the second object into the first; large objects are built in parts because of `json!`'s recursion.
pub(crate) fn merged(mut into: serde_json::Value, more: serde_json::Value) -> serde_json::Value {
    if let (Some(into), serde_json::Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
    into
}

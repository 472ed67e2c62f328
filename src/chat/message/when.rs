//! Instants as Discord shows them: in each reader's own time zone and language, counting down by themselves.
//!
//! `<t:UNIX:STYLE>` takes whole seconds (Discord, "Message Formatting").

use crate::domain::Instant;

/// The date and time, and how far away it is.
pub(super) fn full(at: Instant) -> String {
    let seconds = at.timestamp();
    format!("<t:{seconds}:F> (<t:{seconds}:R>)")
}

/// The time of day.
pub(super) fn time(at: Instant) -> String {
    format!("<t:{}:t>", at.timestamp())
}

/// How far away it is.
pub(super) fn relative(at: Instant) -> String {
    format!("<t:{}:R>", at.timestamp())
}

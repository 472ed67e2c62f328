//! The emergency brake: while it is on, nothing new is opened.

use serde::{Deserialize, Serialize};

use super::{Instant, actor::Person, text::FreeText};

/// A freeze that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    pub since: Instant,
    pub by: Person,
    pub reason: Option<FreeText>,
}

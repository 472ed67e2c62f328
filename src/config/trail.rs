//! `[trail]`: what the trail is told besides what happens.

use chrono::NaiveTime;
use schemars::JsonSchema;
use serde::Deserialize;

use super::problem::Problems;

const DIGEST_AT: &str = "07:00";

/// What the trail is told besides what happens.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TrailInput {
    /// The time of day, in UTC, at which the trail is told what the inventory shows, such as "07:00", or "off".
    digest_at: Option<String>,
}

/// What the trail is told besides what happens.
#[derive(Debug, Clone)]
pub struct Trail {
    /// In UTC; `None` is never.
    pub digest_at: Option<NaiveTime>,
}

impl TrailInput {
    pub(super) fn check(self, problems: &mut Problems) -> Option<Trail> {
        let text = self.digest_at.as_deref().unwrap_or(DIGEST_AT).trim();
        if text.eq_ignore_ascii_case("off") {
            return Some(Trail { digest_at: None });
        }
        match NaiveTime::parse_from_str(text, "%H:%M") {
            Ok(at) => Some(Trail { digest_at: Some(at) }),
            Err(_) => {
                problems.at(
                    "trail.digest_at",
                    format!("{text:?} is no time of day, such as \"07:00\"; \"off\" is never"),
                );
                None
            }
        }
    }
}

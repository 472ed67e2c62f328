//! `[flood]`: what everybody is held to, whatever the rule.

use schemars::JsonSchema;
use serde::Deserialize;

use super::problem::Problems;
use crate::policy::FloodGuard;

const REQUESTS_PER_HOUR: u16 = 60;
const WAITING: u16 = 25;
/// The guard is also what bounds the work of counting.
const MOST: i64 = 1000;

/// What everybody is held to, whatever the rule: a guard against a script that runs wild.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FloodInput {
    /// How many requests one person may send within an hour; left out, 60.
    requests_per_hour: Option<i64>,
    /// How many requests of one person may wait for an answer at once; left out, 25.
    waiting: Option<i64>,
}

impl FloodInput {
    pub(super) fn check(self, problems: &mut Problems) -> Option<FloodGuard> {
        let requests_per_hour = number(
            "flood.requests_per_hour",
            self.requests_per_hour,
            REQUESTS_PER_HOUR,
            problems,
        );
        let waiting = number("flood.waiting", self.waiting, WAITING, problems);
        Some(FloodGuard {
            requests_per_hour: requests_per_hour?,
            waiting: waiting?,
        })
    }
}

fn number(key: &str, written: Option<i64>, otherwise: u16, problems: &mut Problems) -> Option<u16> {
    let Some(number) = written else {
        return Some(otherwise);
    };
    let read = u16::try_from(number)
        .ok()
        .filter(|_| (1..=MOST).contains(&number));
    if read.is_none() {
        problems.at(
            key,
            format!("{number} cannot be used; write a number from 1 to {MOST}"),
        );
    }
    read
}

//! `per_person` of a rule: how much each person may have and ask for.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{config::problem::Problems, policy::PerPerson};

const MOST: i64 = 1000;

/// How much each person may have and ask for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct PerPersonInput {
    /// How many ports may be open or asked for at once; left out, as many as they like.
    open: Option<i64>,
    /// How many requests they may send within an hour; left out, as many as flood.requests_per_hour.
    requests_per_hour: Option<i64>,
}

impl PerPersonInput {
    pub(super) fn check(self, key: &str, problems: &mut Problems) -> PerPerson {
        let mut number = |name: &str, written: Option<i64>| {
            let number = written?;
            let read = u16::try_from(number)
                .ok()
                .filter(|_| (1..=MOST).contains(&number));
            if read.is_none() {
                problems.at(
                    &format!("{key}.{name}"),
                    format!("{number} cannot be used; write a number from 1 to {MOST}, or leave it out"),
                );
            }
            read
        };
        PerPerson {
            open: number("open", self.open),
            requests_per_hour: number("requests_per_hour", self.requests_per_hour),
        }
    }
}

//! `hours` of a rule: at which hours it matches.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        problem::Problems,
        word::{List, Word},
    },
    domain::hours::{DaySet, Hours, NoHours, TimeOfDay},
};

/// The hours of certain days, as a clock on a wall in one time zone shows them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct HoursInput {
    /// The days: "mon" to "sun", or stretches such as "mon-fri"; left out, every day.
    #[schemars(with = "Option<Vec<String>>")]
    days: Option<List>,
    /// From when on, such as "08:00"; left out, "00:00".
    from: Option<String>,
    /// Until when, such as "18:00"; earlier than from, it is that of the next day; left out, "24:00".
    to: Option<String>,
    /// The time zone by its name in the IANA database, such as "Europe/Berlin".
    zone: Option<String>,
}

impl HoursInput {
    pub(super) fn check(&self, key: &str, problems: &mut Problems) -> Option<Hours> {
        let at = |name: &str| format!("{key}.{name}");
        let days = match &self.days {
            None => Some(DaySet::ALL),
            Some(list) => {
                let words = list.iter().flatten().map(|Word(text)| text.as_str());
                told(DaySet::read(words), &at("days"), problems)
            }
        };
        let from = time(self.from.as_deref(), "00:00", &at("from"), problems);
        let to = time(self.to.as_deref(), "24:00", &at("to"), problems);
        let zone = self
            .zone
            .as_deref()
            .map(str::trim)
            .filter(|zone| !zone.is_empty());
        let zone = problems.required(
            &at("zone"),
            zone,
            "hours are those of a time zone, such as \"Europe/Berlin\" or \"UTC\"",
        )?;
        let (days, from, to) = (days?, from?, to?);
        let wrong = match Hours::new(days, from, to, zone) {
            Ok(hours) => return Some(hours),
            Err(wrong @ NoHours::Zone(_)) => (at("zone"), wrong),
            Err(wrong) => (at("to"), wrong),
        };
        problems.at(&wrong.0, wrong.1.to_string());
        None
    }
}

fn time(written: Option<&str>, otherwise: &str, key: &str, problems: &mut Problems) -> Option<TimeOfDay> {
    told(written.unwrap_or(otherwise).parse(), key, problems)
}

fn told<T>(read: Result<T, NoHours>, key: &str, problems: &mut Problems) -> Option<T> {
    read.map_err(|wrong| problems.at(key, wrong.to_string())).ok()
}

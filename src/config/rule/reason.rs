//! `reason` of a rule: what the reason must look like.

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{config::problem::Problems, policy::ReasonRule};

/// What the reason must look like.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReasonInput {
    /// Whether there must be one.
    required: bool,
    /// A regular expression that a reason must match.
    pattern: Option<String>,
    /// A reason that would do, to show to people.
    example: Option<String>,
}
impl ReasonInput {
    pub(super) fn check(self, key: &str, problems: &mut Problems) -> Option<ReasonRule> {
        let mut whole = true;
        let pattern = self.pattern.and_then(|text| match Regex::new(&text) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                // The reader draws its error over several lines; the last one says it.
                let why = error.to_string();
                let why = why
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ");
                problems.at(
                    &format!("{key}.pattern"),
                    format!("{text:?} is no regular expression: {why}"),
                );
                whole = false;
                None
            }
        });
        if let (Some(pattern), Some(example)) = (&pattern, &self.example)
            && !pattern.is_match(example)
        {
            problems.at(
                &format!("{key}.example"),
                format!("{example:?} does not match the pattern, so it would mislead"),
            );
        }
        whole.then_some(ReasonRule {
            required: self.required,
            pattern,
            example: self.example,
        })
    }
}

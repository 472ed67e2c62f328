//! `reason` of a rule: whether one is asked for, and what it must look like.

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        problem::Problems,
        word::{List, each},
    },
    domain::text::FreeText,
    policy::ReasonRule,
};

/// Discord's limit for a choice.
const SUGGESTION_MAX: usize = 100;

/// Whether a reason is asked for, and what it must look like.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct ReasonInput {
    /// "none": nobody is asked for one, and what is given is kept; "optional" (left out); or "required".
    mode: Option<String>,
    /// Whether there must be one: short for mode = "required".
    required: Option<bool>,
    /// A regular expression that a reason must match.
    pattern: Option<String>,
    /// A reason that would do, to show to people.
    example: Option<String>,
    /// Reasons that are offered while somebody types one.
    #[schemars(with = "Vec<String>")]
    suggestions: List,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    None,
    Optional,
    Required,
}

impl ReasonInput {
    pub(super) fn check(self, key: &str, problems: &mut Problems) -> Option<ReasonRule> {
        let at = |name: &str| format!("{key}.{name}");
        let mode = self.mode(key, problems);
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
                    &at("pattern"),
                    format!("{text:?} is no regular expression: {why}"),
                );
                whole = false;
                None
            }
        });
        let fits = |text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        if let Some(example) = &self.example
            && !fits(example)
        {
            problems.at(
                &at("example"),
                format!("{example:?} does not match the pattern, so it would mislead"),
            );
        }
        let suggestions = each(
            &at("suggestions"),
            &self.suggestions,
            problems,
            |key, text, problems| {
                let clean = FreeText::new(text).map(|clean| clean.to_string());
                let clean = clean.filter(|clean| clean.chars().count() <= SUGGESTION_MAX);
                if clean.is_none() {
                    problems.at(
                        key,
                        format!("a suggestion has 1 to {SUGGESTION_MAX} visible characters"),
                    );
                } else if clean.as_deref().is_some_and(|clean| !fits(clean)) {
                    problems.at(
                        key,
                        format!("{text:?} does not match the pattern, so it would be refused"),
                    );
                }
                clean
            },
        );
        if mode == Some(Mode::None)
            && (pattern.is_some() || self.example.is_some() || !suggestions.is_empty())
        {
            problems.at(
                &at("mode"),
                "with \"none\" nobody is asked for a reason, so pattern, example and suggestions have no place; write \
                 \"optional\"",
            );
        }
        let mode = mode?;
        whole.then_some(ReasonRule {
            required: mode == Mode::Required,
            unasked: mode == Mode::None,
            pattern,
            example: self.example,
            suggestions,
        })
    }

    fn mode(&self, key: &str, problems: &mut Problems) -> Option<Mode> {
        let known = [
            ("none", Mode::None),
            ("optional", Mode::Optional),
            ("required", Mode::Required),
        ];
        let written = self.mode.as_deref().map(str::trim);
        let found = written.map(|word| known.into_iter().find(|(name, _)| *name == word));
        let key = format!("{key}.mode");
        match (found, self.required) {
            (Some(None), _) => {
                problems.at(
                    &key,
                    format!(
                        "{:?} is not known; write \"none\", \"optional\" or \"required\"",
                        written.unwrap_or_default()
                    ),
                );
                None
            }
            (Some(Some((_, mode))), Some(required)) if required != (mode == Mode::Required) => {
                problems.at(&key, "it contradicts required; leave required out");
                None
            }
            (Some(Some((_, mode))), _) => Some(mode),
            (None, Some(true)) => Some(Mode::Required),
            (None, _) => Some(Mode::Optional),
        }
    }
}

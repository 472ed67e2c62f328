//! `break_glass` of a rule: who may open at once, without an approval.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        problem::Problems,
        word::{List, each, principal},
    },
    policy::BreakGlass,
};

/// Who may open at once, without an approval, when nobody can be waited for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakGlassInput {
    /// Who: "role:ID" or "user:ID", among those who may ask.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    requesters: List,
    /// Whether it opens also while a freeze is on; left out, it does not.
    #[serde(default)]
    in_freeze: bool,
}

impl BreakGlassInput {
    pub(super) fn check(&self, key: &str, problems: &mut Problems) -> Option<BreakGlass> {
        let key = format!("{key}.requesters");
        let given = (!self.requesters.is_empty()).then_some(&self.requesters);
        let why = "a rule with break_glass says who may open without an approval";
        let requesters = problems.required(&key, given, why)?;
        Some(BreakGlass {
            requesters: each(&key, requesters, problems, principal),
            in_freeze: self.in_freeze,
        })
    }
}

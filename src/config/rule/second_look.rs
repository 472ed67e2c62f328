//! `second_look` of a rule: what an approver must look at twice.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    config::{
        problem::Problems,
        word::{List, Word, each, length},
    },
    domain::second_look::SecondLook,
    policy::{SecondLookRule, VmPattern},
};

/// What an approver must look at twice: the button Approve repeats the facts, and only a second button counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct SecondLookInput {
    /// Every request under the rule.
    always: bool,
    /// A source with more addresses, such as "/32".
    wider_than: Option<Word>,
    /// A longer access, such as "2h".
    longer_than: Option<String>,
    /// Every request for one of these VMs, written as in vms of the rule.
    #[schemars(with = "Vec<String>")]
    vms: List,
}

impl SecondLookInput {
    /// What is written at `key`.
    pub(super) fn check(self, key: &str, problems: &mut Problems) -> Option<SecondLookRule> {
        let wider_key = format!("{key}.wider_than");
        let wider_than = self.wider_than.as_ref().and_then(|Word(text)| {
            let digits = text.trim().trim_start_matches('/');
            let prefix = digits.parse().ok().filter(|prefix| (1..=32).contains(prefix));
            if prefix.is_none() {
                problems.at(
                    &wider_key,
                    format!("{text:?} is no width; write \"/32\" to \"/1\""),
                );
            }
            prefix
        });
        let longer_than = length(
            &format!("{key}.longer_than"),
            self.longer_than.as_deref(),
            None,
            problems,
        );
        let vms = each(
            &format!("{key}.vms"),
            &self.vms,
            problems,
            |key, text, problems| problems.parsed::<VmPattern>(key, text),
        );
        let look = SecondLook {
            always: self.always,
            wider_than,
            longer_than,
        };
        let says_nothing = !look.always && wider_than.is_none() && longer_than.is_none() && vms.is_empty();
        if says_nothing {
            problems.at(
                key,
                "it says at what; write always = true, or wider_than, longer_than or vms",
            );
            return None;
        }
        Some(SecondLookRule { look, vms })
    }
}

/// What is written, with every default filled in.
pub(in crate::config) fn describe(rule: &SecondLookRule) -> Value {
    let mut table = Map::new();
    table.insert("always".to_owned(), json!(rule.look.always));
    if let Some(prefix) = rule.look.wider_than {
        table.insert("wider_than".to_owned(), json!(format!("/{prefix}")));
    }
    if let Some(length) = rule.look.longer_than {
        table.insert("longer_than".to_owned(), json!(length.to_string()));
    }
    if !rule.vms.is_empty() {
        let vms: Vec<_> = rule.vms.iter().map(ToString::to_string).collect();
        table.insert("vms".to_owned(), json!(vms));
    }
    Value::Object(table)
}

//! `second_look` of a rule: what an approver must look at twice.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    config::{
        problem::Problems,
        word::{List, Word, each, length, width},
    },
    domain::{length::Length, second_look::SecondLook},
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
    /// What is written at `key`, of a rule with these limits.
    pub(super) fn check(
        &self,
        key: &str,
        max_for: Option<Length>,
        widest: Option<u8>,
        problems: &mut Problems,
    ) -> Option<SecondLookRule> {
        let wider_key = format!("{key}.wider_than");
        let wider_than = self
            .wider_than
            .as_ref()
            .and_then(|Word(text)| width(&wider_key, text, problems));
        if let (Some(prefix), Some(widest)) = (wider_than, widest)
            && prefix <= widest
        {
            problems.at(
                &wider_key,
                format!(
                    "no source is wider than /{widest} (sources.widest), so nothing would be looked at twice"
                ),
            );
        }
        let longer_key = format!("{key}.longer_than");
        let longer_than = length(&longer_key, self.longer_than.as_deref(), None, problems);
        if let (Some(length), Some(max)) = (longer_than, max_for)
            && length >= max
        {
            problems.at(
                &longer_key,
                format!("no access is longer than {max} (max_for), so nothing would be looked at twice"),
            );
        }
        let vms = each(
            &format!("{key}.vms"),
            &self.vms,
            problems,
            |key, text, problems| problems.parsed::<VmPattern>(key, text),
        );
        // What is written and cannot be read is told already.
        let says_nothing =
            !self.always && self.wider_than.is_none() && self.longer_than.is_none() && self.vms.is_empty();
        if says_nothing {
            problems.at(
                key,
                "it does not say what to look at twice; write always = true, or wider_than, longer_than or vms",
            );
            return None;
        }
        let look = SecondLook {
            always: self.always,
            wider_than,
            longer_than,
        };
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

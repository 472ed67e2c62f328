//! Who must approve: `approvers` and `approvals`, or several `groups`.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        problem::Problems,
        word::{List, each, principal},
    },
    domain::{
        actor::Principal,
        quorum::{Group, Quorum},
        text::FreeText,
    },
};

/// More approvals than this are a slip of the finger.
const APPROVALS_MAX: u8 = 20;
/// Longest name of a group, in characters: it stands on cards and in records.
const NAME_MAX: usize = 40;

/// One group of people, some of whom must approve. One person counts towards one group only.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct GroupInput {
    /// What people call it, such as "on-call"; every group of a rule has its own name.
    name: Option<String>,
    /// Who is in it: "role:ID" or "user:ID".
    #[schemars(with = "Vec<String>")]
    approvers: List,
    /// How many of them must approve; left out, 1.
    approvals: Option<i64>,
}

/// The quorum of the rule at `key` (`rule[0]`).
pub(super) fn quorum(
    key: &str,
    approvers: &List,
    approvals: Option<i64>,
    groups: Vec<GroupInput>,
    problems: &mut Problems,
) -> Option<Quorum> {
    let at = |name: &str| format!("{key}.{name}");
    if groups.is_empty() {
        return sole(key, approvers, approvals, problems);
    }
    for (name, is_written) in [
        ("approvers", !approvers.is_empty()),
        ("approvals", approvals.is_some()),
    ] {
        if is_written {
            problems.at(
                &at(name),
                format!(
                    "the rule has groups, and each of them says its own {name}; leave one of the two out"
                ),
            );
            return None;
        }
    }
    if groups.len() > Quorum::GROUPS_MAX {
        problems.at(
            &at("groups"),
            format!("a rule has at most {} groups", Quorum::GROUPS_MAX),
        );
        return None;
    }
    let mut names = BTreeSet::new();
    let mut read = Vec::with_capacity(groups.len());
    let written = groups.len();
    for (index, group) in groups.into_iter().enumerate() {
        let key = format!("{key}.groups[{index}]");
        let group = group.check(&key, problems);
        if let Some(name) = group.as_ref().and_then(|group| group.name.clone())
            && !names.insert(name.to_lowercase())
        {
            problems.at(
                &format!("{key}.name"),
                format!("{name:?} is the name of an earlier group of this rule; every group has its own"),
            );
        }
        read.extend(group);
    }
    if read.len() < written {
        return None;
    }
    let quorum = Quorum::of_groups(read);
    if quorum.is_out_of_reach(None) {
        problems.at(
            &at("groups"),
            "these approvals can never come together: one person counts towards one group only, and too few are named",
        );
        return None;
    }
    Some(quorum)
}

fn sole(key: &str, approvers: &List, approvals: Option<i64>, problems: &mut Problems) -> Option<Quorum> {
    let people = people(&format!("{key}.approvers"), approvers, problems);
    let key = format!("{key}.approvals");
    let approvals = count(&key, approvals, problems);
    let quorum = Quorum::sole(people?, approvals?);
    if quorum.approvers().next().is_some() && quorum.is_out_of_reach(None) {
        let named = quorum.approvers().collect::<BTreeSet<_>>().len();
        problems.at(
            &key,
            format!(
                "{} approvals can never come together, because only {named} named users may approve",
                quorum.approvals()
            ),
        );
        return None;
    }
    Some(quorum)
}

fn people(key: &str, list: &List, problems: &mut Problems) -> Option<Vec<Principal>> {
    let given = (!list.is_empty()).then_some(list);
    let list = problems.required(key, given, "nobody could approve")?;
    Some(each(key, list, problems, principal))
}

pub(super) fn count(key: &str, written: Option<i64>, problems: &mut Problems) -> Option<u8> {
    let count = u8::try_from(written.unwrap_or(1)).ok();
    let count = count.filter(|count| (1..=APPROVALS_MAX).contains(count));
    if count.is_none() {
        problems.at(key, format!("a request needs 1 to {APPROVALS_MAX} approvals"));
    }
    count
}

impl GroupInput {
    fn check(self, key: &str, problems: &mut Problems) -> Option<Group> {
        let at = |name: &str| format!("{key}.{name}");
        let name = self.name.as_deref().map(str::trim).map(str::to_owned);
        let name = problems.required(&at("name"), name, "people read on the card who is still missing");
        if let Some(name) = &name {
            let clean = FreeText::new(name).is_some_and(|clean| clean.as_str() == name);
            if !clean || name.chars().count() > NAME_MAX {
                problems.at(
                    &at("name"),
                    format!("a name is one line of 1 to {NAME_MAX} visible characters"),
                );
            }
        }
        let approvers = people(&at("approvers"), &self.approvers, problems);
        let approvals = count(&at("approvals"), self.approvals, problems);
        Some(Group {
            name: Some(name?),
            approvers: approvers?,
            approvals: approvals?,
        })
    }
}

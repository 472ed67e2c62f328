//! `limit` of a rule: stricter limits for part of what the rule is about.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{hours::HoursInput, ports::ports, quorum::count, sources::network};
use crate::{
    config::{
        problem::Problems,
        word::{List, Word, each, length},
    },
    domain::{bounds::Limit, quorum::Quorum, text::FreeText},
    policy::{PortSet, Rule, Tighten, VmPattern, When},
};

/// Longest reason for a limit, in characters: it stands on cards.
const BECAUSE_MAX: usize = 120;

/// A stricter limit for part of what the rule is about: all of its conditions must hold, and it only tightens.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct LimitInput {
    /// Why, as people read it after "because": "the source is a whole network".
    because: Option<String>,
    /// Only for these VMs, written as in a rule.
    #[schemars(with = "Vec<String>")]
    vms: List,
    /// Only for these ports.
    #[schemars(with = "Option<Vec<Word>>")]
    ports: Option<List>,
    /// Only for sources that are wider than this, such as "/30".
    wider_than: Option<Word>,
    /// Only for sources that do not lie in one of these networks.
    #[schemars(with = "Vec<String>")]
    outside: List,
    /// Only at these hours.
    #[schemars(with = "HoursInput")]
    hours: Option<HoursInput>,
    /// The longest access then; shorter than that of the rule.
    max_for: Option<String>,
    /// How many different people must approve then; more than the rule says.
    approvals: Option<i64>,
    /// Whether there must be a reason then.
    reason_required: bool,
}

impl LimitInput {
    /// The limit that is written at `key` (`rule[0].limit[0]`), within `rule`.
    pub(super) fn check(self, key: &str, rule: &Rule, problems: &mut Problems) -> Option<Tighten> {
        let at = |name: &str| format!("{key}.{name}");
        let because = problems.required(
            &at("because"),
            self.because.as_deref().and_then(FreeText::new),
            "people read on the card why the limit applies",
        );
        if because
            .as_ref()
            .is_some_and(|text| text.as_str().chars().count() > BECAUSE_MAX)
        {
            problems.at(
                &at("because"),
                format!("it stands on the card and has at most {BECAUSE_MAX} characters"),
            );
        }
        let demands = self.max_for.is_some() || self.approvals.is_some() || self.reason_required;
        if !demands {
            problems.at(
                key,
                "it limits nothing; give it max_for, approvals or reason_required = true",
            );
        }
        let conditions = !self.vms.is_empty()
            || self.ports.is_some()
            || self.wider_than.is_some()
            || !self.outside.is_empty()
            || self.hours.is_some();
        if !conditions {
            problems.at(
                key,
                "it has no condition, so it would always hold; write what it demands into the rule itself, or give it \
                 vms, ports, wider_than, outside or hours",
            );
        }
        let max_for = length(&at("max_for"), self.max_for.as_deref(), None, problems);
        if max_for.is_some_and(|max| max >= rule.max_for) {
            problems.at(
                &at("max_for"),
                format!(
                    "it is not shorter than that of the rule, which is {}, so it would limit nothing",
                    rule.max_for
                ),
            );
        }
        let more = self.approvals(&at("approvals"), rule, problems);
        if self.reason_required && rule.reason.required {
            problems.at(
                &at("reason_required"),
                "the rule itself wants a reason, so it would limit nothing",
            );
        }
        let when = self.when(key, rule, problems)?;
        Some(Tighten {
            when,
            limit: Limit {
                because: because?.to_string(),
                max_for,
                approvals: more,
                reason: self.reason_required,
            },
        })
    }

    fn approvals(&self, key: &str, rule: &Rule, problems: &mut Problems) -> Option<u8> {
        self.approvals?;
        let more = count(key, self.approvals, problems)?;
        let [sole] = rule.quorum.groups() else {
            problems.at(
                key,
                "the rule has groups, so it is not clear whose approvals these would be; write a rule of its own instead",
            );
            return None;
        };
        if rule.auto_approve.is_some() {
            problems.at(
                key,
                "the rule approves alone, and then no approvals are asked for; write a rule of its own above it instead",
            );
        }
        if more <= sole.approvals {
            problems.at(
                key,
                format!(
                    "it is not more than the rule wants, which is {}, so it would limit nothing",
                    sole.approvals
                ),
            );
        }
        if Quorum::sole(sole.approvers.clone(), more).is_out_of_reach(None) {
            problems.at(
                key,
                format!("{more} approvals can never come together, because too few are named"),
            );
        }
        Some(more)
    }

    fn when(&self, key: &str, rule: &Rule, problems: &mut Problems) -> Option<When> {
        let at = |name: &str| format!("{key}.{name}");
        let vms = each(&at("vms"), &self.vms, problems, |key, text, problems| {
            problems.parsed::<VmPattern>(key, text)
        });
        let ports = ports(&at("ports"), self.ports.as_ref(), problems)?;
        if let (PortSet::Only(some), PortSet::Only(all)) = (&ports, &rule.ports)
            && some.is_disjoint(all)
        {
            let all: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
            let all: Vec<String> = all.into_iter().collect();
            problems.at(
                &at("ports"),
                format!(
                    "it can never apply, because the rule is about {} only",
                    all.join(", ")
                ),
            );
        }
        let wider_than = match &self.wider_than {
            Some(Word(text)) => {
                let read = text.trim().trim_start_matches('/').parse().ok();
                let read = read.filter(|width| (2..=32).contains(width));
                if read.is_none() {
                    problems.at(
                        &at("wider_than"),
                        format!("{text:?} is no width; write \"/32\" to \"/2\""),
                    );
                }
                read
            }
            None => None,
        };
        if wider_than.is_some_and(|width| rule.sources.widest >= width) {
            problems.at(
                &at("wider_than"),
                format!(
                    "it can never apply, because the rule allows nothing wider than /{} (sources.widest)",
                    rule.sources.widest
                ),
            );
        }
        let outside = each(&at("outside"), &self.outside, problems, network);
        let within = &rule.sources.within;
        if !outside.is_empty()
            && !within.is_empty()
            && within
                .iter()
                .all(|net| outside.iter().any(|around| around.contains(net)))
        {
            problems.at(
                &at("outside"),
                "it can never apply, because the rule allows no source outside of them (sources.within)",
            );
        }
        let hours = match &self.hours {
            Some(hours) => Some(hours.check(&at("hours"), problems)?),
            None => None,
        };
        if let (Some(hours), Some(of_rule)) = (&hours, &rule.hours)
            && !hours.meet(of_rule)
        {
            problems.at(
                &at("hours"),
                "it can never apply, because the rule does not match at these hours",
            );
        }
        Some(When {
            vms,
            ports,
            wider_than,
            outside,
            hours,
        })
    }
}

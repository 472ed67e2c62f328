//! `[[rule]]`: one rule, from what is written to what `policy` judges by.

use std::collections::BTreeSet;

use ipnet::Ipv4Net;
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    problem::Problems,
    word::{List, Word, each, length, principal},
};
use crate::{
    domain::{
        actor::Principal,
        ids::RuleName,
        length::Length,
        port::Port,
        source::{Source, SourceRefusal, private},
        text::FreeText,
    },
    policy::{Extend, PortSet, ReasonRule, Rule, SourceRule, VmPattern},
};

/// Longest name of a rule, in characters: it stands on cards and in records.
const NAME_MAX: usize = 80;
/// More approvals than this are a slip of the finger.
const APPROVALS_MAX: u8 = 20;

/// Who may ask for what, who approves, and within which limits. The first rule that matches governs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RuleInput {
    /// The name, which people read on the card; every rule has its own.
    name: Option<String>,
    /// The VMs: "web-*", "group/name", "subscription/group/name", "tag:name=value", "group:prod-*", "sub:UUID".
    #[schemars(with = "Vec<String>")]
    vms: List,
    /// The ports, by number or as "ssh", "rdp", "winrm", "winrm-https"; left out, all.
    #[schemars(with = "Option<Vec<Word>>")]
    ports: Option<List>,
    /// Who may ask: "role:ID" or "user:ID".
    #[schemars(with = "Vec<String>")]
    requesters: List,
    /// Who may approve or deny: "role:ID" or "user:ID". Nobody decides on their own request.
    #[schemars(with = "Vec<String>")]
    approvers: List,
    /// How many different people must approve; left out, 1.
    approvals: Option<i64>,
    /// The longest access, such as "2h".
    max_for: Option<String>,
    /// The access when nothing is said; left out, one hour or max_for, whichever is shorter.
    default_for: Option<String>,
    /// From where access may come.
    sources: SourcesInput,
    /// What the reason must look like.
    reason: ReasonInput,
    /// How long a request waits for its answer; left out, "30m".
    answer_within: Option<String>,
    /// Who decides when an access is to last longer: "approval" (left out) is the approvers, as on any request;
    /// "once" is the rule itself the first time, without asking anybody. Never longer than max_for from then.
    extend: Option<String>,
    /// The id of the channel for the cards of this rule; left out, discord.approver_channel.
    channel: Option<Word>,
}

/// From where access may come.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SourcesInput {
    /// The widest network: "/32" is a single address, which is also the default.
    widest: Option<Word>,
    /// The networks in which a source must lie; left out, anywhere.
    #[schemars(with = "Vec<String>")]
    within: List,
    /// Whether private addresses (RFC 1918 and RFC 6598) are allowed.
    private: bool,
}

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

impl RuleInput {
    /// The name as it is written.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref().map(str::trim)
    }

    /// The rule that is written at `key` (`rule[0]`), without its fingerprint.
    pub(super) fn check(self, key: &str, problems: &mut Problems) -> Option<Rule> {
        let at = |name: &str| format!("{key}.{name}");
        let name = self.name().map(str::to_owned);
        let name = problems.required(&at("name"), name, "people read on the card which rule it was");
        if let Some(name) = &name {
            let clean = FreeText::new(name).is_some_and(|clean| clean.as_str() == name);
            if !clean || name.chars().count() > NAME_MAX {
                problems.at(
                    &at("name"),
                    format!("a name is one line of 1 to {NAME_MAX} visible characters"),
                );
            }
        }
        let people = |name: &str, list: &List, why: &str, problems: &mut Problems| {
            let given = (!list.is_empty()).then_some(list);
            let list = problems.required(&at(name), given, why)?;
            Some(each(&at(name), list, problems, principal))
        };
        let requesters = people("requesters", &self.requesters, "nobody could ask", problems);
        let approvers = people("approvers", &self.approvers, "nobody could approve", problems);
        let given = (!self.vms.is_empty()).then_some(&self.vms);
        let vms = problems
            .required(&at("vms"), given, "a rule for all VMs says [\"*\"]")
            .map(|list| {
                each(&at("vms"), list, problems, |key, text, problems| {
                    problems.parsed::<VmPattern>(key, text)
                })
            });
        let ports = ports(&at("ports"), self.ports.as_ref(), problems);
        let approvals = approvals(&at("approvals"), self.approvals, approvers.as_deref(), problems);
        let (max_for, default_for) = lengths(
            &at("max_for"),
            self.max_for.as_deref(),
            &at("default_for"),
            self.default_for.as_deref(),
            problems,
        );
        let half_an_hour = "30m".parse().ok();
        let answer_within = length(
            &at("answer_within"),
            self.answer_within.as_deref(),
            half_an_hour,
            problems,
        );
        let extend = extend(&at("extend"), self.extend.as_deref(), problems);
        let sources = self.sources.check(&at("sources"), problems);
        let reason = self.reason.check(&at("reason"), problems);
        let channel = match &self.channel {
            Some(Word(text)) => Some(problems.parsed(&at("channel"), text)?),
            None => None,
        };
        Some(Rule {
            name: RuleName(name?),
            vms: vms?,
            ports: ports?,
            requesters: requesters?,
            approvers: approvers?,
            approvals: approvals?,
            max_for: max_for?,
            default_for: default_for?,
            sources: sources?,
            reason: reason?,
            answer_within: answer_within?,
            extend: extend?,
            channel,
            fingerprint: String::new(),
        })
    }
}

fn ports(key: &str, list: Option<&List>, problems: &mut Problems) -> Option<PortSet> {
    let Some(list) = list else {
        return Some(PortSet::All);
    };
    if list.is_empty() {
        problems.at(
            key,
            "the list is empty, so the rule would match nothing; leave it out for all ports",
        );
        return None;
    }
    let ports = each(key, list, problems, |key, text, problems| {
        match text.parse::<Port>() {
            Ok(port) => Some(port),
            Err(error) => {
                problems.at(key, error.to_string());
                None
            }
        }
    });
    Some(PortSet::Only(ports.into_iter().collect()))
}

fn extend(key: &str, written: Option<&str>, problems: &mut Problems) -> Option<Extend> {
    match written.map(str::trim) {
        None => Some(Extend::default()),
        Some(word) => {
            let known = [Extend::ByApproval, Extend::Once];
            let found = known.into_iter().find(|extend| extend.word() == word);
            if found.is_none() {
                problems.at(
                    key,
                    format!("{word:?} is not known; write \"approval\" or \"once\""),
                );
            }
            found
        }
    }
}

fn approvals(
    key: &str,
    written: Option<i64>,
    approvers: Option<&[Principal]>,
    problems: &mut Problems,
) -> Option<u8> {
    let approvals = u8::try_from(written.unwrap_or(1)).ok();
    let Some(approvals) = approvals.filter(|approvals| (1..=APPROVALS_MAX).contains(approvals)) else {
        problems.at(key, format!("a request needs 1 to {APPROVALS_MAX} approvals"));
        return None;
    };
    let approvers = approvers.unwrap_or_default();
    let all_named = approvers
        .iter()
        .all(|principal| matches!(principal, Principal::User(_)));
    let people = approvers.iter().collect::<BTreeSet<_>>().len();
    if all_named && people > 0 && people < usize::from(approvals) {
        problems.at(
            key,
            format!(
                "{approvals} approvals can never come together, because only {people} named users may approve"
            ),
        );
        return None;
    }
    Some(approvals)
}

fn lengths(
    max_key: &str,
    max: Option<&str>,
    default_key: &str,
    default: Option<&str>,
    problems: &mut Problems,
) -> (Option<Length>, Option<Length>) {
    let max_read = length(max_key, max, None, problems);
    let max_for = problems.required(max_key, max_read, "it is the longest access, such as \"2h\"");
    let hour: Option<Length> = "1h".parse().ok();
    let fallback = hour.map(|hour| max_for.map_or(hour, |max| max.min(hour)));
    let default_for = length(default_key, default, fallback, problems);
    if let (Some(max), Some(default)) = (max_for, default_for)
        && default > max
    {
        problems.at(
            default_key,
            format!("{default} is longer than max_for, which is {max}"),
        );
    }
    (max_for, default_for)
}

impl SourcesInput {
    fn check(self, key: &str, problems: &mut Problems) -> Option<SourceRule> {
        let widest_key = format!("{key}.widest");
        let text = self.widest.map_or_else(|| "/32".to_owned(), |Word(text)| text);
        let digits = text.trim().trim_start_matches('/');
        let widest = digits.parse().ok().filter(|widest| (1..=32).contains(widest));
        if widest.is_none() {
            problems.at(
                &widest_key,
                format!("{text:?} is no width; write \"/32\" to \"/1\""),
            );
        }
        let allows_private = self.private;
        let within = each(
            &format!("{key}.within"),
            &self.within,
            problems,
            |key, text, problems| {
                let net = network(key, text, problems)?;
                if !allows_private && private().iter().any(|range| range.contains(&net)) {
                    problems.at(
                    key,
                    format!("{net} is private, so nothing in it is allowed unless private = true stands beside it"),
                );
                }
                Some(net)
            },
        );
        Some(SourceRule {
            widest: widest?,
            within,
            private: allows_private,
        })
    }
}

/// A network in which sources may lie: canonical, and one from which something can come.
fn network(key: &str, text: &str, problems: &mut Problems) -> Option<Ipv4Net> {
    let why = match text.parse::<Source>() {
        Ok(source) => return Some(source.net()),
        Err(SourceRefusal::HostBits { meant }) => {
            format!("it has host bits; {meant} is the network around it")
        }
        Err(SourceRefusal::Ipv6) => "Azure JIT takes IPv4 only".to_owned(),
        Err(SourceRefusal::Any) => "it is everywhere; leave within out instead".to_owned(),
        Err(SourceRefusal::Unreadable { .. } | SourceRefusal::ServiceTag { .. }) => {
            "a network is written like 198.51.100.0/24".to_owned()
        }
        Err(_) => "no client sends from there".to_owned(),
    };
    problems.at(key, format!("{text:?} cannot be used: {why}"));
    None
}

impl ReasonInput {
    fn check(self, key: &str, problems: &mut Problems) -> Option<ReasonRule> {
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

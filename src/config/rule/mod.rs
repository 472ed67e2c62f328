//! `[[rule]]`: one rule, from what is written to what `policy` judges by. One file per group of keys.

mod alone;
mod attention;
mod extend;
mod glass;
mod hours;
mod lengths;
mod limit;
pub(in crate::config) mod notice;
mod per_person;
mod ports;
mod quorum;
mod reason;
pub(super) mod second_look;
mod sources;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Deserialize;

use self::{
    alone::AutoApproveInput,
    attention::{AttentionInput, StepInput},
    extend::extend,
    glass::BreakGlassInput,
    hours::HoursInput,
    lengths::lengths,
    limit::LimitInput,
    notice::notice,
    per_person::PerPersonInput,
    ports::ports,
    quorum::{GroupInput, quorum},
    reason::ReasonInput,
    second_look::SecondLookInput,
    sources::SourcesInput,
};
use super::{
    problem::Problems,
    word::{List, Word, each, if_written, length, principal},
};
use crate::{
    domain::{ids::RuleName, text::FreeText},
    policy::{Rule, VmPattern},
};

/// Longest name of a rule, in characters: it stands on cards and in records.
const NAME_MAX: usize = 80;

/// Who may ask for what, who approves, and within which limits. The first rule that matches governs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct RuleInput {
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
    /// At which hours the rule matches; left out, at any hour.
    #[schemars(with = "HoursInput")]
    hours: Option<HoursInput>,
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
    /// Stricter limits for part of what the rule is about, such as wide sources or certain hours.
    limit: Vec<LimitInput>,
    /// How much each person may have and ask for under this rule.
    per_person: PerPersonInput,
    /// How long a request waits for its answer; left out, "30m".
    answer_within: Option<String>,
    /// Who decides when an access is to last longer: "approval" (left out) is the approvers, as on any request;
    /// "once" is the rule itself the first time, without asking anybody. Never longer than max_for from then.
    extend: Option<String>,
    /// The id of the channel for the cards of this rule; left out, discord.approver_channel.
    channel: Option<Word>,
    /// How long before the end the requester is told, with a button for more time: such as "15m", or "off"; left
    /// out, "10m". An access that is no longer than that gets no notice.
    notice_before: Option<String>,
    /// In place of approvers and approvals: several groups, each of which must approve.
    groups: Vec<GroupInput>,
    /// Whether its cards and reminders call nobody, for a channel that people read anyway.
    quiet: bool,
    /// The pause before the first reminder, such as "5m"; each further pause is twice as long. Left out, none.
    remind_every: Option<String>,
    /// Whom to call when nobody has decided, in steps. Each stands in approvers too, and is not called before.
    #[schemars(with = "Vec<StepInput>")]
    escalate: Vec<Option<StepInput>>,
    /// When the rule approves alone, without a person; left out, never.
    #[schemars(with = "AutoApproveInput")]
    auto_approve: Option<AutoApproveInput>,
    /// Who may open at once, without an approval, and has it reviewed; left out, nobody.
    #[schemars(with = "BreakGlassInput")]
    break_glass: Option<BreakGlassInput>,
    /// What an approver must look at twice.
    second_look: Option<SecondLookInput>,
}

impl RuleInput {
    /// The name as it is written.
    pub(in crate::config) fn name(&self) -> Option<&str> {
        self.name.as_deref().map(str::trim)
    }

    /// The rule that is written at `key` (`rule[0]`), without its fingerprint.
    pub(in crate::config) fn check(self, key: &str, problems: &mut Problems) -> Option<Rule> {
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
        let given = (!self.requesters.is_empty()).then_some(&self.requesters);
        let requesters = problems
            .required(&at("requesters"), given, "nobody could ask")
            .map(|list| each(&at("requesters"), list, problems, principal));
        let hours = self
            .hours
            .as_ref()
            .map(|hours| hours.check(&at("hours"), problems));
        let given = (!self.vms.is_empty()).then_some(&self.vms);
        let vms = problems
            .required(&at("vms"), given, "a rule for all VMs says [\"*\"]")
            .map(|list| {
                each(&at("vms"), list, problems, |key, text, problems| {
                    problems.parsed::<VmPattern>(key, text)
                })
            });
        let ports = ports(&at("ports"), self.ports.as_ref(), problems);
        let quorum = quorum(key, &self.approvers, self.approvals, self.groups, problems);
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
        let channel = self
            .channel
            .as_ref()
            .map(|Word(text)| problems.parsed(&at("channel"), text));
        let notice_before = notice(&at("notice_before"), self.notice_before.as_deref(), problems);
        let approvers: Vec<_> = quorum
            .iter()
            .flat_map(|quorum| quorum.approvers().copied())
            .collect();
        let attention = AttentionInput {
            quiet: self.quiet,
            remind_every: self.remind_every.as_deref(),
            escalate: &self.escalate,
            approvers: &approvers,
            answer_within,
        }
        .check(key, problems);
        let asking = requesters.as_deref().unwrap_or_default();
        let in_hours = hours.as_ref().and_then(Option::as_ref);
        let auto_approve = self
            .auto_approve
            .as_ref()
            .map(|input| input.check(&at("auto_approve"), asking, sources.as_ref(), in_hours, problems));
        let break_glass = self
            .break_glass
            .as_ref()
            .map(|input| input.check(&at("break_glass"), problems));
        let widest = sources.as_ref().map(|sources| sources.widest);
        let second_look = self
            .second_look
            .as_ref()
            .map(|look| look.check(&at("second_look"), max_for, widest, problems));
        let mut rule = Rule {
            name: RuleName(name?),
            vms: vms?,
            ports: ports?,
            requesters: requesters?,
            hours: if_written(hours)?,
            quorum: quorum?,
            max_for: max_for?,
            default_for: default_for?,
            sources: sources?,
            reason: reason?,
            answer_within: answer_within?,
            extend: extend?,
            channel: if_written(channel)?,
            notice_before: notice_before?,
            attention,
            auto_approve: if_written(auto_approve)?,
            break_glass: if_written(break_glass)?,
            second_look: if_written(second_look)?,
            limits: Vec::new(),
            per_person: self.per_person.check(&at("per_person"), problems),
            fingerprint: String::new(),
        };
        for (index, limit) in self.limit.into_iter().enumerate() {
            let checked = limit.check(&format!("{key}.limit[{index}]"), &rule, problems);
            rule.limits.extend(checked);
        }
        Some(rule)
    }
}

//! `quiet`, `remind_every` and `escalate` of a rule: whom its requests call, and when.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        problem::Problems,
        word::{List, each, length, principal},
    },
    domain::{
        actor::Principal,
        attention::{Attention, Step},
        length::Length,
    },
};

/// One step of an escalation.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StepInput {
    /// How long after the request was asked, such as "10m".
    after: Option<String>,
    /// Whom to call then: "role:ID" or "user:ID", as they stand in approvers.
    #[schemars(with = "Vec<String>")]
    to: List,
}

/// What the rule at `key` says about it.
pub(super) struct AttentionInput<'a> {
    pub(super) quiet: bool,
    pub(super) remind_every: Option<&'a str>,
    /// `None` stands where a value of a wrong type was told already.
    pub(super) escalate: &'a [Option<StepInput>],
    pub(super) approvers: &'a [Principal],
    pub(super) answer_within: Option<Length>,
}

impl AttentionInput<'_> {
    pub(super) fn check(&self, key: &str, problems: &mut Problems) -> Attention {
        let remind_key = format!("{key}.remind_every");
        let remind_every = length(&remind_key, self.remind_every, None, problems);
        if let (Some(every), Some(within)) = (remind_every, self.answer_within)
            && every >= within
        {
            problems.at(
                &remind_key,
                format!("a request waits for {within} at most (answer_within), so no reminder would come"),
            );
        }
        Attention {
            remind_every,
            escalate: self.steps(&format!("{key}.escalate"), problems),
            quiet: self.quiet,
        }
    }

    fn steps(&self, key: &str, problems: &mut Problems) -> Vec<Step> {
        if self.quiet && !self.escalate.is_empty() {
            problems.at(
                key,
                "a quiet rule calls nobody; take out escalate, or quiet = true",
            );
        }
        let mut steps: Vec<Step> = Vec::new();
        for (index, step) in self.escalate.iter().enumerate() {
            let key = format!("{key}[{index}]");
            let Some(step) = step else { continue };
            let after_key = format!("{key}.after");
            let after = length(&after_key, step.after.as_deref(), None, problems);
            let after = problems.required(&after_key, after, "it is how long a request waits before it");
            let to_key = format!("{key}.to");
            let given = (!step.to.is_empty()).then_some(&step.to);
            let to = problems.required(&to_key, given, "it is who is called then");
            let to = each(
                &to_key,
                to.unwrap_or(&List::new()),
                problems,
                |key, text, problems| {
                    let found = principal(key, text, problems)?;
                    if !self.approvers.contains(&found) {
                        problems.at(
                        key,
                        format!(
                            "{text:?} does not stand in approvers, so whoever is called could not answer; write it \
                             there too, and it is called only at this step"
                        ),
                    );
                    }
                    Some(found)
                },
            );
            let Some(after) = after else { continue };
            if steps.last().is_some_and(|earlier| earlier.after >= after) {
                problems.at(
                    &after_key,
                    format!("{after} is not later than the step before it"),
                );
            }
            if let Some(within) = self.answer_within.filter(|within| after >= *within) {
                problems.at(
                    &after_key,
                    format!(
                        "a request waits for {within} at most (answer_within), so nobody would be called"
                    ),
                );
            }
            steps.push(Step { after, to });
        }
        let is_left = |principal: &Principal| !steps.iter().any(|step| step.to.contains(principal));
        if !steps.is_empty() && !self.approvers.is_empty() && !self.approvers.iter().any(is_left) {
            problems.at(
                key,
                "every approver is called at a later step, so the card would call nobody; leave one of them out of \
                 the steps",
            );
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, Environment};

    fn read(keys: &str) -> Result<Config, String> {
        let text = format!(
            r#"
[discord]
token = "t"
guild_id = "1"
approver_channel = "2"
trail_channel = "3"
administrators = ["role:4"]
[azure]
credential = "azure-cli"
[[rule]]
name = "all"
vms = ["*"]
requesters = ["role:5"]
approvers = ["role:6", "role:7", "user:8"]
max_for = "1h"
{keys}
"#
        );
        Config::read(&text, Some(Path::new("p.toml")), &Environment::default())
            .map_err(|invalid| invalid.to_string())
    }

    const STEPS: &str =
        r#"escalate = [{ after = "10m", to = ["role:7"] }, { after = "20m", to = ["user:8"] }]"#;

    #[test]
    fn all_of_it_is_read_and_shown_again() {
        let config = read(&format!("quiet = false\nremind_every = \"5m\"\n{STEPS}")).unwrap();
        let rule = &config.rules.rules[0];
        assert_eq!(rule.attention.escalate.len(), 2);
        let shown = config.show();
        for part in ["remind_every = \"5m\"", "after = \"20m\"", "\"role:7\""] {
            assert!(shown.contains(part), "{shown}");
        }
        assert!(!shown.contains("quiet"), "{shown}");
        let without = read("").unwrap();
        assert_ne!(rule.fingerprint, without.rules.rules[0].fingerprint);
        assert!(read("quiet = true").unwrap().show().contains("quiet = true"));
    }

    #[test]
    fn what_could_never_help_is_told() {
        for (keys, told) in [
            (
                "remind_every = \"30m\"",
                "rule[0].remind_every: a request waits for 30m at most",
            ),
            (
                "remind_every = \"often\"",
                "rule[0].remind_every: \"often\" cannot be used",
            ),
            (
                &format!("quiet = true\n{STEPS}"),
                "rule[0].escalate: a quiet rule calls nobody",
            ),
            (
                "escalate = [{ after = \"10m\", to = [\"role:9\"] }]",
                "rule[0].escalate[0].to[0]: \"role:9\" does not stand in approvers",
            ),
            (
                "escalate = [{ after = \"10m\", to = [\"role:7\"] }, { after = \"5m\", to = [\"user:8\"] }]",
                "rule[0].escalate[1].after: 5m is not later than the step before it",
            ),
            (
                "escalate = [{ after = \"45m\", to = [\"role:7\"] }]",
                "rule[0].escalate[0].after: a request waits for 30m at most",
            ),
            (
                "escalate = [{ after = \"10m\", to = [\"role:6\", \"role:7\", \"user:8\"] }]",
                "rule[0].escalate: every approver is called at a later step",
            ),
            (
                "escalate = [{ to = [\"role:7\"] }]",
                "rule[0].escalate[0].after: this key is missing",
            ),
            (
                "escalate = [{ after = \"10m\" }]",
                "rule[0].escalate[0].to: this key is missing",
            ),
            (
                "escalate = [\"role:7\"]",
                "rule[0].escalate[0]: this value does not fit",
            ),
            (
                "escalate = [{ afetr = \"10m\", to = [\"role:7\"] }]",
                "there is no key \"afetr\"; did you mean \"after\"?",
            ),
        ] {
            let problems = read(keys).map(|_| ()).unwrap_err();
            assert!(problems.contains(told), "{keys}:\n{problems}");
        }
    }
}

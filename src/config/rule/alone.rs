//! `auto_approve` of a rule: when it approves alone, without a person.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    hours::HoursInput,
    sources::{is_private, network},
};
use crate::{
    config::{
        problem::Problems,
        word::{List, each, if_written, length, principal},
    },
    domain::{actor::Principal, hours::Hours},
    policy::{AutoApprove, SourceRule},
};

/// More than this in a period is a slip of the finger.
const AT_MOST: i64 = 1000;

/// When the rule approves alone. All of it must hold; else the approvers are asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutoApproveInput {
    /// For whom: "role:ID" or "user:ID"; left out, for everybody who may ask.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    requesters: List,
    /// From where: the networks in which the source must lie.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    within: List,
    /// How often for each person in the time that per says.
    at_most: Option<i64>,
    /// The time in which it is counted, up to "24h", which it is when left out.
    per: Option<String>,
    /// At which hours it does so; left out, at all hours of the rule.
    #[serde(default)]
    #[schemars(with = "HoursInput")]
    hours: Option<HoursInput>,
}

impl AutoApproveInput {
    /// `sources` and `of_rule`, its hours, are what the rule allows at all, as far as it could be read.
    pub(super) fn check(
        &self,
        key: &str,
        requesters: &[Principal],
        sources: Option<&SourceRule>,
        of_rule: Option<&Hours>,
        problems: &mut Problems,
    ) -> Option<AutoApprove> {
        let at = |name: &str| format!("{key}.{name}");
        let requesters = if self.requesters.is_empty() {
            requesters.to_vec()
        } else {
            each(&at("requesters"), &self.requesters, problems, principal)
        };
        let given = (!self.within.is_empty()).then_some(&self.within);
        let why = "a rule that approves alone says from which networks";
        let within = problems.required(&at("within"), given, why).map(|list| {
            each(&at("within"), list, problems, |key, text, problems| {
                let net = network(key, text, problems)?;
                let Some(sources) = sources else { return Some(net) };
                if !sources.private && is_private(&net) {
                    problems.at(
                        key,
                        format!(
                            "{net} is private, so nobody can ask from there unless sources has private = true"
                        ),
                    );
                } else if !sources.within.is_empty()
                    && !sources.within.iter().any(|allowed| allowed.contains(&net))
                {
                    problems.at(
                        key,
                        format!("{net} is outside sources.within, so nobody can ask from there"),
                    );
                }
                Some(net)
            })
        });
        let why = "a rule that approves alone says how often for each person";
        let at_most = problems.required(&at("at_most"), self.at_most, why);
        let at_most = at_most.and_then(|at_most| {
            let fits = (1..=AT_MOST).contains(&at_most);
            if !fits {
                problems.at(&at("at_most"), format!("a person gets it 1 to {AT_MOST} times"));
            }
            u32::try_from(at_most).ok().filter(|_| fits)
        });
        let per = length(&at("per"), self.per.as_deref(), "24h".parse().ok(), problems);
        let hours = self
            .hours
            .as_ref()
            .map(|hours| hours.check(&at("hours"), problems));
        if let (Some(Some(hours)), Some(of_rule)) = (&hours, of_rule)
            && !hours.meet(of_rule)
        {
            problems.at(
                &at("hours"),
                "it would never approve alone, because the rule does not match at these hours",
            );
        }
        Some(AutoApprove {
            requesters,
            within: within?,
            at_most: at_most?,
            per: per?,
            hours: if_written(hours)?,
        })
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
requesters = ["role:5", "role:6"]
approvers = ["role:6"]
max_for = "1h"
sources = {{ within = ["198.51.100.0/24"] }}
{keys}
"#
        );
        Config::read(&text, Some(Path::new("p.toml")), &Environment::default())
            .map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn it_is_off_unless_it_is_written() {
        let config = read("").unwrap();
        assert_eq!(config.rules.rules[0].auto_approve, None);
        assert!(!config.show().contains("auto_approve"));
        let with = read("auto_approve = { within = [\"198.51.100.8/29\"], at_most = 3 }").unwrap();
        let auto = with.rules.rules[0].auto_approve.clone().unwrap();
        assert_eq!((auto.at_most, auto.per.to_string().as_str()), (3, "24h"));
        assert_eq!(auto.requesters.len(), 2, "everybody who may ask");
        for part in ["auto_approve", "198.51.100.8/29", "at_most = 3"] {
            assert!(with.show().contains(part), "{}", with.show());
        }
        assert_ne!(config.rules.rules[0].fingerprint, with.rules.rules[0].fingerprint);
    }

    #[test]
    fn its_hours_stand_in_what_the_rule_says() {
        let keys = "auto_approve = { within = [\"198.51.100.8/29\"], at_most = 3, hours = { days = [\"mon-fri\"], from = \
                    \"08:00\", to = \"18:00\", zone = \"Europe/Berlin\" } }";
        let with = read(keys).unwrap();
        let auto = with.rules.rules[0].auto_approve.clone().unwrap();
        assert_eq!(auto.hours.unwrap().zone(), "Europe/Berlin");
        assert!(with.show().contains("Europe/Berlin"), "{}", with.show());
        let without = read("auto_approve = { within = [\"198.51.100.8/29\"], at_most = 3 }").unwrap();
        assert_ne!(
            with.rules.rules[0].fingerprint,
            without.rules.rules[0].fingerprint
        );
    }

    #[test]
    fn what_would_be_too_much_or_nothing_is_told() {
        for (keys, told) in [
            (
                "{ at_most = 3 }",
                "rule[0].auto_approve.within: this key is missing or empty",
            ),
            (
                "{ within = [\"198.51.100.0/24\"] }",
                "rule[0].auto_approve.at_most: this key is missing or empty",
            ),
            (
                "{ within = [\"203.0.113.0/24\"], at_most = 3 }",
                "rule[0].auto_approve.within[0]: 203.0.113.0/24 is outside sources.within",
            ),
            (
                "{ within = [\"198.51.100.0/24\"], at_most = 0 }",
                "rule[0].auto_approve.at_most: a person gets it 1 to 1000 times",
            ),
            (
                "{ within = [\"198.51.100.0/24\"], at_most = 3, per = \"7d\" }",
                "rule[0].auto_approve.per: \"7d\" cannot be used",
            ),
            (
                "{ within = [\"0.0.0.0/0\"], at_most = 3 }",
                "rule[0].auto_approve.within[0]: \"0.0.0.0/0\" cannot be used: it is everywhere",
            ),
            (
                "{ within = [\"10.1.0.0/16\"], at_most = 3 }",
                "rule[0].auto_approve.within[0]: 10.1.0.0/16 is private, so nobody can ask from there",
            ),
            (
                "{ within = [\"100.64.1.0/24\"], at_most = 3 }",
                "rule[0].auto_approve.within[0]: 100.64.1.0/24 is private, so nobody can ask from there",
            ),
            (
                "{ within = [\"198.51.100.0/24\"], at_most = 3, hours = { from = \"08:00\" } }",
                "rule[0].auto_approve.hours.zone: this key is missing or empty",
            ),
            (
                "{ within = [\"198.51.100.0/24\"], at_most = 3, hours = { from = \"08:00\", to = \"12:00\", zone = \"UTC\" } }\n\
                 hours = { from = \"13:00\", to = \"18:00\", zone = \"UTC\" }",
                "rule[0].auto_approve.hours: it would never approve alone, because the rule does not match at these hours",
            ),
            ("true", "rule[0].auto_approve: this value does not fit"),
            ("{ atmost = 3 }", "there is no key \"atmost\""),
        ] {
            let problems = read(&format!("auto_approve = {keys}")).map(|_| ()).unwrap_err();
            assert!(problems.contains(told), "{keys}:\n{problems}");
        }
    }
}

//! What rules say, read through the whole configuration.

use std::path::Path;

use crate::{
    config::{Config, Environment, Invalid},
    policy::Rule,
};

const SECTIONS: &str = r#"
[discord]
token = "t"
guild_id = "1"
approver_channel = "2"
trail_channel = "3"
administrators = ["role:4"]

[azure]
credential = "azure-cli"
"#;

/// A rule that says `more` besides what every rule must say.
pub(super) fn text(more: &str) -> String {
    format!(
        "{SECTIONS}\n[[rule]]\nname = \"all\"\nvms = [\"*\"]\nrequesters = [\"role:5\"]\napprovers = [\"role:6\"]\n\
         max_for = \"2h\"\n{more}\n"
    )
}

fn config(more: &str) -> Result<Config, Invalid> {
    Config::read(&text(more), Some(Path::new("p.toml")), &Environment::default())
}

pub(super) fn rule(more: &str) -> Rule {
    config(more)
        .unwrap_or_else(|invalid| panic!("{invalid}"))
        .rules
        .rules
        .remove(0)
}

/// What is wrong with a rule that says `more`.
pub(super) fn wrong(more: &str) -> String {
    config(more).map(|_| ()).expect_err(more).to_string()
}

/// That the rule is the same after it is shown and read again.
pub(super) fn comes_back(more: &str) {
    let one = config(more).unwrap();
    let again = Config::read(&one.show(), Some(Path::new("p.toml")), &Environment::default()).unwrap();
    assert_eq!(one.rules.hash, again.rules.hash, "{}", one.show());
    assert_ne!(one.rules.hash, config("").unwrap().rules.hash);
}

mod hours {
    use super::*;

    #[test]
    fn hours_are_read_and_shown() {
        let hours =
            rule(r#"hours = { days = ["mon-fri"], from = "08:00", to = "18:00", zone = "Europe/Berlin" }"#)
                .hours
                .unwrap();
        assert!(hours.contains("2026-11-23T07:00:00Z".parse().unwrap()));
        assert!(!hours.contains("2026-11-23T06:59:00Z".parse().unwrap()));
        let from = rule(r#"hours = { from = "22:00", zone = "UTC" }"#).hours.unwrap();
        assert!(
            from.contains("2026-11-22T23:59:00Z".parse().unwrap()),
            "every day, until 24:00"
        );
        comes_back(r#"hours = { days = ["sat", "sun"], from = "22:00", to = "06:00", zone = "Asia/Tokyo" }"#);
        assert!(rule("").hours.is_none());
    }

    #[test]
    fn what_is_no_hours_is_told_with_its_place() {
        for (more, what) in [
            (
                r#"hours = { from = "08:00" }"#,
                "rule[0].hours.zone: this key is missing or empty",
            ),
            (
                r#"hours = {}"#,
                "rule[0].hours.zone: this key is missing or empty",
            ),
            (r#"hours = { zone = "Berlin" }"#, "\"Berlin\" is no time zone"),
            (
                r#"hours = { zone = "UTC", from = "8" }"#,
                "p.toml:18:25: rule[0].hours.from: \"8\" is no time of day",
            ),
            (
                r#"hours = { zone = "UTC", to = "24:30" }"#,
                "\"24:30\" is no time of day",
            ),
            (
                r#"hours = { zone = "UTC", from = "08:00", to = "08:00" }"#,
                "there is no time between them",
            ),
            (
                r#"hours = { zone = "UTC", days = ["monday"] }"#,
                "\"monday\" names no day",
            ),
            (r#"hours = { zone = "UTC", days = [] }"#, "no day is named"),
            (
                r#"hours = { zone = "UTC", day = ["mon"] }"#,
                "did you mean \"days\"?",
            ),
            (r#"hours = "always""#, "rule[0].hours: this value does not fit"),
        ] {
            let told = wrong(more);
            assert!(told.contains(what), "{more}\n{told}");
        }
    }
}

mod limit {
    use super::*;

    #[test]
    fn limits_are_read_and_shown() {
        let both = r#"
            sources = { widest = "/24" }
            [[rule.limit]]
            because = "the source is a whole network"
            wider_than = "/30"
            max_for = "30m"
            [[rule.limit]]
            because = "nobody is in the office"
            ports = ["ssh"]
            vms = ["web-*"]
            outside = ["198.51.100.0/24"]
            hours = { from = "18:00", to = "08:00", zone = "UTC" }
            approvals = 2
            reason_required = true
        "#;
        let limits = rule(both).limits;
        assert_eq!(limits.len(), 2);
        assert_eq!(limits[0].when.wider_than, Some(30));
        assert_eq!(
            (limits[1].limit.approvals, limits[1].limit.reason),
            (Some(2), true)
        );
        comes_back(both);
    }

    #[test]
    fn a_limit_that_would_limit_nothing_or_never_apply_is_told() {
        for (base, limit, what) in [
            (
                "",
                r#"approvals = 2, ports = [22]"#,
                "rule[0].limit[0].because: this key is missing or empty",
            ),
            (
                "",
                r#"because = "x", ports = [22]"#,
                "rule[0].limit[0]: it limits nothing",
            ),
            (
                "",
                r#"because = "x", approvals = 2"#,
                "it has no condition, so it would always hold",
            ),
            (
                "",
                r#"because = "x", ports = [22], approvals = 1"#,
                "it is not more than the rule wants, which is 1",
            ),
            (
                "",
                r#"because = "x", ports = [22], max_for = "2h""#,
                "it is not shorter than that of the rule, which is 2h",
            ),
            (
                "reason = { required = true }",
                r#"because = "x", ports = [22], reason_required = true"#,
                "the rule itself wants a reason",
            ),
            (
                "",
                r#"because = "x", wider_than = "/32", approvals = 2"#,
                "the rule allows nothing wider than /32",
            ),
            (
                "",
                r#"because = "x", wider_than = "wide", approvals = 2"#,
                "\"wide\" is no width",
            ),
            (
                "ports = [443]",
                r#"because = "x", ports = [22], approvals = 2"#,
                "the rule is about 443 only",
            ),
            (
                r#"sources = { within = ["198.51.100.0/28"] }"#,
                r#"because = "x", outside = ["198.51.100.0/24"], approvals = 2"#,
                "the rule allows no source outside of them",
            ),
            (
                r#"hours = { from = "08:00", to = "18:00", zone = "UTC" }"#,
                r#"because = "x", hours = { from = "18:00", to = "08:00", zone = "UTC" }, approvals = 2"#,
                "the rule does not match at these hours",
            ),
            (
                "",
                r#"because = "x", port = [22], approvals = 2"#,
                "did you mean \"ports\"?",
            ),
        ] {
            let told = wrong(&format!("{base}\nlimit = [{{ {limit} }}]"));
            assert!(told.contains(what), "{limit}\n{told}");
        }
    }
}

mod per_person {
    use super::*;

    #[test]
    fn what_a_person_may_have_is_read_and_shown() {
        let more = "per_person = { open = 3, requests_per_hour = 10 }";
        let per_person = rule(more).per_person;
        assert_eq!(
            (per_person.open, per_person.requests_per_hour),
            (Some(3), Some(10))
        );
        comes_back(more);
        comes_back("per_person = { open = 3 }");
        assert_eq!(rule("").per_person, crate::policy::PerPerson::default());
        for (more, what) in [
            (
                "per_person = { open = 0 }",
                "rule[0].per_person.open: 0 cannot be used",
            ),
            (
                "per_person = { requests_per_hour = 5000 }",
                "5000 cannot be used; write a number from 1 to 1000",
            ),
            ("per_person = { opn = 3 }", "did you mean \"open\"?"),
            ("[flood]\nwaiting = 0", "flood.waiting: 0 cannot be used"),
        ] {
            let told = wrong(more);
            assert!(told.contains(what), "{more}\n{told}");
        }
    }
}

mod reason {
    use super::*;

    #[test]
    fn the_modes_are_read_and_shown() {
        let read = |more: &str| {
            let reason = rule(more).reason;
            (reason.unasked, reason.required, reason.suggestions.len())
        };
        assert_eq!(read(""), (false, false, 0));
        assert_eq!(read(r#"reason = { mode = "none" }"#), (true, false, 0));
        assert_eq!(read(r#"reason = { mode = "optional" }"#), (false, false, 0));
        assert_eq!(
            read(r#"reason = { mode = "required", required = true }"#),
            (false, true, 0)
        );
        let both = r#"reason = { required = true, pattern = "^INC", suggestions = ["INC-1 disk", "INC-2"] }"#;
        assert_eq!(read(both), (false, true, 2));
        comes_back(both);
        comes_back(r#"reason = { mode = "none" }"#);
    }

    #[test]
    fn what_contradicts_itself_is_told() {
        for (more, what) in [
            (
                r#"reason = { mode = "never" }"#,
                "rule[0].reason.mode: \"never\" is not known",
            ),
            (
                r#"reason = { mode = "none", required = true }"#,
                "it contradicts required",
            ),
            (
                r#"reason = { mode = "required", required = false }"#,
                "it contradicts required",
            ),
            (
                r#"reason = { mode = "none", pattern = "x" }"#,
                "nobody is asked for a reason",
            ),
            (
                r#"reason = { pattern = "^INC", suggestions = ["CHG-1"] }"#,
                "rule[0].reason.suggestions[0]: \"CHG-1\" does not match the pattern",
            ),
            (
                r#"reason = { suggestions = [" "] }"#,
                "a suggestion has 1 to 100 visible characters",
            ),
        ] {
            let told = wrong(more);
            assert!(told.contains(what), "{more}\n{told}");
        }
    }
}

mod findings {
    use super::*;

    fn found(more: &str) -> Vec<String> {
        let config = config(more).unwrap_or_else(|invalid| panic!("{invalid}"));
        config.findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_can_never_come_true_is_found_with_its_place() {
        assert!(found("").is_empty());
        let below = r#"
[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:5"]
approvers = ["role:6"]
max_for = "1h"
"#;
        assert_eq!(
            found(below),
            [
                "p.toml:19:1: rule[1]: the rule \"web\" never governs anything, because \"all\" above it matches the same \
              machines, ports, people and hours and more; move it above \"all\", or take it out"
            ]
        );
        let alone = below
            .replace("web-*", "*")
            .replace("role:5", "user:7")
            .replace("role:6", "user:7");
        assert_eq!(
            found(&alone),
            [
                "p.toml:23:1: rule[1].approvers: nobody can approve what user:7 asks for, because nobody decides on their own \
              request: 1 must approve, and too few others are named; name more approvers, best a role"
            ]
        );
        let wide = found(r#"sources = { widest = "/16", within = ["198.51.100.0/24"] }"#);
        assert!(
            wide[0].contains("rule[0].sources.widest: no source can be as wide as /16"),
            "{wide:?}"
        );
    }

    #[test]
    fn a_network_that_azure_would_refuse_is_refused_at_once() {
        for (network, what) in [
            ("0.0.0.0/0", "it is everywhere"),
            ("2001:db8::/32", "Azure JIT takes IPv4 only"),
            ("Internet", "a network is written like"),
            ("224.0.0.0/4", "no client sends from there"),
            ("198.51.100.7/24", "it has host bits"),
        ] {
            let told = wrong(&format!("sources = {{ within = [\"{network}\"] }}"));
            assert!(
                told.contains("rule[0].sources.within[0]") && told.contains(what),
                "{told}"
            );
        }
    }
}

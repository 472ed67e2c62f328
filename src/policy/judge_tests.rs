use std::time::Duration;

use super::*;
use crate::{
    domain::{
        ids::RuleName,
        quorum::Quorum,
        vm::{AllowedSources, JitState, Unsupported},
    },
    policy::sample::{DEVELOPER, LEAD, ON_CALL, actor, book, hours, length, ports, role, rule, user, vm},
};

/// A question about ports of VMs, for Alice, who is a developer; every other part can be set.
struct Asking<'a> {
    vms: Vec<(&'a Vm, Vec<Port>)>,
    roles: Vec<u64>,
    length: Option<&'a str>,
    source: Option<&'a str>,
    reason: Option<&'a str>,
    now: Instant,
}

fn asking<'a>(vms: &[(&'a Vm, &str)]) -> Asking<'a> {
    Asking {
        vms: vms
            .iter()
            .map(|(vm, ports)| {
                (
                    *vm,
                    ports
                        .split_whitespace()
                        .map(|port| port.parse().unwrap())
                        .collect(),
                )
            })
            .collect(),
        roles: vec![DEVELOPER],
        length: None,
        source: Some("8.8.8.8"),
        reason: None,
        now: Instant::UNIX_EPOCH,
    }
}

impl Asking<'_> {
    fn under(&self, rules: Vec<Rule>) -> Result<Allowed, Refusal> {
        let requester = actor(1, &self.roles);
        let reason = self.reason.and_then(FreeText::new);
        judge(
            &book(rules),
            &Question {
                requester: &requester,
                vms: &self.vms,
                length: self.length.map(length),
                source: self.source.map(|source| source.parse().unwrap()),
                reason: reason.as_ref(),
                now: self.now,
            },
        )
    }

    fn code(&self, rules: Vec<Rule>) -> &'static str {
        match self.under(rules) {
            Ok(_) => "ok",
            Err(refusal) => refusal.code(),
        }
    }
}

fn only(name: &str, vms: &str) -> Rule {
    let mut rule = rule(name);
    rule.vms = vec![vms.parse().unwrap()];
    rule
}

fn limit(vm: &mut Vm, change: impl Fn(&mut JitPort)) {
    if let JitState::Configured { policies } = &mut vm.jit {
        policies
            .iter_mut()
            .flat_map(|entry| &mut entry.ports)
            .for_each(change);
    }
}

#[test]
fn the_first_rule_that_matches_governs() {
    let web = vm("prod-web", "web-01");
    let allowed = asking(&[(&web, "ssh")])
        .under(vec![only("db", "db-*"), only("web", "web-*"), rule("all")])
        .unwrap();
    assert_eq!(allowed.terms.len(), 1);
    assert_eq!(allowed.terms[0].rule, RuleName("web".into()));
    assert_eq!(allowed.terms[0].quorum, Quorum::sole(vec![role(ON_CALL)], 1));
    assert_eq!((allowed.length, allowed.max_for), (length("1h"), length("2h")));
    assert_eq!(allowed.targets[0].ports.len(), 1);
}

#[test]
fn a_rule_matches_only_in_its_hours() {
    let web = vm("prod-web", "web-01");
    let mut day = only("day", "web-*");
    day.hours = Some(hours("mon-fri", "08:00", "18:00"));
    let mut night = only("night", "web-*");
    night.quorum = Quorum::sole(vec![role(ON_CALL)], 2);
    // The first moment of all times was a Thursday, at midnight.
    let at = |hour: i64| Instant::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
    let mut asking = asking(&[(&web, "ssh")]);
    for (hour, rule) in [
        (8, "day"),
        (17, "day"),
        (18, "night"),
        (7, "night"),
        (2 * 24 + 12, "night"),
    ] {
        asking.now = at(hour);
        let allowed = asking.under(vec![day.clone(), night.clone()]).unwrap();
        assert_eq!(allowed.terms[0].rule.0, rule, "hour {hour}");
        assert_eq!(allowed.terms[0].bounds.hours.is_some(), rule == "day");
    }
    asking.now = at(18);
    assert_eq!(
        asking.under(vec![day.clone()]),
        Err(Refusal::OutsideHours {
            door: Door {
                vm: web.id.clone(),
                port: "ssh".parse().unwrap(),
            },
            rule: RuleName("day".into()),
            hours: hours("mon-fri", "08:00", "18:00"),
            next: Some(at(32)),
        })
    );
    asking.roles = vec![LEAD];
    assert_eq!(
        asking.code(vec![day]),
        "no_rule",
        "whoever may never ask learns no hours"
    );
}

#[test]
fn a_limit_refuses_and_never_falls_through() {
    let web = vm("prod-web", "web-01");
    let mut strict = only("strict", "web-*");
    strict.max_for = length("30m");
    strict.default_for = length("10m");
    let mut asking = asking(&[(&web, "ssh")]);
    asking.length = Some("1h");
    assert_eq!(
        asking.under(vec![strict, rule("lax")]),
        Err(Refusal::LengthTooLong {
            asked: length("1h"),
            max: length("30m"),
            rule: RuleName("strict".into()),
            because: None,
        })
    );
}

#[test]
fn nothing_matches_is_refused() {
    let web = vm("prod-web", "web-01");
    let asks = |roles: &[u64]| {
        let mut asking = asking(&[(&web, "ssh")]);
        asking.roles = roles.to_vec();
        asking
    };
    assert_eq!(asks(&[]).code(vec![rule("all")]), "no_rule");
    assert_eq!(asks(&[DEVELOPER]).code(Vec::new()), "no_rule");
    assert_eq!(asks(&[DEVELOPER]).code(vec![only("db", "db-*")]), "no_rule");
    let mut rdp = rule("rdp");
    rdp.ports = ports(&["rdp"]);
    assert_eq!(asks(&[DEVELOPER]).code(vec![rdp]), "no_rule");
}

#[test]
fn who_may_not_ask_learns_nothing_of_the_guard() {
    let mut web = vm("prod-web", "web-01");
    web.jit = JitState::NotConfigured;
    let mut asking = asking(&[(&web, "ssh")]);
    assert_eq!(asking.code(vec![rule("all")]), "jit_not_configured");
    asking.roles.clear();
    assert_eq!(asking.code(vec![rule("all")]), "no_rule");
}

#[test]
fn several_rules_give_every_quorum_and_the_smallest_limits() {
    let (web, db) = (vm("prod-web", "web-01"), vm("prod-db", "db-01"));
    let (mut first, mut second) = (only("web", "web-*"), only("db", "db-*"));
    first.answer_within = length("20m");
    second.quorum = Quorum::sole(vec![role(LEAD)], 2);
    second.max_for = length("1h");
    second.default_for = length("15m");
    let asking = asking(&[(&web, "ssh rdp"), (&db, "ssh")]);
    let allowed = asking.under(vec![first.clone(), second.clone()]).unwrap();
    assert_eq!(allowed.length, length("15m"));
    assert_eq!(allowed.max_for, length("1h"));
    assert_eq!(allowed.answer_within, length("20m"));
    let quorums: Vec<_> = allowed
        .terms
        .iter()
        .map(|terms| (terms.rule.0.as_str(), terms.quorum.approvals(), terms.doors.len()))
        .collect();
    assert_eq!(quorums, [("web", 1, 2), ("db", 2, 1)]);
    second.requesters = vec![role(LEAD)];
    assert_eq!(
        asking.code(vec![first, second]),
        "no_rule",
        "one refusal refuses all"
    );
}

#[test]
fn what_stands_twice_is_asked_once() {
    let web = vm("prod-web", "web-01");
    let shouted = vm("PROD-WEB", "WEB-01");
    let allowed = asking(&[(&web, "ssh 22"), (&shouted, "rdp ssh")])
        .under(vec![rule("all")])
        .unwrap();
    assert_eq!(allowed.targets.len(), 1);
    assert_eq!(allowed.targets[0].ports.len(), 2);
    assert_eq!(allowed.terms[0].doors.len(), 2);
}

#[test]
fn nothing_asked_is_refused() {
    let web = vm("prod-web", "web-01");
    assert_eq!(asking(&[]).code(vec![rule("all")]), "nothing_asked");
    assert_eq!(asking(&[(&web, "")]).code(vec![rule("all")]), "nothing_asked");
    assert_eq!(
        asking(&[(&web, "ssh"), (&web, "")]).code(vec![rule("all")]),
        "nothing_asked"
    );
}

#[test]
fn the_jit_policy_limits_too() {
    let mut web = vm("prod-web", "web-01");
    assert_eq!(
        asking(&[(&web, "8443")]).code(vec![rule("all")]),
        "port_not_in_jit_policy"
    );
    limit(&mut web, |jit| jit.max = Duration::from_secs(1800));
    let mut asks = asking(&[(&web, "ssh")]);
    assert_eq!(
        asks.under(vec![rule("all")]).map(|allowed| allowed.length),
        Ok(length("30m")),
        "a default yields to Azure's limit"
    );
    asks.length = Some("31m");
    assert_eq!(asks.code(vec![rule("all")]), "jit_length_too_long");
    limit(&mut web, |jit| {
        jit.sources = AllowedSources::Only(vec!["8.8.4.0/24".parse().unwrap()]);
    });
    assert_eq!(
        asking(&[(&web, "ssh")]).code(vec![rule("all")]),
        "jit_source_outside"
    );
    web.jit = JitState::Unsupported {
        why: Unsupported::MissingNsg,
    };
    assert_eq!(
        asking(&[(&web, "ssh")]).code(vec![rule("all")]),
        "jit_unsupported"
    );
}

/// Azure makes the name of its network rule of both names, and has room for 56 characters of them.
#[test]
fn names_that_azure_has_no_room_for_are_refused() {
    let named = |chars: usize| vm("prod-web", &"v".repeat(chars));
    let (fits, too_long) = (named(49), named(50));
    assert_eq!(asking(&[(&fits, "ssh")]).code(vec![rule("all")]), "ok");
    let refused = asking(&[(&too_long, "ssh")]).under(vec![rule("all")]);
    assert!(
        matches!(
            refused,
            Err(Refusal::NamesTooLong {
                chars: 57,
                most: 56,
                ..
            })
        ),
        "with the 7 characters of `default`: {refused:?}"
    );
}

#[test]
fn an_unknown_source_waits_but_all_else_is_judged() {
    let web = vm("prod-web", "web-01");
    let mut asking = asking(&[(&web, "ssh")]);
    asking.source = None;
    assert_eq!(asking.code(vec![rule("all")]), "ok");
    let mut wants_reason = rule("all");
    wants_reason.reason.required = true;
    assert_eq!(asking.code(vec![wants_reason.clone()]), "reason_missing");
    asking.reason = Some("because");
    assert_eq!(asking.code(vec![wants_reason]), "ok");
    asking.source = Some("10.0.0.1");
    assert_eq!(asking.code(vec![rule("all")]), "source_private");
}

#[test]
fn a_request_that_nobody_could_approve_is_refused() {
    let web = vm("prod-web", "web-01");
    let asking = asking(&[(&web, "ssh")]);
    let mut named = rule("named");
    named.quorum = Quorum::sole(vec![user(1), user(2)], 1);
    assert_eq!(asking.code(vec![named.clone()]), "ok");
    named.quorum = Quorum::sole(vec![user(1), user(2)], 2);
    assert_eq!(asking.code(vec![named.clone()]), "nobody_can_approve");
    named.quorum = Quorum::sole(vec![user(1), user(2), role(ON_CALL)], 2);
    assert_eq!(
        asking.code(vec![named]),
        "ok",
        "who has the role is not known here"
    );
}

#[test]
fn the_card_goes_where_all_rules_agree() {
    let (web, db) = (vm("prod-web", "web-01"), vm("prod-db", "db-01"));
    let (mut first, mut second) = (only("web", "web-*"), only("db", "db-*"));
    let channel = |first: &Rule, second: &Rule| {
        asking(&[(&web, "ssh"), (&db, "ssh")])
            .under(vec![first.clone(), second.clone()])
            .unwrap()
            .channel
    };
    first.channel = Some(ChannelId(7));
    assert_eq!(channel(&first, &second), None);
    second.channel = Some(ChannelId(7));
    assert_eq!(channel(&first, &second), Some(ChannelId(7)));
    second.channel = Some(ChannelId(8));
    assert_eq!(channel(&first, &second), None);
}

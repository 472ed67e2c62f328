use super::*;
use crate::{
    domain::{
        ids::{RequestId, RequestNumber},
        request::{Extends, TargetPort},
        vm::JitState,
    },
    policy::{
        Extend, Rule,
        sample::{DEVELOPER, LEAD, actor, book, length, role, rule, vm},
    },
};

const NOW: Instant = Instant::UNIX_EPOCH;

/// An access to SSH and RDP of web-01 with so many minutes left.
fn base(vm: &Vm, left: i64) -> Extendable {
    let JitState::Configured { policies } = &vm.jit else {
        unreachable!()
    };
    let policy = policies[0].policy.clone();
    let port = |name: &str| TargetPort {
        port: name.parse().unwrap(),
        policy: policy.clone(),
    };
    Extendable {
        extends: Extends {
            request: RequestId(uuid::Uuid::from_u128(1)),
            number: RequestNumber(1),
            ends_at: NOW + TimeDelta::minutes(left),
        },
        targets: vec![Target {
            vm: vm.id.clone(),
            ports: vec![port("ssh"), port("rdp")],
        }],
        source: "8.8.8.8".parse().unwrap(),
    }
}

fn judged(rules: Vec<Rule>, left: i64, longer: Option<&str>) -> Result<Allowed, Refusal> {
    let vm = vm("prod-web", "web-01");
    let base = base(&vm, left);
    let requester = actor(1, &[DEVELOPER]);
    let asked = ExtensionAsked {
        requester: &requester,
        base: &base,
        longer: longer.map(length),
        reason: None,
    };
    judge_extension(&book(rules), &asked, |id| (id == &vm.id).then_some(&vm), NOW)
}

fn longer(rules: Vec<Rule>, left: i64, asked: Option<&str>) -> String {
    match judged(rules, left, asked) {
        Ok(allowed) => allowed.length.to_string(),
        Err(why) => why.code().to_owned(),
    }
}

#[test]
fn the_time_left_never_exceeds_what_the_rule_allows() {
    let two_hours = || vec![rule("two hours")];
    for (left, asked, verdict) in [
        (20, Some("30m"), "30m"),
        (20, Some("1h 40m"), "1h 40m"),
        (20, Some("1h 41m"), "extension_too_long"),
        (20, None, "1h"),
        (90, None, "30m"),
        (120, None, "extension_has_no_room"),
        (119, None, "1m"),
        (119, Some("2m"), "extension_too_long"),
    ] {
        assert_eq!(longer(two_hours(), left, asked), verdict, "{left} {asked:?}");
    }
}

#[test]
fn the_jit_policy_limits_the_time_left_too() {
    let mut wide = rule("wide");
    wide.max_for = length("8h");
    assert_eq!(longer(vec![wide.clone()], 60, Some("2h")), "2h");
    assert_eq!(longer(vec![wide], 60, Some("2h 1m")), "extension_too_long");
}

#[test]
fn the_rules_of_today_decide_whether_it_is_extended_at_all() {
    let mut leads = rule("leads");
    leads.requesters = vec![role(LEAD)];
    assert_eq!(longer(vec![leads], 20, Some("30m")), "no_rule");
    let mut wants = rule("wants a reason");
    wants.reason.required = true;
    assert_eq!(longer(vec![wants], 20, Some("30m")), "reason_missing");
}

#[test]
fn it_needs_no_approval_only_where_every_rule_involved_says_so() {
    let once = |name: &str, port: &str| {
        let mut rule = rule(name);
        rule.ports = crate::policy::sample::ports(&[port]);
        rule.extend = Extend::Once;
        rule
    };
    let both = judged(vec![once("a", "ssh"), once("b", "rdp")], 20, None).unwrap();
    assert!(both.extends_once);
    let mut asks = once("b", "rdp");
    asks.extend = Extend::ByApproval;
    let one = judged(vec![once("a", "ssh"), asks], 20, None).unwrap();
    assert!(!one.extends_once);
    assert!(!judged(vec![rule("plain")], 20, None).unwrap().extends_once);
}

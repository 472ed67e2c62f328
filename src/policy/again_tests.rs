use super::*;
use crate::{
    domain::{
        Instant,
        ids::{ChannelId, RequestId, RequestNumber},
        quorum::Quorum,
        request::Ask,
        vm::JitState,
        vote::Door,
    },
    policy::{
        Rule,
        judge::judge,
        sample::{DEVELOPER, LEAD, ON_CALL, actor, book, hours, length, role, rule, user, vm},
    },
};

const NOW: Instant = Instant::UNIX_EPOCH;

/// A request for SSH on `vm` by a developer, asked under `rules`.
fn asked(vm: &Vm, rules: Vec<Rule>) -> Request {
    let requester = actor(1, &[DEVELOPER]);
    let source = "8.8.8.8".parse().unwrap();
    let vms = [(vm, vec!["ssh".parse().unwrap()])];
    let question = Question {
        requester: &requester,
        vms: &vms,
        length: Some(length("1h")),
        source: Some(source),
        reason: None,
        now: NOW,
    };
    let allowed = judge(&book(rules), &question).unwrap();
    let ask = Ask {
        id: RequestId(uuid::Uuid::nil()),
        number: RequestNumber(1),
        requester: requester.person,
        targets: allowed.targets,
        length: allowed.length,
        reason: None,
        terms: allowed.terms,
        asked_in: ChannelId(1),
        answer_within: allowed.answer_within,
        extends: None,
        starts_at: None,
    };
    ask.from(source, NOW).after
}

fn again(vm: &Vm, before: Rule, after: Vec<Rule>) -> Result<Vec<Terms>, Refusal> {
    let request = asked(vm, vec![before]);
    judge_again(&book(after), &request, |id| (id == &vm.id).then_some(vm), NOW)
}

#[test]
fn the_rules_as_they_are_now_give_their_own_terms() {
    let web = vm("prod-web", "web-01");
    let mut tightened = rule("web");
    tightened.quorum = Quorum::sole(vec![role(ON_CALL)], 2);
    let terms = again(&web, rule("web"), vec![tightened]).unwrap();
    assert_eq!(terms[0].quorum.approvals(), 2);
    let doors: Vec<Door> = asked(&web, vec![rule("web")]).doors().collect();
    assert_eq!(terms[0].doors, doors);
}

#[test]
fn a_rule_that_was_put_before_the_old_one_governs() {
    let web = vm("prod-web", "web-01");
    let mut stricter = rule("stricter");
    stricter.quorum = Quorum::sole(vec![role(LEAD)], 1);
    let terms = again(&web, rule("web"), vec![stricter, rule("web")]).unwrap();
    assert_eq!(terms[0].quorum, Quorum::sole(vec![role(LEAD)], 1));
}

#[test]
fn a_rule_for_other_people_stays_out_of_it() {
    let web = vm("prod-web", "web-01");
    let mut leads = rule("leads");
    leads.requesters = vec![role(LEAD)];
    leads.quorum = Quorum::sole(vec![user(7)], 1);
    let terms = again(&web, rule("web"), vec![leads, rule("web")]).unwrap();
    assert_eq!(terms[0].rule.0, "web");
}

#[test]
fn the_hours_are_those_of_the_vote() {
    let web = vm("prod-web", "web-01");
    let mut day = rule("day");
    day.hours = Some(hours("mon-fri", "00:00", "18:00"));
    let mut night = rule("night");
    night.quorum = Quorum::sole(vec![role(ON_CALL)], 2);
    let request = asked(&web, vec![day.clone(), night.clone()]);
    assert_eq!(request.terms[0].rule.0, "day");
    let at = |hours| NOW + chrono::TimeDelta::hours(hours);
    let again = |rules, now| judge_again(&book(rules), &request, |id| (id == &web.id).then_some(&web), now);
    let terms = again(vec![day.clone(), night.clone()], at(18)).unwrap();
    assert_eq!(
        (terms[0].rule.0.as_str(), terms[0].quorum.approvals()),
        ("night", 2)
    );
    let terms = again(vec![day.clone(), night], at(17)).unwrap();
    assert_eq!(terms[0].rule.0, "day");
    assert!(matches!(
        again(vec![day], at(18)),
        Err(Refusal::OutsideHours { .. })
    ));
}

#[test]
fn no_rule_now_or_tighter_limits_now_refuse() {
    let web = vm("prod-web", "web-01");
    let mut leads = rule("web");
    leads.requesters = vec![role(LEAD)];
    let mut shorter = rule("web");
    shorter.max_for = length("30m");
    let mut elsewhere = rule("web");
    elsewhere.sources.within = vec!["8.8.4.0/24".parse().unwrap()];
    for (after, code) in [
        (Vec::new(), "no_rule"),
        (vec![leads], "no_rule"),
        (vec![shorter], "length_too_long"),
        (vec![elsewhere], "source_not_within"),
    ] {
        let refusal = again(&web, rule("web"), after).unwrap_err();
        assert_eq!(refusal.code(), code);
    }
}

#[test]
fn a_vm_or_its_jit_policy_that_is_gone_refuses() {
    let web = vm("prod-web", "web-01");
    let request = asked(&web, vec![rule("web")]);
    let now = book(vec![rule("web")]);
    assert!(matches!(
        judge_again(&now, &request, |_| None, NOW),
        Err(Refusal::VmUnknown { .. })
    ));
    let mut moved = web;
    if let JitState::Configured { policies } = &mut moved.jit {
        policies[0].policy = policies[0]
            .policy
            .to_string()
            .replace("default", "new")
            .parse()
            .unwrap();
    }
    let refusal = judge_again(&now, &request, |_| Some(&moved), NOW).unwrap_err();
    assert_eq!(refusal.code(), "jit_policy_changed");
}

//! Every transition of a request, and every refusal.

use super::{
    sample::{
        ALICE, BOB, CAROL, LEAD, NOW, ON_CALL, actor, approved, ask, asks_for, ballot, door, facts, ids,
        jit_policy, length, minutes, person, role, simple, source, target, terms, user,
    },
    *,
};
use crate::domain::{
    Change,
    actor::Actor,
    effect::Task,
    second_look::SecondLook,
    text::FreeText,
    vote::{
        Choice::{Approve, Deny},
        Via,
    },
    window::{Ended, Window, WindowState},
};

fn pending() -> Request {
    simple().from(source(), NOW).after
}

/// Two doors under two rules: on-call for the one, two leads for the other.
fn mixed() -> Request {
    let (web, db) = (door("web-01", 22), door("db-01", 22));
    let on_call = terms("web", vec![web], &[role(ON_CALL)], 1);
    let leads = terms("db", vec![db], &[role(LEAD)], 2);
    let targets = vec![target("web-01", &[22], "default"), target("db-01", &[22], "data")];
    ask(targets, vec![on_call, leads]).from(source(), NOW).after
}

fn approves(request: Request, voter: Actor) -> Result<Change<(Request, Vec<Window>)>, VoteRefusal> {
    let today = request.terms.clone();
    request.vote(ballot(voter, Approve), Some(&today), NOW + minutes(1), ids())
}

#[test]
fn asking_with_a_source_is_pending_and_seen() {
    let change = simple().from(source(), NOW);
    let id = change.after.id;
    assert_eq!(facts(&change), ["asked"]);
    assert!(
        matches!(change.after.state, RequestState::Pending { answer_by, .. } if answer_by == NOW + minutes(30))
    );
    assert!(asks_for(&change.effects, &Task::Card { request: id }, None));
    assert!(asks_for(
        &change.effects,
        &Task::Lapse { request: id },
        Some(NOW + minutes(30))
    ));
}

#[test]
fn a_draft_is_seen_by_nobody_until_its_source_is_known() {
    let draft = simple().draft(Some(source()), NOW);
    let id = draft.after.id;
    assert_eq!(facts(&draft), Vec::<&str>::new());
    assert!(!asks_for(&draft.effects, &Task::Card { request: id }, None));
    assert_eq!(draft.after.source(), None);
    let other: Source = "8.8.4.4".parse().unwrap();
    assert_eq!(
        confirm_source(draft.after.clone(), other, NOW + minutes(15)),
        None,
        "too late"
    );
    let asked = confirm_source(draft.after, other, NOW + minutes(5)).unwrap();
    assert_eq!(facts(&asked), ["asked"]);
    assert_eq!(asked.after.source(), Some(other));
    // The time for an answer begins when people can see it.
    assert!(
        matches!(asked.after.state, RequestState::Pending { answer_by, .. } if answer_by == NOW + minutes(35))
    );
    assert_eq!(confirm_source(asked.after, other, NOW + minutes(5)), None, "once");
}

#[test]
fn the_last_approval_opens_exactly_the_doors_through_each_jit_policy_once() {
    let (web, db) = (door("web-01", 22), door("db-01", 22));
    let on_call = terms("all", vec![web, door("web-01", 443), db], &[role(ON_CALL)], 1);
    let targets = vec![
        target("web-01", &[22, 443], "default"),
        target("db-01", &[22], "data"),
    ];
    let request = ask(targets, vec![on_call]).from(source(), NOW).after;
    let change = approves(request, actor(BOB, &[ON_CALL])).unwrap();
    assert_eq!(facts(&change), ["voted", "approved"]);
    let (request, windows) = &change.after;
    let ends_at = NOW + minutes(61);
    assert!(matches!(request.state, RequestState::Approved { ends_at: end, .. } if end == ends_at));
    assert_eq!(request.approvers(), [person(BOB)]);
    for (policy, count) in [("default", 2), ("data", 1)] {
        let ids: Vec<_> = windows
            .iter()
            .filter(|window| window.policy == jit_policy(policy))
            .map(|window| window.id)
            .collect();
        assert_eq!(ids.len(), count);
        let open = Task::Open {
            request: request.id,
            policy: jit_policy(policy),
            windows: ids,
        };
        assert!(asks_for(&change.effects, &open, None), "{policy}");
    }
    for window in windows {
        assert!(asks_for(
            &change.effects,
            &Task::End { window: window.id },
            Some(ends_at)
        ));
        assert_eq!((window.source, window.ends_at), (source(), ends_at));
    }
}

#[test]
fn every_rule_needs_its_own_quorum() {
    let (request, windows) = approves(mixed(), actor(BOB, &[ON_CALL])).unwrap().after;
    assert!(windows.is_empty());
    let change = approves(request, actor(CAROL, &[LEAD])).unwrap();
    assert_eq!(facts(&change), ["voted"]);
    let (request, _) = change.after;
    let (request, windows) = approves(request, actor(4, &[LEAD])).unwrap().after;
    assert_eq!(request.state.name(), "approved");
    assert_eq!(windows.len(), 2);
}

#[test]
fn one_person_counts_for_every_rule_that_names_them_but_once() {
    let (request, _) = approves(mixed(), actor(BOB, &[ON_CALL, LEAD])).unwrap().after;
    let again = approves(request.clone(), actor(BOB, &[ON_CALL, LEAD]));
    assert_eq!(
        again,
        Err(VoteRefusal::SaidAlready {
            missing: 1,
            needs: Vec::new()
        })
    );
    let (request, _) = approves(request, actor(CAROL, &[LEAD])).unwrap().after;
    assert_eq!(request.state.name(), "approved");
}

#[test]
fn who_may_not_decide_is_refused() {
    let refusal = |voter: Actor| approves(pending(), voter).map(|_| ()).unwrap_err();
    assert_eq!(refusal(actor(ALICE, &[ON_CALL])), VoteRefusal::OwnRequest);
    assert_eq!(refusal(actor(BOB, &[LEAD])), VoteRefusal::NotAnApprover);
    let own = pending().vote(ballot(actor(ALICE, &[ON_CALL]), Deny), None, NOW, ids());
    assert_eq!(own, Err(VoteRefusal::OwnRequest));
    let stranger = pending().vote(ballot(actor(BOB, &[LEAD]), Deny), None, NOW, ids());
    assert_eq!(stranger, Err(VoteRefusal::NotAnApprover));
}

#[test]
fn both_the_rule_as_it_was_and_as_it_is_must_be_satisfied() {
    let doors = vec![door("web-01", 22)];
    let vote = |today: Option<Vec<Terms>>| {
        let approve = ballot(actor(BOB, &[ON_CALL]), Approve);
        pending().vote(approve, today.as_deref(), NOW, ids())
    };
    assert_eq!(vote(None), Err(VoteRefusal::NoRuleNow));
    let leads = terms("web", doors.clone(), &[role(LEAD)], 1);
    assert_eq!(vote(Some(vec![leads])), Err(VoteRefusal::NotAnApprover));
    let elsewhere = terms("web", vec![door("web-02", 22)], &[role(ON_CALL)], 1);
    assert_eq!(vote(Some(vec![elsewhere])), Err(VoteRefusal::NotAnApprover));
    let stricter = terms("web", doors, &[user(BOB)], 2);
    let change = vote(Some(vec![stricter])).unwrap();
    assert_eq!(change.after.0.state.name(), "pending");
    assert_eq!(facts(&change), ["voted"]);
}

#[test]
fn a_laxer_rule_of_today_does_not_lower_the_quorum() {
    let doors = vec![door("web-01", 22)];
    let asked = terms("web", doors.clone(), &[role(ON_CALL)], 2);
    let request = ask(vec![target("web-01", &[22], "default")], vec![asked])
        .from(source(), NOW)
        .after;
    let lax = [terms("web", doors, &[role(ON_CALL)], 1)];
    let approve = ballot(actor(BOB, &[ON_CALL]), Approve);
    let change = request.vote(approve, Some(&lax), NOW, ids()).unwrap();
    assert_eq!(change.after.0.state.name(), "pending");
}

#[test]
fn a_click_again_decides_once_the_rule_asks_for_fewer() {
    let doors = vec![door("web-01", 22)];
    let two = [terms("web", doors.clone(), &[role(ON_CALL)], 2)];
    let one = [terms("web", doors, &[role(ON_CALL)], 1)];
    let approve = || ballot(actor(BOB, &[ON_CALL]), Approve);
    let (request, _) = pending().vote(approve(), Some(&two), NOW, ids()).unwrap().after;
    let again = request.clone().vote(approve(), Some(&two), NOW, ids());
    assert_eq!(
        again,
        Err(VoteRefusal::SaidAlready {
            missing: 1,
            needs: Vec::new()
        })
    );
    let (request, windows) = request.vote(approve(), Some(&one), NOW, ids()).unwrap().after;
    assert_eq!((request.votes().len(), windows.len()), (1, 1));
}

#[test]
fn one_denial_decides_even_when_the_rule_is_gone() {
    let mut no = ballot(actor(BOB, &[ON_CALL]), Deny);
    no.reason = FreeText::new("not today");
    let change = pending().vote(no.clone(), None, NOW, ids()).unwrap();
    assert_eq!(facts(&change), ["denied"]);
    let (request, windows) = change.after;
    assert!(windows.is_empty());
    assert!(
        matches!(&request.state, RequestState::Denied { by, reason, .. } if by.id.0 == BOB && *reason == no.reason)
    );
}

#[test]
fn whoever_loses_the_race_is_told_the_state() {
    let (request, _) = approved();
    let state = Box::new(request.state.clone());
    let late = approves(request.clone(), actor(CAROL, &[ON_CALL])).map(|_| ());
    assert_eq!(late, Err(VoteRefusal::NotPending { state: state.clone() }));
    let deny = request
        .clone()
        .vote(ballot(actor(CAROL, &[ON_CALL]), Deny), None, NOW, ids());
    assert_eq!(
        deny.map(|_| ()),
        Err(VoteRefusal::NotPending { state: state.clone() })
    );
    let withdraw = request.clone().withdraw(&person(ALICE), NOW).map(|_| ());
    assert_eq!(withdraw, Err(WithdrawRefusal::NotPending { state }));
    assert_eq!(request.clone().lapse(NOW + minutes(999)), Err(request));
}

#[test]
fn an_answer_after_its_time_does_not_count() {
    let today = pending().terms;
    let vote = |now: Instant| {
        pending()
            .vote(ballot(actor(BOB, &[ON_CALL]), Approve), Some(&today), now, ids())
            .map(|_| ())
    };
    let answer_by = NOW + minutes(30);
    assert_eq!(vote(answer_by), Err(VoteRefusal::TooLate { answer_by }));
    assert_eq!(vote(answer_by - minutes(1)), Ok(()));
}

#[test]
fn a_request_lapses_at_its_time_and_not_before() {
    assert!(pending().lapse(NOW + minutes(29)).is_err());
    let change = pending().lapse(NOW + minutes(30)).unwrap();
    assert_eq!(facts(&change), ["lapsed"]);
    assert_eq!(change.after.source(), Some(source()));
    let draft = simple().draft(Some(source()), NOW).after;
    assert!(draft.clone().lapse(NOW + minutes(14)).is_err());
    let change = draft.lapse(NOW + minutes(15)).unwrap();
    assert_eq!(
        facts(&change),
        Vec::<&str>::new(),
        "nobody saw it, so the trail does not speak of it"
    );
    assert!(!asks_for(
        &change.effects,
        &Task::Card {
            request: change.after.id
        },
        None
    ));
}

#[test]
fn only_who_asked_withdraws() {
    assert_eq!(
        pending().withdraw(&person(BOB), NOW),
        Err(WithdrawRefusal::NotYours)
    );
    let change = pending().withdraw(&person(ALICE), NOW).unwrap();
    assert_eq!(facts(&change), ["withdrawn"]);
    assert_eq!(change.after.state.name(), "withdrawn");
    let draft = simple()
        .draft(None, NOW)
        .after
        .withdraw(&person(ALICE), NOW)
        .unwrap();
    assert_eq!(facts(&draft), Vec::<&str>::new());
}

#[test]
fn a_request_settles_when_all_its_windows_are_over() {
    let (request, window) = approved();
    let (open, later) = (window.clone(), NOW + minutes(90));
    assert!(request.clone().settle(&[open], later).is_err());
    assert!(
        request.clone().settle(&[], later).is_err(),
        "a window is missing from the list"
    );
    let mut over = window;
    over.state = WindowState::Closed {
        opened_at: None,
        at: later,
        how: Ended::Expired,
    };
    let settled = request.settle(&[over.clone()], later).unwrap().after;
    assert_eq!(settled.state.name(), "settled");
    assert_eq!(settled.approvers(), [person(BOB)]);
    assert!(pending().settle(&[over], later).is_err(), "it was never approved");
}

#[test]
fn states_survive_being_stored() {
    let (request, window) = approved();
    let json = serde_json::to_string(&request.state).unwrap();
    assert_eq!(
        serde_json::from_str::<RequestState>(&json).unwrap(),
        request.state
    );
    let json = serde_json::to_string(&window.state).unwrap();
    assert_eq!(serde_json::from_str::<WindowState>(&json).unwrap(), window.state);
    let old = r#"{"rule":"web","doors":[],"approvers":[{"role":"20"}],"approvals":1}"#;
    assert!(serde_json::from_str::<Terms>(old).is_ok());
    assert_eq!(request.length, length("1h"));
}

/// Whoever has looked twice and then presses ✅ as well has said the same, and is not told that it does not count.
#[test]
fn a_confirmed_approval_counts_however_it_is_repeated() {
    let looked_at = SecondLook {
        always: true,
        wider_than: None,
        longer_than: None,
    };
    let doors = vec![door("web-01", 22)];
    let twice = Terms {
        second_look: Some(looked_at),
        ..terms("web", doors, &[role(ON_CALL)], 2)
    };
    let today = [twice.clone()];
    let asked = ask(vec![target("web-01", &[22], "default")], vec![twice]);
    let by = |via| Ballot {
        via,
        ..ballot(actor(BOB, &[ON_CALL]), Approve)
    };
    let request = asked.from(source(), NOW).after;
    let unseen = request.clone().vote(by(Via::Reaction), Some(&today), NOW, ids());
    assert_eq!(unseen.unwrap_err(), VoteRefusal::SecondLook);
    let request = request
        .vote(by(Via::SecondLook), Some(&today), NOW, ids())
        .unwrap()
        .after
        .0;
    for via in [Via::Reaction, Via::Button] {
        let again = request.clone().vote(by(via), Some(&today), NOW, ids());
        assert!(
            matches!(again, Err(VoteRefusal::SaidAlready { missing: 1, .. })),
            "{again:?}"
        );
    }
}

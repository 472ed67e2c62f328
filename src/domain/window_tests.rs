//! Every transition of a window, and what its states do not allow.

use super::{
    effect::Task,
    ids::RequestNumber,
    request::sample::{CAROL, NOW, approved, asked_of_azure, asks_for, facts, minutes, person, port},
    text::FreeText,
    window::{CloseWhy, Ended, FailReason, NotNow, NotObeyed, Proof, RulesKept, Window, WindowState},
};

/// The window ends 70 minutes after `NOW`: asked at 0, approved at 10, for an hour.
fn open() -> Window {
    let (request, window) = asked_of_azure();
    window
        .opened(&request, Some(port(50022)), Proof::RuleStands, NOW + minutes(11))
        .unwrap()
        .after
}

fn closing() -> Window {
    open().end(&approved().0, false, NOW + minutes(70)).unwrap().after
}

fn refused() -> FailReason {
    FailReason::Refused {
        status: 403,
        code: "AuthorizationFailed".into(),
        message: FreeText::new("no").unwrap(),
    }
}

#[test]
fn it_is_open_when_azure_says_so() {
    let (request, window) = asked_of_azure();
    let change = window
        .clone()
        .opened(&request, None, Proof::RuleStands, NOW + minutes(11))
        .unwrap();
    assert_eq!(facts(&change), ["opened"]);
    assert_eq!(change.after.ends_at, NOW + minutes(70));
    let late = window.opened(&request, None, Proof::RuleStands, NOW + minutes(70));
    assert!(late.is_err(), "an end that has come is not told as an opening");
    assert!(
        open()
            .opened(&request, None, Proof::RuleStands, NOW + minutes(12))
            .is_err(),
        "once"
    );
}

#[test]
fn being_stuck_is_told_once_and_may_pass() {
    let (request, window) = asked_of_azure();
    let change = window.stuck(&request, false, NOW + minutes(15)).unwrap();
    assert_eq!(facts(&change), ["stuck"]);
    let NotNow(window) = change
        .after
        .stuck(&request, false, NOW + minutes(16))
        .unwrap_err();
    assert_eq!(
        window
            .opened(&request, None, Proof::RuleStands, NOW + minutes(17))
            .unwrap()
            .after
            .state
            .name(),
        "open"
    );
}

#[test]
fn only_what_is_not_open_yet_can_fail() {
    let (request, window) = asked_of_azure();
    let change = window.failed(&request, refused(), NOW + minutes(11)).unwrap();
    assert_eq!(facts(&change), ["failed"]);
    assert!(change.after.state.is_over());
    assert!(
        change
            .after
            .opened(&request, None, Proof::RuleStands, NOW + minutes(12))
            .is_err()
    );
    assert!(open().failed(&request, refused(), NOW + minutes(12)).is_err());
    assert!(closing().failed(&request, refused(), NOW + minutes(71)).is_err());
}

#[test]
fn its_end_is_told_when_azure_confirms_it() {
    let (request, _) = approved();
    assert!(
        open().end(&approved().0, false, NOW + minutes(69)).is_err(),
        "not before its end"
    );
    let change = open().end(&approved().0, false, NOW + minutes(70)).unwrap();
    assert_eq!(facts(&change), Vec::<&str>::new());
    let confirm = Task::Confirm {
        window: change.after.id,
    };
    assert!(asks_for(&change.effects, &confirm, None));
    let shut = change.after.shut(&request, NOW + minutes(71)).unwrap();
    assert_eq!(facts(&shut), ["closed"]);
    assert!(matches!(
        shut.after.state,
        WindowState::Closed {
            opened_at: Some(_),
            how: Ended::Expired,
            ..
        }
    ));
    assert!(
        open().shut(&request, NOW + minutes(71)).is_err(),
        "Azure may not be believed before the end"
    );
}

#[test]
fn a_window_that_never_opened_ends_too() {
    let (request, window) = asked_of_azure();
    let ended = window.end(&approved().0, false, NOW + minutes(70)).unwrap().after;
    let shut = ended.shut(&request, NOW + minutes(71)).unwrap();
    assert!(matches!(
        shut.after.state,
        WindowState::Closed { opened_at: None, .. }
    ));
}

#[test]
fn a_person_closes_it_before_its_end() {
    let (request, opening) = asked_of_azure();
    for window in [opening, open()] {
        let change = window
            .ask_close(&request, &person(CAROL), NOW + minutes(20))
            .unwrap();
        assert_eq!(facts(&change), ["close_asked"]);
        let close = Task::Close {
            window: change.after.id,
        };
        assert!(asks_for(&change.effects, &close, None));
        assert!(
            change
                .after
                .clone()
                .ask_close(&request, &person(CAROL), NOW)
                .is_err(),
            "once"
        );
        let shut = change.after.shut(&request, NOW + minutes(21)).unwrap().after;
        assert!(matches!(
            shut.state,
            WindowState::Closed { how: Ended::ClosedBy(by), .. } if by == person(CAROL)
        ));
    }
}

#[test]
fn an_end_without_confirmation_is_told_once_after_fifteen_minutes() {
    let (request, _) = approved();
    let NotNow(window) = closing().unconfirmed(&request, NOW + minutes(84)).unwrap_err();
    let change = window.unconfirmed(&request, NOW + minutes(85)).unwrap();
    assert_eq!(facts(&change), ["close_unconfirmed"]);
    let NotNow(window) = change
        .after
        .unconfirmed(&request, NOW + minutes(200))
        .unwrap_err();
    assert!(matches!(
        &window.state,
        WindowState::Closing {
            why: CloseWhy::Expired,
            ..
        }
    ));
    assert!(window.shut(&request, NOW + minutes(201)).is_ok());
}

#[test]
fn it_can_be_replaced_or_vanish_in_azure() {
    let (request, opening) = asked_of_azure();
    for window in [opening, open()] {
        let change = window.clone().superseded(&request, NOW + minutes(20)).unwrap();
        assert_eq!(facts(&change), ["closed"]);
        assert!(matches!(
            change.after.state,
            WindowState::Closed {
                how: Ended::Superseded,
                ..
            }
        ));
        let change = window.vanished(&request, NOW + minutes(20)).unwrap();
        assert!(matches!(
            change.after.state,
            WindowState::Closed {
                how: Ended::Vanished,
                ..
            }
        ));
        assert!(
            change.after.vanished(&request, NOW + minutes(21)).is_err(),
            "once"
        );
    }
    assert!(
        closing().vanished(&request, NOW + minutes(71)).is_err(),
        "its end is known"
    );
}

#[test]
fn asking_azure_is_recorded_once_and_before_it_is_done() {
    let (request, window) = approved();
    let policy = window.policy.clone();
    let change = Window::ask_azure(vec![window.clone()], &request, &policy, NOW + minutes(10));
    assert_eq!(facts(&change), ["opening"]);
    let again = Window::ask_azure(change.after, &request, &policy, NOW + minutes(11));
    assert_eq!((facts(&again).len(), again.after.len()), (0, 0));
    assert!(
        window
            .opened(&request, None, Proof::RuleStands, NOW + minutes(11))
            .is_err(),
        "what was not asked for is not ours"
    );
}

#[test]
fn what_azure_was_never_asked_for_fails_at_its_end_and_needs_no_closing() {
    let (request, window) = approved();
    for (frozen, why) in [(true, FailReason::FrozenUntilEnd), (false, FailReason::OutOfTime)] {
        let change = window.clone().end(&request, frozen, NOW + minutes(70)).unwrap();
        assert!(matches!(&change.after.state, WindowState::Failed { why: told, .. } if *told == why));
    }
    let change = window
        .ask_close(&request, &person(CAROL), NOW + minutes(12))
        .unwrap();
    assert_eq!(facts(&change), ["closed"]);
    let close = Task::Close {
        window: change.after.id,
    };
    assert!(!asks_for(&change.effects, &close, None));
}

#[test]
fn a_missing_rule_is_shown_when_it_changes_and_recorded_once() {
    let (request, window) = asked_of_azure();
    let change = window.stuck(&request, true, NOW + minutes(15)).unwrap();
    assert_eq!(facts(&change), ["stuck"]);
    let NotNow(window) = change.after.stuck(&request, true, NOW + minutes(16)).unwrap_err();
    let change = window.stuck(&request, false, NOW + minutes(17)).unwrap();
    assert_eq!(facts(&change), Vec::<&str>::new());
    let card = Task::Card {
        request: change.after.request,
    };
    assert!(asks_for(&change.effects, &card, None));
    assert!(matches!(
        change.after.state,
        WindowState::Opening { stuck_at: Some(at), rule_missing: false, .. } if at == NOW + minutes(15)
    ));
}

/// Azure does not obey a close: the rules go, or the window is left to its end, and each is told once.
#[test]
fn a_close_that_azure_does_not_obey_takes_another_way() {
    let (request, _) = approved();
    let asked = open()
        .ask_close(&request, &person(CAROL), NOW + minutes(20))
        .unwrap()
        .after;
    let rules = vec!["rule".to_owned()];
    let change = asked
        .shut_by_rules(&request, rules.clone(), NotObeyed::StillOpen)
        .unwrap();
    assert_eq!(facts(&change), ["closing_by_rules"]);
    let remove = Task::RemoveRules {
        window: change.after.id,
    };
    assert!(asks_for(&change.effects, &remove, None));
    let NotNow(window) = change
        .after
        .shut_by_rules(&request, rules.clone(), NotObeyed::StillOpen)
        .unwrap_err();
    assert_eq!(window.shut_due(), Some(NOW + minutes(20)));
    let left = window
        .left_to_its_end(&request, None, RulesKept::NotFound)
        .unwrap();
    assert_eq!(facts(&left), ["left_to_its_end"]);
    assert_eq!(left.after.shut_due(), Some(left.after.ends_at));
    let NotNow(window) = left
        .after
        .left_to_its_end(&request, None, RulesKept::NotFound)
        .unwrap_err();
    let NotNow(window) = window.unconfirmed(&request, NOW + minutes(84)).unwrap_err();
    assert!(window.unconfirmed(&request, NOW + minutes(85)).is_ok());
    // What ends by itself is asked of nobody.
    assert!(
        closing()
            .shut_by_rules(&request, rules, NotObeyed::StillOpen)
            .is_err()
    );
    assert!(
        open()
            .left_to_its_end(&request, None, RulesKept::NotFound)
            .is_err()
    );
}

#[test]
fn a_newer_request_of_ours_takes_its_place_also_at_its_end() {
    let (request, _) = approved();
    for window in [open(), closing()] {
        let change = window
            .replaced(&request, RequestNumber(8), true, NOW + minutes(71))
            .unwrap();
        assert_eq!(facts(&change), ["closed"]);
        assert!(matches!(
            change.after.state,
            WindowState::Closed {
                opened_at: Some(_),
                how: Ended::Replaced { extension: true, .. },
                ..
            }
        ));
    }
    let asked = open()
        .ask_close(&request, &person(CAROL), NOW + minutes(20))
        .unwrap()
        .after;
    assert!(
        asked
            .replaced(&request, RequestNumber(8), true, NOW + minutes(21))
            .is_err(),
        "who closes it is told as who closed it"
    );
}

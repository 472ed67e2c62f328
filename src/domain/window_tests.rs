//! Every transition of a window, and what its states do not allow.

use super::{
    effect::Task,
    request::sample::{CAROL, NOW, approved, asked_of_azure, asks_for, facts, minutes, person, port},
    text::FreeText,
    window::{CloseWhy, Ended, FailReason, NotNow, Window, WindowState},
};

/// The window ends 70 minutes after `NOW`: asked at 0, approved at 10, for an hour.
fn open() -> Window {
    let (request, window) = asked_of_azure();
    window
        .opened(&request, Some(port(50022)), NOW + minutes(11))
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
    let change = window.clone().opened(&request, None, NOW + minutes(11)).unwrap();
    assert_eq!(facts(&change), ["opened"]);
    assert_eq!(change.after.ends_at, NOW + minutes(70));
    let late = window.opened(&request, None, NOW + minutes(70));
    assert!(late.is_err(), "an end that has come is not told as an opening");
    assert!(open().opened(&request, None, NOW + minutes(12)).is_err(), "once");
}

#[test]
fn being_stuck_is_told_once_and_may_pass() {
    let (request, window) = asked_of_azure();
    let change = window.stuck(&request, NOW + minutes(15)).unwrap();
    assert_eq!(facts(&change), ["stuck"]);
    let NotNow(window) = change.after.stuck(&request, NOW + minutes(16)).unwrap_err();
    assert_eq!(
        window
            .opened(&request, None, NOW + minutes(17))
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
    assert!(change.after.opened(&request, None, NOW + minutes(12)).is_err());
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
        window.opened(&request, None, NOW + minutes(11)).is_err(),
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

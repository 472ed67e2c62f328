//! Requests and windows come back as they were stored, and are changed by one at a time.

use portcullis::{
    domain::{
        ids::RequestNumber,
        port::Port,
        quorum::Quorum,
        request::{Extends, Narrowing},
        text::FreeText,
        window::{CloseWay, CloseWhy, Ended, FailReason, NotObeyed, Proof, WindowState},
    },
    store::{Phase, RequestFilter, StoreError},
};

use crate::{databases::Database, on_both, samples::*};

on_both!(
    every_text_is_understood,
    a_request_comes_back_in_every_state,
    who_loses_a_race_writes_nothing,
    numbers_are_given_back_on_rollback,
    lists_are_filtered_and_paged,
    overdue_requests_are_found,
    the_last_source_of_a_person_is_the_newest,
    windows_come_back_in_every_state,
    windows_are_found_at_their_door_until_they_are_over,
    a_zero_character_is_dropped,
    an_extension_is_found_by_what_it_extends,
    what_was_narrowed_and_the_terms_of_the_day_are_kept,
);

async fn every_text_is_understood(database: Database) {
    let store = database.open().await;
    store.prepare_texts().await.unwrap();
    assert!(portcullis::store::texts().count() > 60);
}

async fn a_request_comes_back_in_every_state(database: Database) {
    let store = database.open().await;
    for state in every_state() {
        let (mut read, version) = crate::samples::store(&store, request(alice(), state.clone())).await;
        assert_eq!(read.state, state);
        let fresh = request(alice(), state.clone());
        assert_eq!((&read.targets, &read.terms), (&fresh.targets, &fresh.terms));
        assert_eq!((&read.requester, &read.reason), (&fresh.requester, &fresh.reason));
        for state in every_state() {
            let mut work = store.begin().await.unwrap();
            let (_, version) = work.load_request(read.id).await.unwrap().unwrap();
            read.state = state;
            work.save_request(&read, version).await.unwrap();
            work.commit().await.unwrap();
            let mut view = store.read().await.unwrap();
            let (again, _) = view.find_request(read.number).await.unwrap().unwrap();
            assert_eq!(again, read);
        }
        let mut work = store.begin().await.unwrap();
        let stale = work.save_request(&read, version).await;
        assert!(matches!(stale, Err(StoreError::LostRace { .. })));
    }
    let mut view = store.read().await.unwrap();
    assert!(view.find_request(RequestNumber(99)).await.unwrap().is_none());
}

async fn what_was_narrowed_and_the_terms_of_the_day_are_kept(database: Database) {
    let store = database.open().await;
    let (mut read, version) = crate::samples::store(&store, request(alice(), pending())).await;
    assert!(read.narrowed.is_empty());
    read.length = "20m".parse().unwrap();
    read.narrowed.push(Narrowing {
        by: bob(),
        at: after(7),
        length_before: Some("1h".parse().unwrap()),
        source_before: None,
    });
    read.terms[0].quorum = Quorum::sole(Vec::new(), 3);
    let mut work = store.begin().await.unwrap();
    work.save_request(&read, version).await.unwrap();
    work.commit().await.unwrap();
    let mut view = store.read().await.unwrap();
    let (again, _) = view.load_request(read.id).await.unwrap().unwrap();
    assert_eq!(again, read);
}

async fn who_loses_a_race_writes_nothing(database: Database) {
    let store = database.open().await;
    let (first, version) = crate::samples::store(&store, request(alice(), pending())).await;
    let mut second = first.clone();
    second.state = approved();

    let mut work = store.begin().await.unwrap();
    work.save_request(&second, version).await.unwrap();
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    let numbers = work
        .apply(vec![withdrawn_by(alice(), &first)], &[], start())
        .await
        .unwrap();
    assert_eq!(numbers.len(), 1);
    let lost = work.save_request(&first, version).await;
    assert!(matches!(lost, Err(StoreError::LostRace { .. })), "{lost:?}");
    drop(work);

    let mut view = store.read().await.unwrap();
    assert_eq!(view.load_request(first.id).await.unwrap().unwrap().0, second);
    assert_eq!(view.record_head().await.unwrap().0.0, 0);
}

async fn numbers_are_given_back_on_rollback(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.next_request_number().await.unwrap(), RequestNumber(1));
    work.rollback().await.unwrap();
    let (read, _) = crate::samples::store(&store, request(alice(), pending())).await;
    assert_eq!(read.number, RequestNumber(1));
}

async fn lists_are_filtered_and_paged(database: Database) {
    let store = database.open().await;
    for state in every_state() {
        crate::samples::store(&store, request(alice(), state.clone())).await;
        crate::samples::store(&store, request(bob(), state)).await;
    }
    let mut view = store.read().await.unwrap();
    let mut numbers = async |filter, limit| {
        let rows = view.list_requests(filter, limit).await.unwrap();
        rows.iter()
            .map(|(request, _)| request.number.0)
            .collect::<Vec<_>>()
    };
    let all = RequestFilter::default();
    assert_eq!(numbers(all, 3).await, [18, 17, 16]);
    let next = RequestFilter {
        before: Some(16),
        ..all
    };
    assert_eq!(numbers(next, 2).await, [15, 14]);
    let hers = RequestFilter {
        requester: Some(alice().id),
        ..all
    };
    assert_eq!(numbers(hers, 99).await, [17, 15, 13, 11, 9, 7, 5, 3, 1]);
    for (phase, expected) in [
        (Phase::Draft, vec![2, 1]),
        (Phase::Pending, vec![4, 3]),
        (Phase::Active, vec![16, 15, 6, 5]),
        (Phase::Past, vec![18, 17, 14, 13, 12, 11, 10, 9, 8, 7]),
    ] {
        let phase = Some(phase);
        assert_eq!(numbers(RequestFilter { phase, ..all }, 99).await, expected);
        let hers: Vec<_> = expected.into_iter().filter(|number| number % 2 == 1).collect();
        let requester = Some(alice().id);
        assert_eq!(
            numbers(
                RequestFilter {
                    phase,
                    requester,
                    ..all
                },
                99
            )
            .await,
            hers
        );
    }
}

async fn overdue_requests_are_found(database: Database) {
    let store = database.open().await;
    for state in every_state() {
        crate::samples::store(&store, request(alice(), state)).await;
    }
    let mut view = store.read().await.unwrap();
    assert!(view.overdue_requests(after(899), 9).await.unwrap().is_empty());
    let draft = view.overdue_requests(after(900), 9).await.unwrap();
    assert_eq!(draft.len(), 1);
    let both = view.overdue_requests(after(1800), 9).await.unwrap();
    let names: Vec<_> = both.iter().map(|(request, _)| request.state.name()).collect();
    assert_eq!(names, ["draft", "pending"]);
}

async fn the_last_source_of_a_person_is_the_newest(database: Database) {
    let store = database.open().await;
    crate::samples::store(&store, request(alice(), pending())).await;
    let mut newer = request(alice(), pending());
    newer.state = portcullis::domain::request::RequestState::Lapsed {
        source: Some("203.0.113.0/24".parse().unwrap()),
        at: start(),
    };
    crate::samples::store(&store, newer).await;
    // A draft has no source of its own, and Bob's requests are not hers.
    crate::samples::store(&store, request(alice(), every_state().swap_remove(0))).await;
    crate::samples::store(&store, request(bob(), pending())).await;
    let mut view = store.read().await.unwrap();
    let last = view.last_source_of(alice().id).await.unwrap().unwrap();
    assert_eq!(last.to_string(), "203.0.113.0/24");
    let nobody = portcullis::domain::ids::UserId(5);
    assert_eq!(view.last_source_of(nobody).await.unwrap(), None);
}

async fn windows_come_back_in_every_state(database: Database) {
    let store = database.open().await;
    let (request, _) = crate::samples::store(&store, request(alice(), approved())).await;
    let mut window = window(&request, "web-01", 22);
    let mut work = store.begin().await.unwrap();
    work.insert_windows(std::slice::from_ref(&window)).await.unwrap();
    work.commit().await.unwrap();
    let states = [
        WindowState::Opening {
            since: start(),
            asked_at: Some(after(1)),
            stuck_at: None,
            rule_missing: true,
        },
        WindowState::Open {
            opened_at: after(2),
            mapped_port: Port::new(13389),
            proof: Proof::RuleStands,
            kept_out_since: Some(after(3)),
        },
        WindowState::Closing {
            opened_at: Some(after(2)),
            since: after(3),
            why: CloseWhy::Asked(bob()),
            unconfirmed_at: Some(after(4)),
            way: CloseWay::Rules(NotObeyed::StillOpen),
        },
        WindowState::Failed {
            at: after(3),
            why: FailReason::Refused {
                status: 403,
                code: "AuthorizationFailed".to_owned(),
                message: FreeText::unreadable(),
            },
        },
        WindowState::Closed {
            opened_at: None,
            at: after(5),
            how: Ended::ClosedBy(bob()),
        },
        WindowState::Closed {
            opened_at: None,
            at: after(5),
            how: Ended::Replaced {
                by: RequestNumber(8),
                extension: true,
            },
        },
    ];
    for state in states {
        let mut work = store.begin().await.unwrap();
        let (_, version) = work.load_window(window.id).await.unwrap().unwrap();
        window.state = state;
        work.save_window(&window, version).await.unwrap();
        let stale = work.save_window(&window, version).await;
        assert!(matches!(stale, Err(StoreError::LostRace { .. })));
        work.commit().await.unwrap();
        let mut view = store.read().await.unwrap();
        assert_eq!(view.load_window(window.id).await.unwrap().unwrap().0, window);
    }
}

async fn windows_are_found_at_their_door_until_they_are_over(database: Database) {
    let store = database.open().await;
    let (request, _) = crate::samples::store(&store, request(alice(), approved())).await;
    let windows = [("web-01", 443), ("web-01", 22), ("web-02", 22)]
        .map(|(name, number)| window(&request, name, number));
    let mut work = store.begin().await.unwrap();
    work.insert_windows(&windows).await.unwrap();
    work.commit().await.unwrap();

    let mut view = store.read().await.unwrap();
    let of_request = view.windows_of(request.id).await.unwrap();
    assert_eq!(
        of_request
            .into_iter()
            .map(|(window, _)| window)
            .collect::<Vec<_>>(),
        windows
    );
    // Azure's services change the case of ids.
    let doors = [door("WEB-01", 22), door("web-02", 443)];
    let found = view.windows_at(&doors).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, windows[1]);
    assert_eq!(view.windows_not_over().await.unwrap().len(), 3);
    drop(view);

    let mut over = windows[1].clone();
    over.state = WindowState::Failed {
        at: start(),
        why: FailReason::OutOfTime,
    };
    let mut work = store.begin().await.unwrap();
    work.save_window(&over, found[0].1).await.unwrap();
    assert!(work.windows_at(&doors).await.unwrap().is_empty());
    assert_eq!(work.windows_not_over().await.unwrap().len(), 2);
}

async fn a_zero_character_is_dropped(database: Database) {
    let store = database.open().await;
    let mut odd = request(alice(), pending());
    odd.requester.name = "Al\0ice".to_owned();
    odd.terms[0].rule.0 = "a\0b \\u0000".to_owned();
    let (read, _) = crate::samples::store(&store, odd).await;
    assert_eq!(read.requester.name, "Alice");
    assert_eq!(read.terms[0].rule.0, "ab \\u0000");
}

async fn an_extension_is_found_by_what_it_extends(database: Database) {
    let store = database.open().await;
    let state = every_state().pop().unwrap();
    let (base, _) = crate::samples::store(&store, request(alice(), state.clone())).await;
    let mut asked = Vec::new();
    for _ in 0..2 {
        let mut extension = request(alice(), state.clone());
        extension.extends = Some(Extends {
            request: base.id,
            number: base.number,
            ends_at: after(3660),
        });
        asked.push(crate::samples::store(&store, extension).await.0);
    }
    let mut view = store.read().await.unwrap();
    let found = view.extensions_of(base.id).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|(request, _)| request).collect();
    assert_eq!(found, asked);
    assert!(view.extensions_of(asked[0].id).await.unwrap().is_empty());
}

//! A job's life: claimed once, done once, and again only when it must be.

use std::time::Duration;

use portcullis::{
    domain::{
        effect::{Effect, Task},
        ids::{RequestId, WindowId},
    },
    store::{Claim, Job, Lane, Store, StoreError},
};
use serde_json::json;
use uuid::Uuid;

use crate::{databases::Database, on_both, samples::*};

on_both!(
    a_job_runs_when_it_is_due_and_is_gone_when_done,
    asking_again_makes_one_job_run_sooner,
    asking_again_while_it_runs_makes_it_run_once_more,
    asking_again_does_not_defeat_a_back_off,
    a_lapsed_lease_writes_nothing,
    voiding_leases_frees_their_jobs,
    what_was_sent_is_known_to_the_next_worker,
    putting_back_does_not_count_as_a_try,
    a_job_that_gave_up_stays_to_be_seen,
    what_a_freeze_held_back_becomes_due,
    the_next_time_to_look_is_known,
    effects_are_written_with_their_records_or_not_at_all,
);

const LEASE: Duration = Duration::from_secs(60);

pub(crate) fn card(number: u128) -> Task {
    Task::Card {
        request: RequestId(Uuid::from_u128(number)),
    }
}

fn end(number: u128) -> Task {
    Task::End {
        window: WindowId(Uuid::from_u128(number)),
    }
}

async fn enqueue(store: &Store, effect: Effect, now: Instant) {
    let mut work = store.begin().await.unwrap();
    work.enqueue(&effect, now).await.unwrap();
    work.commit().await.unwrap();
}

async fn claim(store: &Store, now: Instant) -> Option<Job> {
    let claim = Claim {
        worker: "test",
        lease_for: LEASE,
        lanes: &Lane::ALL,
    };
    store.claim(&claim, now).await.unwrap()
}

async fn living(store: &Store) -> usize {
    store.read().await.unwrap().living_jobs(99).await.unwrap().len()
}

async fn a_job_runs_when_it_is_due_and_is_gone_when_done(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::at(after(10), end(1)), start()).await;
    enqueue(&store, Effect::now(card(1)), after(5)).await;
    assert_eq!(claim(&store, after(4)).await, None);
    let job = claim(&store, after(9)).await.unwrap();
    assert_eq!(
        (
            &job.task,
            job.attempt,
            job.created_at,
            job.due_at,
            job.may_be_sent()
        ),
        (&card(1), 1, after(5), after(5), false)
    );
    assert_eq!(claim(&store, after(9)).await, None);
    let timer = claim(&store, after(10)).await.unwrap();
    assert_eq!(timer.task, end(1));
    let mut work = store.begin().await.unwrap();
    work.complete(job.lease, after(11)).await.unwrap();
    work.complete(timer.lease, after(11)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(living(&store).await, 0);
    let mut work = store.begin().await.unwrap();
    let twice = work.complete(job.lease, after(11)).await;
    assert!(matches!(twice, Err(StoreError::LeaseLost { job: lost }) if lost == job.id()));
}

async fn asking_again_makes_one_job_run_sooner(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::at(after(100), card(1)), start()).await;
    enqueue(&store, Effect::at(after(50), card(1)), start()).await;
    enqueue(&store, Effect::at(after(70), card(1)), start()).await;
    enqueue(&store, Effect::at(after(60), card(2)), start()).await;
    assert_eq!(living(&store).await, 2);
    assert_eq!(claim(&store, after(49)).await, None);
    assert_eq!(claim(&store, after(50)).await.unwrap().task, card(1));
}

async fn asking_again_while_it_runs_makes_it_run_once_more(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::now(card(1)), start()).await;
    let first = claim(&store, start()).await.unwrap();
    enqueue(&store, Effect::now(card(1)), after(1)).await;
    enqueue(&store, Effect::at(after(30), card(1)), after(1)).await;
    assert_eq!(claim(&store, after(2)).await, None, "it runs already");
    let mut work = store.begin().await.unwrap();
    work.mark_sent(first.lease, &json!({}), after(2)).await.unwrap();
    work.complete(first.lease, after(2)).await.unwrap();
    work.commit().await.unwrap();
    let second = claim(&store, after(2)).await.unwrap();
    assert_eq!((second.attempt, second.may_be_sent()), (1, false));
    assert_ne!(second.id(), first.id(), "the nonce of the first is used up");
    let mut work = store.begin().await.unwrap();
    work.complete(second.lease, after(3)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(living(&store).await, 0);
}

async fn asking_again_does_not_defeat_a_back_off(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::now(card(1)), start()).await;
    let job = claim(&store, start()).await.unwrap();
    enqueue(&store, Effect::now(card(1)), after(1)).await;
    let mut work = store.begin().await.unwrap();
    work.retry_at(job.lease, after(100), "429", after(2))
        .await
        .unwrap();
    work.commit().await.unwrap();
    enqueue(&store, Effect::now(card(1)), after(3)).await;
    assert_eq!(claim(&store, after(99)).await, None);
    let again = claim(&store, after(100)).await.unwrap();
    assert_eq!((again.attempt, again.error.as_deref()), (2, Some("429")));
    assert_eq!(again.id(), job.id());
}

async fn a_lapsed_lease_writes_nothing(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::now(card(1)), start()).await;
    let slow = claim(&store, start()).await.unwrap();
    assert_eq!(claim(&store, after(59)).await, None);
    // Lapsed, although nobody has claimed it since.
    let mut work = store.begin().await.unwrap();
    let late = work.complete(slow.lease, after(60)).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })));
    drop(work);
    let second = claim(&store, after(60)).await.unwrap();
    assert_eq!((second.id(), second.attempt), (slow.id(), 2));
    // Lapsed by the other's clock, not yet by its own.
    for result in 0..5 {
        let mut work = store.begin().await.unwrap();
        let now = after(59);
        let late = match result {
            0 => work.complete(slow.lease, now).await,
            1 => work.retry_at(slow.lease, now, "late", now).await,
            2 => work.put_back(slow.lease, now, now).await,
            3 => work.give_up(slow.lease, "late", now).await,
            _ => work.mark_sent(slow.lease, &json!(1), now).await,
        };
        assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "{result}");
    }
    let mut work = store.begin().await.unwrap();
    work.complete(second.lease, after(61)).await.unwrap();
    work.commit().await.unwrap();
}

async fn voiding_leases_frees_their_jobs(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::now(card(1)), start()).await;
    let before = claim(&store, start()).await.unwrap();
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.void_leases().await.unwrap(), 1);
    assert_eq!(work.void_leases().await.unwrap(), 0);
    work.commit().await.unwrap();
    let again = claim(&store, after(1)).await.unwrap();
    assert_eq!(again.id(), before.id());
    let mut work = store.begin().await.unwrap();
    let late = work.complete(before.lease, after(1)).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })));
}

async fn what_was_sent_is_known_to_the_next_worker(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::now(card(1)), start()).await;
    let job = claim(&store, start()).await.unwrap();
    for (second, memo) in [(1, "first"), (2, "second")] {
        let mut work = store.begin().await.unwrap();
        work.mark_sent(job.lease, &json!({ "nonce": memo }), after(second))
            .await
            .unwrap();
        work.commit().await.unwrap();
    }
    let next = claim(&store, after(60)).await.unwrap();
    assert!(next.may_be_sent());
    assert_eq!(
        (next.first_sent_at, next.sent_at),
        (Some(after(1)), Some(after(2)))
    );
    assert_eq!(next.memo, Some(json!({ "nonce": "second" })));
}

async fn putting_back_does_not_count_as_a_try(database: Database) {
    let store = database.open().await;
    enqueue(&store, Effect::now(card(1)), start()).await;
    for look in 0..5 {
        let job = claim(&store, after(look * 10)).await.unwrap();
        assert_eq!((job.attempt, job.error), (1, None));
        let mut work = store.begin().await.unwrap();
        work.put_back(job.lease, after(look * 10 + 10), after(look * 10))
            .await
            .unwrap();
        work.commit().await.unwrap();
    }
    assert_eq!(claim(&store, after(49)).await, None);
    enqueue(&store, Effect::now(card(1)), after(45)).await;
    assert!(
        claim(&store, after(49)).await.is_some(),
        "nothing failed, so asking again is heard"
    );
}

async fn a_job_that_gave_up_stays_to_be_seen(database: Database) {
    let store = database.open().await;
    for asked_again in [false, true] {
        enqueue(&store, Effect::now(card(1)), start()).await;
        let job = claim(&store, start()).await.unwrap();
        if asked_again {
            enqueue(&store, Effect::now(card(1)), start()).await;
        }
        let mut work = store.begin().await.unwrap();
        work.give_up(job.lease, "no such channel", after(1))
            .await
            .unwrap();
        work.commit().await.unwrap();
        assert_eq!(claim(&store, after(999)).await.is_some(), asked_again);
    }
    let mut work = store.begin().await.unwrap();
    let dead = work.dead_jobs(9).await.unwrap();
    assert_eq!(dead.len(), 2);
    assert_eq!(dead[0].error.as_deref(), Some("no such channel"));
    assert_eq!((&dead[0].task, dead[0].at), (&card(1), after(1)));
    let statistics = work.statistics().await.unwrap();
    assert_eq!((statistics.dead_jobs, statistics.jobs["card"]), (2, 1));
    assert_eq!(work.forget_dead_jobs(after(1)).await.unwrap(), 0);
    assert_eq!(work.forget_dead_jobs(after(2)).await.unwrap(), 2);
}

async fn what_a_freeze_held_back_becomes_due(database: Database) {
    let store = database.open().await;
    let open = Task::Open {
        request: RequestId(Uuid::from_u128(1)),
        policy: policy(),
        windows: Vec::new(),
    };
    enqueue(&store, Effect::at(after(5000), open.clone()), start()).await;
    enqueue(&store, Effect::at(after(5000), end(1)), start()).await;
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.make_due(open.name(), after(1)).await.unwrap(), 1);
    work.commit().await.unwrap();
    assert_eq!(claim(&store, after(1)).await.unwrap().task, open);
    assert_eq!(claim(&store, after(1)).await, None);
}

async fn the_next_time_to_look_is_known(database: Database) {
    let store = database.open().await;
    let next = async || store.read().await.unwrap().next_due().await.unwrap();
    assert_eq!(next().await, None);
    enqueue(&store, Effect::at(after(500), end(1)), start()).await;
    enqueue(&store, Effect::at(after(10), card(1)), start()).await;
    assert_eq!(next().await, Some(after(10)));
    claim(&store, after(10)).await.unwrap();
    assert_eq!(next().await, Some(after(70)), "when the lease ends");
}

async fn effects_are_written_with_their_records_or_not_at_all(database: Database) {
    let store = database.open().await;
    let mut news = store.news();
    news.mark_unchanged();
    let mut work = store.begin().await.unwrap();
    let effects = [Effect::now(card(1)), Effect::now(card(2))];
    work.apply(vec![frozen("a")], &effects, start()).await.unwrap();
    drop(work);
    assert_eq!(living(&store).await, 0);
    assert!(!news.has_changed().unwrap());
    let mut work = store.begin().await.unwrap();
    work.apply(vec![frozen("a")], &effects, start()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(living(&store).await, 2);
    assert!(news.has_changed().unwrap());
}

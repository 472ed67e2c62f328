//! Many writers at once: no gap, no twin, no lost update.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use portcullis::{
    domain::{effect::Effect, ids::RecordNumber},
    store::{Claim, Lane, RecordFilter, StoreError, chain_hash},
};

use crate::{databases::Database, job_life::card, on_both, samples::*};

on_both!(
    records_have_no_gaps_under_concurrent_writers,
    one_of_many_wins_a_race,
    many_workers_share_the_jobs,
    workers_that_lapse_never_hold_one_job_together,
);

const WRITERS: u32 = 8;
const ROUNDS: u32 = 15;

async fn records_have_no_gaps_under_concurrent_writers(database: Database) {
    let store = database.open().await;
    let writers = (0..WRITERS).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut kept = 0;
            for round in 0..ROUNDS {
                let mut work = store.begin().await.unwrap();
                let entries = vec![frozen(&format!("{writer} {round}")); 1 + (round as usize % 3)];
                let count = entries.len();
                work.apply(entries, &[], after(i64::from(round))).await.unwrap();
                // A third of them gives up, some by dropping, some in order.
                match (writer + round) % 6 {
                    0 => drop(work),
                    1 => work.rollback().await.unwrap(),
                    _ => {
                        work.commit().await.unwrap();
                        kept += count;
                    }
                }
            }
            kept
        })
    });
    let mut kept = 0;
    for writer in writers.collect::<Vec<_>>() {
        kept += writer.await.unwrap();
    }
    let mut view = store.read().await.unwrap();
    let stored = view
        .records(RecordFilter::All, RecordNumber(0), 9999)
        .await
        .unwrap();
    assert_eq!(stored.len(), kept);
    let mut hash = "0".repeat(64);
    for (number, record) in (1..).zip(&stored) {
        assert_eq!(record.record.number.0, number);
        hash = chain_hash(&hash, &record.body).unwrap();
        assert_eq!(record.hash, hash);
    }
}

async fn one_of_many_wins_a_race(database: Database) {
    let store = database.open().await;
    let (request, version) = crate::samples::store(&store, request(alice(), pending())).await;
    let racers = (0..WRITERS).map(|_| {
        let (store, mut request) = (store.clone(), request.clone());
        tokio::spawn(async move {
            let mut work = store.begin().await.unwrap();
            request.state = approved();
            match work.save_request(&request, version).await {
                Ok(()) => {
                    work.commit().await.unwrap();
                    true
                }
                Err(StoreError::LostRace { .. }) => false,
                Err(error) => panic!("{error:?}"),
            }
        })
    });
    let mut winners = 0;
    for racer in racers.collect::<Vec<_>>() {
        winners += u32::from(racer.await.unwrap());
    }
    assert_eq!(winners, 1);
}

async fn many_workers_share_the_jobs(database: Database) {
    const JOBS: u128 = 60;
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    for number in 0..JOBS {
        work.enqueue(&Effect::now(card(number)), start()).await.unwrap();
    }
    work.commit().await.unwrap();
    let workers = (0..WRITERS).map(|worker| {
        let store = store.clone();
        tokio::spawn(async move {
            let worker = format!("worker {worker}");
            let claim = Claim {
                worker: &worker,
                lease_for: Duration::from_secs(60),
                lanes: &Lane::ALL,
            };
            let mut done = Vec::new();
            while let Some(job) = store.claim(&claim, after(1)).await.unwrap() {
                done.push(job.id());
                let mut work = store.begin().await.unwrap();
                work.complete(job.lease, after(1)).await.unwrap();
                work.commit().await.unwrap();
            }
            done
        })
    });
    let mut done = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        done.extend(worker.await.unwrap());
    }
    let distinct: BTreeSet<_> = done.iter().collect();
    assert_eq!((done.len() as u128, distinct.len() as u128), (JOBS, JOBS));
}

/// Workers share a clock that they push forward; many of them fall asleep over a job and wake when it is too late.
async fn workers_that_lapse_never_hold_one_job_together(database: Database) {
    const LEASE: i64 = 10;
    let store = database.open().await;
    let clock = Arc::new(AtomicI64::new(0));
    let claims = Arc::new(Mutex::new(BTreeMap::<_, Vec<(i64, Option<i64>)>>::new()));
    let mut work = store.begin().await.unwrap();
    for number in 0..5 {
        work.enqueue(&Effect::now(card(number)), start()).await.unwrap();
    }
    work.commit().await.unwrap();
    let workers = (0..WRITERS).map(|worker| {
        let (store, clock, claims) = (store.clone(), clock.clone(), claims.clone());
        tokio::spawn(async move {
            let name = format!("worker {worker}");
            let claim = Claim {
                worker: &name,
                lease_for: Duration::from_secs(LEASE.unsigned_abs()),
                lanes: &Lane::ALL,
            };
            for round in 0..40 {
                let now = clock.load(Ordering::SeqCst);
                let Some(job) = store.claim(&claim, after(now)).await.unwrap() else {
                    clock.fetch_add(1, Ordering::SeqCst);
                    continue;
                };
                let place = {
                    let mut claims = claims.lock().unwrap();
                    let of_job = claims.entry(job.id()).or_default();
                    of_job.push((now, None));
                    of_job.len() - 1
                };
                if (worker + round) % 3 == 0 {
                    // Falls asleep: by the time it would write, its lease is over.
                    continue;
                }
                let done_at = clock.load(Ordering::SeqCst);
                let mut work = store.begin().await.unwrap();
                match work.put_back(job.lease, after(done_at), after(done_at)).await {
                    Ok(()) => {
                        claims.lock().unwrap().get_mut(&job.id()).unwrap()[place].1 = Some(done_at);
                        work.commit().await.unwrap();
                    }
                    Err(StoreError::LeaseLost { .. }) => {
                        // By the clock of whoever took it, which went on while this one waited for its turn.
                        let over = clock.load(Ordering::SeqCst) >= now + LEASE;
                        assert!(over, "lost a lease that had time left");
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    let claims = claims.lock().unwrap();
    assert_eq!(claims.len(), 5);
    let mut total = 0;
    for held in claims.values() {
        // A worker may be slow to write down what it claimed.
        let mut held = held.clone();
        held.sort_by_key(|(at, done)| (*at, done.is_none()));
        total += held.len();
        for pair in held.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            let over = earlier.1.is_some() || later.0 >= earlier.0 + LEASE;
            assert!(over, "claimed at {} and again at {}", earlier.0, later.0);
        }
    }
    assert!(total > 40, "only {total} claims");
}

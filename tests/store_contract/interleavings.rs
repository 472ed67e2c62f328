//! Random interleavings of workers and clocks: no job is ever given twice within a lease.

use std::{collections::BTreeMap, time::Duration};

use portcullis::{
    domain::{effect::Effect, ids::JobId},
    store::{Claim, Job, Lane, StoreError},
};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};

use crate::{databases::Database, job_life::card, on_both, samples::*};

on_both!(no_job_is_given_twice_within_a_lease);

const LEASE: i64 = 30;

#[derive(Debug, Clone)]
enum Step {
    Enqueue { key: u128, delay: i64 },
    Claim,
    Complete { which: usize },
    Retry { which: usize, delay: i64 },
    PutBack { which: usize, delay: i64 },
    Advance { seconds: i64 },
    Void,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4_u128, 0..40_i64).prop_map(|(key, delay)| Step::Enqueue { key, delay }),
        5 => Just(Step::Claim),
        3 => (0..6_usize).prop_map(|which| Step::Complete { which }),
        1 => (0..6_usize, 0..40_i64).prop_map(|(which, delay)| Step::Retry { which, delay }),
        1 => (0..6_usize, 0..40_i64).prop_map(|(which, delay)| Step::PutBack { which, delay }),
        3 => (1..45_i64).prop_map(|seconds| Step::Advance { seconds }),
        1 => Just(Step::Void),
    ]
}

/// A lease as the model believes in it.
struct Held {
    job: Job,
    until: Instant,
}

async fn no_job_is_given_twice_within_a_lease(database: Database) {
    // Not the macro: the cases share one database, and its calls are asynchronous. A failure prints the steps.
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[7; 32]),
    );
    let store = database.open().await;
    let mut now = start();
    for _ in 0..25 {
        let steps = prop::collection::vec(step(), 1..40)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        // By id: who may still write a result for the job.
        let mut valid: BTreeMap<JobId, Instant> = BTreeMap::new();
        let mut held: Vec<Held> = Vec::new();
        for step in &steps {
            match *step {
                Step::Enqueue { key, delay } => {
                    let effect = Effect::at(now + chrono::TimeDelta::seconds(delay), card(key));
                    let mut work = store.begin().await.unwrap();
                    work.enqueue(&effect, now).await.unwrap();
                    work.commit().await.unwrap();
                }
                Step::Claim => {
                    let claim = Claim {
                        worker: "test",
                        lease_for: Duration::from_secs(LEASE.unsigned_abs()),
                        lanes: &Lane::ALL,
                    };
                    if let Some(job) = store.claim(&claim, now).await.unwrap() {
                        assert!(job.due_at <= now, "not due yet: {steps:?}");
                        let earlier = valid.get(&job.id());
                        assert!(
                            earlier.is_none_or(|until| *until <= now),
                            "given twice: {steps:?}"
                        );
                        let until = now + chrono::TimeDelta::seconds(LEASE);
                        valid.insert(job.id(), until);
                        held.push(Held { job, until });
                    }
                }
                Step::Advance { seconds } => now += chrono::TimeDelta::seconds(seconds),
                Step::Void => {
                    let mut work = store.begin().await.unwrap();
                    work.void_leases().await.unwrap();
                    work.commit().await.unwrap();
                    valid.clear();
                    for held in &mut held {
                        held.until = start();
                    }
                }
                Step::Complete { which } | Step::Retry { which, .. } | Step::PutBack { which, .. } => {
                    if which >= held.len() {
                        continue;
                    }
                    let Held { job, until } = held.remove(which);
                    let mut work = store.begin().await.unwrap();
                    let result = match *step {
                        Step::Retry { delay, .. } => {
                            let due = now + chrono::TimeDelta::seconds(delay);
                            work.retry_at(job.lease, due, "failed", now).await
                        }
                        Step::PutBack { delay, .. } => {
                            let due = now + chrono::TimeDelta::seconds(delay);
                            work.put_back(job.lease, due, now).await
                        }
                        _ => work.complete(job.lease, now).await,
                    };
                    if until > now {
                        result.unwrap();
                        valid.remove(&job.id());
                        work.commit().await.unwrap();
                    } else {
                        assert!(matches!(result, Err(StoreError::LeaseLost { .. })), "{steps:?}");
                    }
                }
            }
            let mut view = store.read().await.unwrap();
            let living = view.living_jobs(99).await.unwrap();
            let mut keys: Vec<_> = living.iter().map(|(task, _)| task.key()).collect();
            let all = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), all, "two living jobs with one key: {steps:?}");
        }
        // The next case starts with nothing claimed.
        now += chrono::TimeDelta::seconds(LEASE);
    }
}

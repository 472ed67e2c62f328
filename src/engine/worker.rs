//! Runs the jobs: claims them with a lease, does what they ask, writes what came of it.
//!
//! A claim is committed before anything is done. What a job leads to is written by its own file in one
//! transaction; the job itself is completed afterwards, because every task can be run again: it works out
//! from the stored state what is left to do.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::{Engine, remind::Reminder, write};
use crate::{
    clock::jitter,
    domain::{
        Change, Instant,
        effect::Task,
        record::{By, Entry, Fact},
        text::FreeText,
    },
    store::{Claim, Job, Lane, StoreError},
    telemetry::Causes,
};

/// Longer than any call's time-out, so that a job is never claimed again while its call may still be out.
pub const LEASE: Duration = Duration::from_secs(240);
/// How many jobs of one lane run at once in one process.
const AT_ONCE_MAX: usize = 8;
/// The longest pause between two looks at the table, in case a wake-up was lost.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(30);
const LOOK_SOONEST: TimeDelta = TimeDelta::milliseconds(200);
/// Attempts before a job that keeps failing is given up.
const ATTEMPTS_MAX: u32 = 12;

/// What came of running a job once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing more to do.
    Done,
    /// Not yet: look again at this instant. Waiting is no failure and is not counted as one.
    Wait { until: Instant },
    /// It did not work; try again later, after `at_least` if the other side said so.
    Retry {
        why: String,
        at_least: Option<Duration>,
        /// The other side is out of order and has refused nothing: it is tried until it is back.
        outage: bool,
    },
    /// It can never work; somebody must look.
    GiveUp { why: String },
}

impl Outcome {
    pub(super) fn at(until: Instant) -> Self {
        Self::Wait { until }
    }

    pub(super) fn retry(why: impl ToString) -> Self {
        Self::Retry {
            why: why.to_string(),
            at_least: None,
            outage: false,
        }
    }

    pub(super) fn give_up(why: impl ToString) -> Self {
        Self::GiveUp { why: why.to_string() }
    }
}

impl Engine {
    /// Runs jobs until `stop`; then finishes the ones that are running.
    ///
    /// Each lane has its own loop, so that a slow Azure does not keep cards from being posted.
    pub async fn work(self: Arc<Self>, stop: CancellationToken) {
        let lanes: Vec<_> = Lane::ALL
            .into_iter()
            .map(|lane| Arc::clone(&self).work_lane(lane, stop.clone()))
            .collect();
        futures::future::join_all(lanes).await;
    }

    async fn work_lane(self: Arc<Self>, lane: Lane, stop: CancellationToken) {
        let mut news = self.store.news();
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            // Marked before looking, so that what is committed while we look wakes us again.
            news.borrow_and_update();
            while running.len() < AT_ONCE_MAX
                && let Some(job) = self.claim(&[lane]).await
            {
                let engine = Arc::clone(&self);
                running.spawn(async move { engine.run(job).await });
            }
            let is_full = running.len() >= AT_ONCE_MAX;
            let next = self.next_look().await;
            tokio::select! {
                () = stop.cancelled() => {}
                _ = news.changed(), if !is_full => {}
                () = self.clock.sleep_until(next), if !is_full => {}
                Some(ended) = running.join_next(), if !running.is_empty() => report_panic(ended),
            }
        }
        while let Some(ended) = running.join_next().await {
            report_panic(ended);
        }
    }

    /// Runs every job that is due now, and those that become due by that, until none is left; says how many.
    ///
    /// For tests, which step the worker instead of waiting for it.
    pub async fn work_until_idle(&self) -> usize {
        let mut ran = 0;
        while let Some(job) = self.claim(&Lane::ALL).await {
            self.run(job).await;
            ran += 1;
        }
        ran
    }

    async fn claim(&self, lanes: &[Lane]) -> Option<Job> {
        let claim = Claim {
            worker: "serve",
            lease_for: LEASE,
            lanes,
        };
        match self.store.claim(&claim, self.now()).await {
            Ok(job) => job,
            Err(why) => {
                error!(error = %Causes(&why), "No job could be claimed; it is tried again.");
                None
            }
        }
    }

    async fn next_look(&self) -> Instant {
        let now = self.now();
        let next = match self.store.read().await {
            Ok(mut view) => view.next_due().await.ok().flatten(),
            Err(_) => None,
        };
        // What is due now and was not claimed waits for room in another lane: look soon, but do not spin.
        next.unwrap_or(now + LOOK_AGAIN)
            .clamp(now + LOOK_SOONEST, now + LOOK_AGAIN)
    }

    async fn run(&self, job: Job) {
        let outcome = match self.dispatch(&job).await {
            Ok(outcome) => outcome,
            // Another writer was faster: what is left to do is worked out anew, at once.
            Err(StoreError::LostRace { .. }) => Outcome::at(self.now()),
            Err(why) => Outcome::retry(Causes(&why)),
        };
        if let Err(why) = self.finish(&job, outcome).await {
            // The lease lapses, the job is claimed again, and finds out what has been done.
            warn!(error = %Causes(&why), job.id = %job.id(), task = job.task.key(), "The outcome of a job could not be written.");
        }
    }

    async fn dispatch(&self, job: &Job) -> Result<Outcome, StoreError> {
        match &job.task {
            Task::Card { request } => self.run_card(job, *request).await,
            Task::Answer { request } => self.run_answer(job, *request).await,
            Task::Open {
                request,
                policy,
                windows,
            } => self.run_open(job, *request, policy, windows).await,
            Task::Watch { window } => self.run_watch(*window).await,
            Task::Close { window } => self.run_close(job, *window).await,
            Task::Confirm { window } => self.run_confirm(*window).await,
            Task::Lapse { request } => self.run_lapse(*request).await,
            Task::End { window } => self.run_end(*window).await,
            Task::TellVoter { request, voter, why } => self.run_tell_voter(job, *request, *voter, why).await,
            Task::RemoveReaction {
                channel,
                message,
                voter,
                emoji,
            } => self.run_remove_reaction(*channel, *message, *voter, emoji).await,
            Task::Configure { policy } => self.run_configure(job, policy).await,
            Task::LookForOthers { proposal, policy } => {
                self.run_look_for_others(job, *proposal, policy).await
            }
            Task::Progress { proposal } => self.run_progress(job, *proposal).await,
            Task::RemoveRules { window } => self.run_remove_rules(*window).await,
            Task::TellReplaced { window, by } => self.run_tell_replaced(job, *window, *by).await,
            Task::Who { record } => self.run_who(*record).await,
            Task::Digest => self.run_digest().await,
            Task::FindOutPlan {
                subscription,
                asked,
                operator,
            } => self.run_find_out_plan(subscription, *asked, operator).await,
            Task::Look { look } => self.run_look(*look).await,
            Task::Notice { request } => self.run_notice(job, *request).await,
            Task::Remind {
                request,
                since,
                at,
                nth,
            } => {
                let due = Reminder {
                    request: *request,
                    since: *since,
                    at: *at,
                    nth: *nth,
                };
                self.run_remind(job, due).await
            }
            Task::Escalate { request, since } => self.run_escalate(*request, *since).await,
            Task::Call { request, at } => self.run_call(job, *request, *at).await,
            Task::Start { request } => self.run_start(*request).await,
        }
    }

    async fn finish(&self, job: &Job, outcome: Outcome) -> Result<(), StoreError> {
        let now = self.now();
        let outcome = match outcome {
            Outcome::Retry {
                why, outage: false, ..
            } if job.attempt >= ATTEMPTS_MAX && job.task.may_be_given_up() => Outcome::GiveUp { why },
            outcome => outcome,
        };
        let mut work = self.store.begin().await?;
        match outcome {
            Outcome::Done => work.complete(job.lease, now).await?,
            Outcome::Wait { until } => work.put_back(job.lease, until, now).await?,
            Outcome::Retry { why, at_least, .. } => {
                warn!(
                    task = job.task.key(),
                    attempt = job.attempt,
                    why,
                    "A job did not succeed; it is tried again."
                );
                let pause = back_off(job.attempt).max(at_least.unwrap_or_default());
                let due = now + TimeDelta::from_std(pause).unwrap_or(LOOK_AGAIN);
                work.retry_at(job.lease, due, &why, now).await?;
            }
            Outcome::GiveUp { why } => {
                error!(task = job.task.key(), why, "A job was given up.");
                metrics::counter!("portcullis_jobs_given_up_total").increment(1);
                let fact = Fact::GaveUp {
                    task: job.task.name().to_owned(),
                    why: FreeText::new(&why).unwrap_or_else(FreeText::unreadable),
                    request: None,
                };
                let change = Change {
                    after: (),
                    records: vec![Entry { by: By::Bot, fact }],
                    effects: Vec::new(),
                };
                work.give_up(job.lease, &why, now).await?;
                write(&mut work, change, now).await?;
            }
        }
        work.commit().await
    }
}

/// Full jitter over a doubling pause: 0.5 s, 1 s, 2 s … at most 5 minutes.
fn back_off(attempt: u32) -> Duration {
    const FIRST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(300);
    let most = FIRST
        .saturating_mul(1_u32.checked_shl(attempt.min(16)).unwrap_or(u32::MAX))
        .min(LONGEST);
    FIRST / 2 + jitter(most)
}

fn report_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(why) = ended {
        error!(error = %why, "A job's task panicked; its lease lapses and it is run again.");
    }
}

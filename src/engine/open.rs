//! Azure is asked to open windows: the one call that must never be sent twice without a look.
//!
//! The class of `initiate` is *ambiguous*: when its answer is lost, nobody knows whether it took effect. So
//! the call is marked as sent before it leaves; after an unknown outcome Azure is read, and only when the
//! call's time-out is over and Azure shows no request of ours is it sent again, with the same source and end,
//! so that a late twin changes nothing.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use super::{Engine, settle::write_window, worker::Outcome, write};
use crate::{
    azure::{
        ArmError,
        jit::{InitiatePort, Initiated, Marker, Seen, verdict},
    },
    domain::{
        Change, Instant,
        effect::{Effect, Task},
        ids::{RequestId, WindowId},
        request::Request,
        text::FreeText,
        trouble::Trouble,
        vm::JitPolicyId,
        window::{FailReason, NotNow, Window, WindowState},
    },
    store::{Job, StoreError},
};

/// The most times that one call is sent.
const SENDS_MAX: u32 = 5;
/// The first look after Azure has accepted: recorded traffic shows a window open 4 s after the call.
const FIRST_LOOK: TimeDelta = TimeDelta::seconds(2);
/// Longer than a token, the call, and the call once more with a fresh token may take together (60 s): by then
/// no twin can leave any more.
pub(super) const CALL_OVER_AFTER: TimeDelta = TimeDelta::seconds(70);

/// What a job remembers of the calls that it has sent.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Sent {
    /// How many have left.
    pub(super) sends: u32,
    /// Whether the last one may have had its effect.
    pub(super) may_be_out: bool,
}

impl Sent {
    /// What `job` remembers; what cannot be read is taken for a call that may be out.
    pub(super) fn of(job: &Job) -> Self {
        match &job.memo {
            None => Self {
                sends: 0,
                may_be_out: job.may_be_sent(),
            },
            Some(memo) => serde_json::from_value(memo.clone()).unwrap_or(Self {
                sends: 1,
                may_be_out: true,
            }),
        }
    }

    /// One more call is about to leave.
    pub(super) fn again(self) -> serde_json::Value {
        serde_json::json!(Self {
            sends: self.sends + 1,
            may_be_out: true
        })
    }

    /// The last call certainly did nothing.
    fn undone(self) -> serde_json::Value {
        serde_json::json!(Self {
            sends: self.sends,
            may_be_out: false
        })
    }
}

impl Engine {
    pub(super) async fn run_open(
        &self,
        job: &Job,
        id: RequestId,
        policy: &JitPolicyId,
        ids: &[WindowId],
    ) -> Result<Outcome, StoreError> {
        let sent = Sent::of(job);
        if sent.may_be_out
            && let Some(outcome) = self.look_for_lost_call(job, sent, ids, policy).await?
        {
            return Ok(outcome);
        }
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, _)) = work.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let mut waiting = Vec::new();
        let mut versions = Vec::new();
        for id in ids {
            if let Some((window, version)) = work.load_window(*id).await?
                && matches!(window.state, WindowState::Opening { .. })
                && now < window.ends_at
            {
                versions.push((window.id, version));
                waiting.push(window);
            }
        }
        let Some(first_end) = waiting.iter().map(|window| window.ends_at).min() else {
            return Ok(Outcome::Done);
        };
        if work.freeze().await?.is_some() && !request.opens_in_freeze() {
            // Lifting the freeze makes this job due; if nobody lifts it, the end timers tell what became of it.
            return Ok(Outcome::at(first_end));
        }
        let change = Window::ask_azure(waiting.clone(), &request, policy, now);
        for asked in write(&mut work, change, now).await? {
            if let Some((_, version)) = versions.iter().find(|(id, _)| *id == asked.id) {
                work.save_window(&asked, *version).await?;
            }
        }
        work.mark_sent(job.lease, &sent.again(), now).await?;
        // From here on the record is durable, and a crash finds the call marked as sent.
        work.commit().await?;

        let ports: Vec<_> = waiting.iter().map(InitiatePort::from).collect();
        let reason = request.reason.as_ref().map_or("", FreeText::as_str);
        let justification = Marker::Open(request.id).justification(&format!(
            "{reason} asked by Discord user {}",
            request.requester.id
        ));
        let answer = self.arm.initiate(policy, &ports, &justification).await;
        self.after_call(job, sent, &request, &waiting, answer).await
    }

    async fn after_call(
        &self,
        job: &Job,
        sent: Sent,
        request: &Request,
        windows: &[Window],
        answer: Result<Initiated, ArmError>,
    ) -> Result<Outcome, StoreError> {
        match answer {
            Ok(_) => {
                info!(request.number = %request.number, windows = windows.len(), "Azure has accepted the opening.");
                self.watch(windows.iter().map(|window| window.id), FIRST_LOOK)
                    .await
            }
            Err(why) if why.may_have_happened() => {
                warn!(request.number = %request.number, error = %why, "It is not known whether Azure got the call; Azure is read before it is sent again.");
                Ok(Outcome::at(self.now() + TimeDelta::seconds(1)))
            }
            Err(why) if why.may_pass() => {
                let mut work = self.store.begin().await?;
                work.mark_sent(
                    job.lease,
                    &Sent {
                        sends: sent.sends,
                        may_be_out: true,
                    }
                    .undone(),
                    self.now(),
                )
                .await?;
                work.commit().await?;
                Ok(failed(&why))
            }
            Err(why) => {
                let reason = refusal(
                    self.known_cause(windows.iter().map(|window| &window.vm), why.trouble(self.now())),
                );
                for window in windows {
                    self.fail_window(window.id, reason.clone()).await?;
                }
                Ok(Outcome::Done)
            }
        }
    }

    /// After a call with an unknown outcome: `None` when it may be sent again.
    async fn look_for_lost_call(
        &self,
        job: &Job,
        sent: Sent,
        ids: &[WindowId],
        policy: &JitPolicyId,
    ) -> Result<Option<Outcome>, StoreError> {
        let over_at = job.sent_at.unwrap_or(job.created_at) + CALL_OVER_AFTER;
        let read_at = self.now();
        let state = match self.arm.read_back(policy).await {
            Ok(state) => state,
            Err(why) => return Ok(Some(failed(&why))),
        };
        let mut seen = false;
        for id in ids {
            if let Some((window, _)) = self.store.read().await?.load_window(*id).await? {
                seen |= !matches!(verdict(&state, &window, read_at), Seen::NotThere);
            }
        }
        if seen {
            return self.watch(ids.iter().copied(), TimeDelta::zero()).await.map(Some);
        }
        if read_at < over_at {
            return Ok(Some(Outcome::at(over_at)));
        }
        if sent.sends >= SENDS_MAX {
            for id in ids {
                self.fail_window(*id, FailReason::ProvenAbsent).await?;
            }
            return Ok(Some(Outcome::Done));
        }
        Ok(None)
    }

    async fn watch(
        &self,
        windows: impl Iterator<Item = WindowId>,
        after: TimeDelta,
    ) -> Result<Outcome, StoreError> {
        let now = self.now();
        let effects: Vec<_> = windows
            .map(|window| Effect::at(now + after, Task::Watch { window }))
            .collect();
        let mut work = self.store.begin().await?;
        work.apply(Vec::new(), &effects, now).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }

    async fn fail_window(&self, id: WindowId, why: FailReason) -> Result<(), StoreError> {
        self.change_window(id, |window, request, now| window.failed(request, why, now))
            .await
    }

    /// Applies one transition to a stored window, if its state allows it.
    pub(super) async fn change_window(
        &self,
        id: WindowId,
        step: impl FnOnce(Window, &Request, Instant) -> Result<Change<Window>, NotNow>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((window, version)) = work.load_window(id).await? else {
            return Ok(());
        };
        let Some((request, request_version)) = work.load_request(window.request).await? else {
            return Ok(());
        };
        if let Ok(change) = step(window, &request, now) {
            write_window(&mut work, (&request, request_version), change, version, now).await?;
            work.commit().await?;
        }
        Ok(())
    }
}

/// A call to Azure that may work later.
pub(super) fn failed(why: &ArmError) -> Outcome {
    let at_least = match why {
        ArmError::Throttled { retry_after } => Some(*retry_after),
        _ => None,
    };
    Outcome::Retry {
        at_least,
        outage: true,
        why: why.to_string(),
    }
}

/// What Azure said no with.
pub(super) fn refusal(why: Trouble) -> FailReason {
    match why {
        Trouble::Refused {
            status,
            code,
            message,
        } => FailReason::Refused {
            status,
            code,
            message,
        },
        why => FailReason::Trouble { why },
    }
}

//! A window is to be shut in Azure: early, by asking, or at its end, by looking.

use chrono::TimeDelta;

use super::{
    Engine,
    network_check::RuleSeen,
    open::{CALL_OVER_AFTER, Sent, failed},
    replaced::Taker,
    worker::Outcome,
};
use crate::{
    azure::{
        ArmError,
        jit::{CloseLength, JitPolicyState, Marker, Seen, closing_request, verdict},
    },
    domain::{
        Instant,
        effect::{Effect, Task},
        ids::WindowId,
        vm::AllowedSources,
        window::{CONFIRM_WITHIN, CloseWay, CloseWhy, NotObeyed, Window, WindowState},
    },
    store::{Job, StoreError},
};

const LOOK_EVERY: TimeDelta = TimeDelta::seconds(3);
const LOOK_EVERY_LATER: TimeDelta = TimeDelta::seconds(15);
/// A close takes Azure seconds to a minute; a window that is open after this long was not closed.
const OBEYED_WITHIN: TimeDelta = TimeDelta::minutes(3);
const LOOK_EVERY_WHEN_UNCONFIRMED: TimeDelta = TimeDelta::minutes(1);

impl Engine {
    /// Asks Azure to replace the window's request by a short one that lets nobody in.
    ///
    /// The class is *ambiguous*, and sending it twice is harmless: either twin only shuts.
    pub(super) async fn run_close(&self, job: &Job, id: WindowId) -> Result<Outcome, StoreError> {
        let Some((window, _)) = self.store.read().await?.load_window(id).await? else {
            return Ok(Outcome::Done);
        };
        let WindowState::Closing {
            opened_at,
            since,
            way: CloseWay::Replace,
            ..
        } = window.state
        else {
            return Ok(Outcome::Done);
        };
        let now = self.now();
        let state = match self.arm.read_back(&window.policy).await {
            Ok(state) => state,
            Err(why) => return Ok(failed(&why)),
        };
        match verdict(&state, &window, now) {
            // The opening call may still be on its way: what is not there yet cannot be closed yet.
            Seen::NotThere if opened_at.is_none() && now < since + CALL_OVER_AFTER => {
                return Ok(Outcome::at(now + LOOK_EVERY));
            }
            Seen::Initiating | Seen::Open { .. } | Seen::Unreadable | Seen::Unclear { .. } => {}
            Seen::NotThere
            | Seen::Lingering
            | Seen::ClosingUntil(_)
            | Seen::Shut(_)
            | Seen::Superseded { .. } => return self.confirm_at(&window, now).await,
        }
        let sent = Sent::of(job);
        if sent.may_be_out
            && let Some(sent_at) = job.sent_at
            && now < sent_at + CALL_OVER_AFTER
        {
            return Ok(Outcome::at(now + LOOK_EVERY));
        }
        let mut work = self.store.begin().await?;
        work.mark_sent(job.lease, &sent.again(), now).await?;
        work.commit().await?;
        self.send_close(&window, &state, now).await
    }

    async fn send_close(
        &self,
        window: &Window,
        state: &JitPolicyState,
        now: Instant,
    ) -> Result<Outcome, StoreError> {
        let allowed = state
            .port(&window.vm, window.port)
            .map_or(AllowedSources::Any, |port| port.sources.clone());
        let justification = Marker::Close(window.id).justification("closed early");
        let mut said = None;
        for length in [CloseLength::Short, CloseLength::Minimum] {
            let Some(port) = closing_request(window, &allowed, length, now) else {
                continue;
            };
            match self.arm.initiate(&window.policy, &[port], &justification).await {
                Ok(_) => return self.confirm_at(window, now + TimeDelta::seconds(2)).await,
                // The shortest length that Azure takes is not documented: the next one may do.
                Err(why @ ArmError::Refused(_)) => said = Some(why),
                Err(why) if why.may_pass() => return Ok(failed(&why)),
                Err(why) => {
                    said = Some(why);
                    break;
                }
            }
        }
        match said {
            Some(why) if self.now() < window.ends_at => {
                let why = self.known_cause([&window.vm], why.trouble(self.now()));
                self.not_obeyed(window, NotObeyed::Trouble { why }).await
            }
            // Its end comes as soon as any request could bring it about; or it came while it was being closed:
            // Azure takes no end in the past, and none is needed.
            _ => self.confirm_at(window, window.ends_at).await,
        }
    }

    /// Looks whether Azure has shut a window, and says so once it has.
    pub(super) async fn run_confirm(&self, id: WindowId) -> Result<Outcome, StoreError> {
        let Some((window, _)) = self.store.read().await?.load_window(id).await? else {
            return Ok(Outcome::Done);
        };
        let WindowState::Closing {
            opened_at,
            since,
            unconfirmed_at,
            ref why,
            ref way,
        } = window.state
        else {
            return Ok(Outcome::Done);
        };
        let now = self.now();
        let shut = match self.arm.read_back(&window.policy).await {
            Ok(state) => match verdict(&state, &window, now) {
                // Azure has no request that could say so: the rules themselves are looked at.
                Seen::Open { .. } | Seen::Lingering if matches!(way, CloseWay::Rules(_)) => {
                    match self.rule_of(&window).await {
                        Ok(seen) => seen == RuleSeen::Missing,
                        Err(why) => return Ok(failed(&why)),
                    }
                }
                Seen::Open { .. }
                    if *way == CloseWay::Replace
                        && matches!(why, CloseWhy::Asked(_))
                        && now >= since + OBEYED_WITHIN =>
                {
                    return self.not_obeyed(&window, NotObeyed::StillOpen).await;
                }
                Seen::Superseded { by } => {
                    if matches!(why, CloseWhy::Expired)
                        && let Some(Taker { extension: true, .. }) =
                            self.taker(&window, by.as_deref()).await?
                    {
                        self.lost_to(&window, by.as_deref()).await?;
                        return Ok(Outcome::Done);
                    }
                    true
                }
                Seen::Shut(_) => true,
                // A call that is still on its way could open it after we looked.
                Seen::NotThere => opened_at.is_some() || now >= since + CALL_OVER_AFTER,
                Seen::Unreadable
                | Seen::Initiating
                | Seen::Open { .. }
                | Seen::Lingering
                | Seen::ClosingUntil(_)
                | Seen::Unclear { .. } => false,
            },
            // Without its JIT policy the window cannot be open by JIT.
            Err(ArmError::NotFound(_)) => true,
            Err(why) if now < since + CONFIRM_WITHIN => return Ok(failed(&why)),
            Err(_) => false,
        };
        if shut {
            self.change_window(id, |window, request, now| window.shut(request, now))
                .await?;
            return Ok(Outcome::Done);
        }
        // One that is left to its end is not waited for before.
        let due = window.shut_due().unwrap_or(since);
        if now < due {
            return Ok(Outcome::at(due));
        }
        let waited = now - due;
        if waited >= CONFIRM_WITHIN && unconfirmed_at.is_none() {
            metrics::counter!("portcullis_close_unconfirmed_total").increment(1);
            tracing::error!(window.id = %id, "Azure has not confirmed that a window is shut.");
            self.change_window(id, |window, request, now| window.unconfirmed(request, now))
                .await?;
        }
        Ok(Outcome::at(now + pause(waited)))
    }

    pub(super) async fn confirm_at(&self, window: &Window, at: Instant) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        work.apply(
            Vec::new(),
            &[Effect::at(at, Task::Confirm { window: window.id })],
            now,
        )
        .await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }
}

fn pause(waited: TimeDelta) -> TimeDelta {
    if waited < TimeDelta::minutes(1) {
        LOOK_EVERY
    } else if waited < CONFIRM_WITHIN {
        LOOK_EVERY_LATER
    } else {
        LOOK_EVERY_WHEN_UNCONFIRMED
    }
}

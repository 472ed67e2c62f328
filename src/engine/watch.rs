//! Looks whether Azure has opened a window. "Opened" is said only after Azure said so and, where the bot may read
//! the network security groups, the rule stands there.

use chrono::TimeDelta;

use super::{Engine, measure, network_check::RuleSeen, open::failed, worker::Outcome};
use crate::{
    azure::jit::{Seen, Shut, verdict},
    domain::{
        Instant,
        ids::WindowId,
        window::{Proof, Window, WindowState},
    },
    store::StoreError,
};

/// Azure takes seconds to a minute; after this long people are told that it is stuck.
const STUCK_AFTER: TimeDelta = TimeDelta::minutes(2);
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(3);
const LOOK_EVERY_WHEN_STUCK: TimeDelta = TimeDelta::seconds(30);

impl Engine {
    pub(super) async fn run_watch(&self, id: WindowId) -> Result<Outcome, StoreError> {
        let Some((window, _)) = self.store.read().await?.load_window(id).await? else {
            return Ok(Outcome::Done);
        };
        let WindowState::Opening { since, .. } = window.state else {
            return Ok(Outcome::Done);
        };
        let read_at = self.now();
        if read_at >= window.ends_at {
            return Ok(Outcome::Done);
        }
        let state = match self.arm.read_back(&window.policy).await {
            Ok(state) => state,
            Err(why) => return Ok(failed(&why)),
        };
        match verdict(&state, &window, read_at) {
            Seen::Open {
                mapped_port,
                as_approved,
            } => {
                if !as_approved {
                    // It is open, so it is told as open; that it differs is somebody else's doing and an alarm.
                    tracing::error!(window.id = %id, "Azure shows a window of ours with another source or end.");
                }
                let proof = match self.rule_of(&window).await {
                    Ok(RuleSeen::Stands) => Proof::RuleStands,
                    Ok(RuleSeen::Unknown) => Proof::AzureSays,
                    // Azure writes the rules and then says so, or something has taken one away since or stands before it.
                    Ok(RuleSeen::Missing | RuleSeen::Blocked) => {
                        return self.not_yet(&window, true, read_at).await;
                    }
                    Err(why) => return Ok(failed(&why)),
                };
                self.change_window(id, |window, request, now| {
                    let mut change = window.opened(request, mapped_port, proof, now)?;
                    change
                        .effects
                        .extend(self.notice_timer(request, change.after.ends_at, now));
                    Ok(change)
                })
                .await?;
                self.tell_replaced(&window, &state, read_at).await?;
                if let Some((request, _)) = self.store.read().await?.load_request(window.request).await? {
                    measure::opened(&request, &window, since, self.now());
                }
                Ok(Outcome::Done)
            }
            Seen::Superseded { by } => {
                self.lost_to(&window, by.as_deref()).await?;
                Ok(Outcome::Done)
            }
            Seen::Shut(Shut::Closed) | Seen::ClosingUntil(_) => {
                self.lost_to(&window, None).await?;
                Ok(Outcome::Done)
            }
            Seen::Shut(Shut::Expired | Shut::Revoked) => {
                self.change_window(id, |window, request, now| window.vanished(request, now))
                    .await?;
                Ok(Outcome::Done)
            }
            Seen::NotThere | Seen::Initiating | Seen::Unreadable | Seen::Unclear { .. } | Seen::Lingering => {
                self.not_yet(&window, false, read_at).await
            }
        }
    }

    /// Looks again soon; after a while people are told that it is stuck.
    async fn not_yet(
        &self,
        window: &Window,
        rule_missing: bool,
        read_at: Instant,
    ) -> Result<Outcome, StoreError> {
        let late = matches!(window.state, WindowState::Opening { asked_at: Some(asked_at), .. }
            if read_at >= asked_at + STUCK_AFTER);
        if late {
            self.change_window(window.id, |window, request, now| {
                window.stuck(request, rule_missing, now)
            })
            .await?;
        }
        Ok(Outcome::at(
            read_at + if late { LOOK_EVERY_WHEN_STUCK } else { LOOK_EVERY },
        ))
    }
}

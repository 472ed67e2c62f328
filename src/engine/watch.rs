//! Looks whether Azure has opened a window. "Opened" is said only after Azure said so.

use chrono::TimeDelta;

use super::{Engine, open::failed, worker::Outcome};
use crate::{
    azure::jit::{Seen, Shut, verdict},
    domain::{ids::WindowId, window::WindowState},
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
        let WindowState::Opening {
            asked_at, stuck_at, ..
        } = window.state
        else {
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
                self.change_window(id, |window, request, now| {
                    window.opened(request, mapped_port, now)
                })
                .await?;
                metrics::histogram!("portcullis_approval_to_open_seconds")
                    .record((self.now() - asked_at.unwrap_or(read_at)).as_seconds_f64());
                Ok(Outcome::Done)
            }
            Seen::Superseded { .. } | Seen::Shut(Shut::Closed) | Seen::ClosingUntil(_) => {
                self.change_window(id, |window, request, now| window.superseded(request, now))
                    .await?;
                Ok(Outcome::Done)
            }
            Seen::Shut(Shut::Expired | Shut::Revoked) => {
                self.change_window(id, |window, request, now| window.vanished(request, now))
                    .await?;
                Ok(Outcome::Done)
            }
            Seen::NotThere | Seen::Initiating | Seen::Unreadable | Seen::Unclear { .. } | Seen::Lingering => {
                let late = asked_at.is_some_and(|asked_at| read_at >= asked_at + STUCK_AFTER);
                if late && stuck_at.is_none() {
                    self.change_window(id, |window, request, now| window.stuck(request, now))
                        .await?;
                }
                Ok(Outcome::at(
                    read_at + if late { LOOK_EVERY_WHEN_STUCK } else { LOOK_EVERY },
                ))
            }
        }
    }
}

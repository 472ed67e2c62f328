//! All windows of a request have ended.

use super::{Request, RequestState};
use crate::domain::{Change, Instant, window::Window};

impl Request {
    /// Settles an approved request whose `windows` (all of them) have ended; gives it back unchanged if not.
    pub fn settle(mut self, windows: &[Window], now: Instant) -> Result<Change<Self>, Self> {
        // A list that lacks a window must not settle the request over it.
        let all_over = self.doors().all(|door| {
            windows
                .iter()
                .any(|window| window.vm == door.vm && window.port == door.port && window.request == self.id)
        }) && windows.iter().all(|window| window.state.is_over());
        match self.state {
            RequestState::Approved {
                source,
                at,
                votes,
                ends_at,
            } if all_over => {
                self.state = RequestState::Settled {
                    source,
                    at: now,
                    approved_at: at,
                    votes,
                    ends_at,
                };
                let effects = self.told();
                Ok(Change {
                    after: self,
                    records: Vec::new(),
                    effects,
                })
            }
            _ => Err(self),
        }
    }
}

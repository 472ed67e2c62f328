//! The same once more: which requests can be asked again.

use super::{Request, RequestState};

impl Request {
    /// Whether it is over, so that its requester may ask for the same anew.
    ///
    /// An extension that was never approved asked for something else: more time for a request that may be open.
    pub fn can_be_asked_again(&self) -> bool {
        match &self.state {
            RequestState::Draft { .. }
            | RequestState::Pending { .. }
            | RequestState::Scheduled { .. }
            | RequestState::Approved { .. } => false,
            RequestState::Settled { .. } | RequestState::NotStarted { .. } => true,
            RequestState::Denied { .. } | RequestState::Withdrawn { .. } | RequestState::Lapsed { .. } => {
                self.extends.is_none()
            }
        }
    }
}

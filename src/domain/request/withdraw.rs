//! The requester takes the request back.

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    actor::Person,
    record::{By, Entry, Fact},
};

/// Why a request cannot be withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithdrawRefusal {
    /// Only who asked may withdraw.
    NotYours,
    /// It is decided or over.
    NotPending { state: Box<RequestState> },
}

impl Request {
    /// Withdraws a draft or a pending request, or calls off an approved one that waits for its start.
    pub fn withdraw(mut self, by: &Person, now: Instant) -> Result<Change<Self>, WithdrawRefusal> {
        if by.id != self.requester.id {
            return Err(WithdrawRefusal::NotYours);
        }
        let records = match self.state {
            // Nobody else has seen a draft, so the trail does not speak of it.
            RequestState::Draft { .. } => Vec::new(),
            RequestState::Pending { .. } => {
                vec![Entry {
                    by: By::Person(by.clone()),
                    fact: Fact::Withdrawn {
                        request: self.facts(),
                    },
                }]
            }
            RequestState::Scheduled { .. } => {
                return self
                    .call_off(by, now)
                    .map_err(|request| WithdrawRefusal::NotPending {
                        state: Box::new(request.state),
                    });
            }
            state => {
                return Err(WithdrawRefusal::NotPending {
                    state: Box::new(state),
                });
            }
        };
        let source = self.source();
        let effects = self.told_if_seen();
        self.state = RequestState::Withdrawn { source, at: now };
        Ok(Change {
            after: self,
            records,
            effects,
        })
    }
}

//! Time runs out: nobody answered, or no source was given.

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    effect::{Effect, Task},
    record::{By, Entry, Fact},
};

impl Request {
    /// Lapses the request if its time is over; gives it back unchanged if not, or if it is decided.
    pub fn lapse(mut self, now: Instant) -> Result<Change<Self>, Self> {
        let records = match &self.state {
            RequestState::Draft { lapses_at, .. } if now >= *lapses_at => Vec::new(),
            RequestState::Pending { answer_by, .. } if now >= *answer_by => {
                vec![Entry {
                    by: By::Time,
                    fact: Fact::Lapsed {
                        request: self.facts(),
                    },
                }]
            }
            _ => return Err(self),
        };
        let source = self.source();
        let effects = self.told_if_seen();
        self.state = RequestState::Lapsed { source, at: now };
        Ok(Change {
            after: self,
            records,
            effects,
        })
    }

    /// Like `told`, but a draft has no card, and must not get one.
    pub(super) fn told_if_seen(&self) -> Vec<Effect> {
        match &self.state {
            RequestState::Draft { .. } => vec![Effect::now(Task::Answer { request: self.id })],
            _ => self.told(),
        }
    }
}

//! An extension: a new request that is linked to an older one, with its doors, its source, and a later end.
//!
//! Its end is fixed when it is asked: so much later than the end of what it extends as its length says. It can
//! only be approved while that is still open.

use serde::{Deserialize, Serialize};

use super::{Request, RequestState, Target};
use crate::domain::{
    Change, Instant,
    actor::Person,
    ids::{RequestId, RequestNumber},
    length::Length,
    record::{By, Entry, Fact},
    source::Source,
    window::{Window, WindowState},
};

/// What a request extends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extends {
    pub request: RequestId,
    pub number: RequestNumber,
    /// The end of what it extends.
    pub ends_at: Instant,
}

/// What is left of a request that can be extended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extendable {
    pub extends: Extends,
    /// The doors that are open now; what was closed stays closed.
    pub targets: Vec<Target>,
    pub source: Source,
}

/// Why a request cannot be extended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtendRefusal {
    NotYours,
    /// It was never approved, or is over.
    NotApproved {
        state: Box<RequestState>,
    },
    /// Nothing of it is open yet.
    NotOpenYet,
    /// All that was open is closing, or its end has come.
    Ending,
    /// An extension of it waits for an answer, or is opening.
    Already {
        number: RequestNumber,
    },
}

impl Request {
    /// What an extension would extend. `windows` are all of this request.
    pub fn extendable(
        &self,
        by: &Person,
        windows: &[Window],
        now: Instant,
    ) -> Result<Extendable, ExtendRefusal> {
        if by.id != self.requester.id {
            return Err(ExtendRefusal::NotYours);
        }
        let RequestState::Approved { source, ends_at, .. } = self.state else {
            return Err(ExtendRefusal::NotApproved {
                state: Box::new(self.state.clone()),
            });
        };
        let is_open = |target: &Target, port| {
            windows.iter().any(|window| {
                window.vm == target.vm
                    && window.port == port
                    && matches!(window.state, WindowState::Open { .. })
            })
        };
        let mut targets = self.targets.clone();
        for target in &mut targets {
            let open: Vec<_> = target
                .ports
                .iter()
                .filter(|entry| is_open(target, entry.port))
                .cloned()
                .collect();
            target.ports = open;
        }
        targets.retain(|target| !target.ports.is_empty());
        if now >= ends_at {
            return Err(ExtendRefusal::Ending);
        }
        if targets.is_empty() {
            let opening = windows
                .iter()
                .any(|window| matches!(window.state, WindowState::Opening { .. }));
            return Err(if opening || windows.is_empty() {
                ExtendRefusal::NotOpenYet
            } else {
                ExtendRefusal::Ending
            });
        }
        Ok(Extendable {
            extends: Extends {
                request: self.id,
                number: self.number,
                ends_at,
            },
            targets,
            source,
        })
    }

    /// When the access ends if it is approved `now`.
    pub fn end_if_approved(&self, now: Instant) -> Instant {
        let from = self.extends.map(|extends| extends.ends_at).or(self.starts_at);
        from.unwrap_or(now) + self.length.delta()
    }

    /// How much time would be left if it were approved `now`: of an extension that is more than its own length.
    pub fn all_that_is_left(&self, now: Instant) -> Length {
        if self.extends.is_none() {
            return self.length;
        }
        let left = (self.end_if_approved(now) - now).to_std().map(Length::new);
        left.ok().and_then(Result::ok).unwrap_or(self.length)
    }

    /// Lapses an extension that waits for an answer, because something of what it was to extend has ended; gives
    /// it back unchanged if it is decided.
    pub fn lapse_without_base(mut self, now: Instant) -> Result<Change<Self>, Self> {
        let RequestState::Pending { source, .. } = self.state else {
            return Err(self);
        };
        if self.extends.is_none() {
            return Err(self);
        }
        let records = vec![Entry {
            by: By::Bot,
            fact: Fact::Lapsed {
                request: self.facts(),
            },
        }];
        let effects = self.told();
        self.state = RequestState::Lapsed {
            source: Some(source),
            at: now,
        };
        Ok(Change {
            after: self,
            records,
            effects,
        })
    }

    /// Whether no person approved it, but a rule by itself.
    pub fn is_approved_by_rule(&self) -> bool {
        matches!(&self.state,
            RequestState::Approved { votes, .. }
            | RequestState::Settled { votes, .. }
            | RequestState::Scheduled { votes, .. }
            | RequestState::NotStarted { votes, .. } if votes.is_empty())
    }
}

//! A proposal is confirmed or cancelled, by who made it and nobody else.

use super::{Proposal, ProposalState, Step};
use crate::domain::{
    Change, Instant,
    actor::{Actor, Person},
    effect::{Effect, Task},
    record::{By, Entry, Fact},
};

/// Why a click on a proposal does nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum ConfirmRefusal {
    /// Somebody else made it.
    NotYours { by: Person },
    /// The person administers the bot no more.
    NotAnAdministrator,
    /// Its 15 minutes are over.
    TooLate,
    /// Confirmed or cancelled already, or nothing was chosen yet.
    NotWaiting,
    /// A freeze is on, and this could let somebody in.
    Frozen,
}

/// What a confirmation leads to.
pub type Confirmed = Change<Proposal>;

impl Proposal {
    /// Whether `actor` may press its buttons now.
    pub fn open_to(&self, actor: &Actor, administers: bool, now: Instant) -> Result<(), ConfirmRefusal> {
        if actor.person.id != self.by.id {
            return Err(ConfirmRefusal::NotYours { by: self.by.clone() });
        }
        if !administers {
            return Err(ConfirmRefusal::NotAnAdministrator);
        }
        if now >= self.lapses_at {
            return Err(ConfirmRefusal::TooLate);
        }
        Ok(())
    }

    /// The administrator says yes to everything that is shown: each step becomes a record and a job.
    pub fn confirm(
        mut self,
        steps: &[Step],
        actor: &Actor,
        administers: bool,
        frozen: bool,
        now: Instant,
    ) -> Result<Confirmed, ConfirmRefusal> {
        // Whether it was confirmed before comes first: who repeats a click is told so at any time.
        if !matches!(
            self.state,
            ProposalState::Waiting { .. } | ProposalState::Choosing { .. }
        ) {
            return Err(ConfirmRefusal::NotWaiting);
        }
        self.open_to(actor, administers, now)?;
        if !matches!(self.state, ProposalState::Waiting { .. }) || steps.is_empty() {
            return Err(ConfirmRefusal::NotWaiting);
        }
        if frozen && steps.iter().any(Step::may_open) {
            return Err(ConfirmRefusal::Frozen);
        }
        self.state = ProposalState::Confirmed { at: now };
        let records = steps
            .iter()
            .map(|step| Entry {
                by: By::Person(actor.person.clone()),
                fact: Fact::ConfigureAsked {
                    step: step.facts(&self),
                },
            })
            .collect();
        let mut effects: Vec<_> = steps
            .iter()
            .map(|step| {
                Effect::now(Task::Configure {
                    policy: step.policy.clone(),
                })
            })
            .collect();
        effects.push(Effect::now(Task::Progress { proposal: self.id }));
        Ok(Change {
            after: self,
            records,
            effects,
        })
    }

    /// The administrator wants none of it. Nothing happened, so nothing is recorded.
    pub fn cancel(mut self, actor: &Actor, now: Instant) -> Result<Self, ConfirmRefusal> {
        if actor.person.id != self.by.id {
            return Err(ConfirmRefusal::NotYours { by: self.by });
        }
        if !matches!(
            self.state,
            ProposalState::Waiting { .. } | ProposalState::Choosing { .. }
        ) {
            return Err(ConfirmRefusal::NotWaiting);
        }
        self.state = ProposalState::Cancelled { at: now };
        Ok(self)
    }
}

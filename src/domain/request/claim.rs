//! An approver says that they are looking at it, so that the others need not.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{How, Request, RequestState, Said, TakenBack, take_back::who};
use crate::domain::{
    Change, Instant,
    actor::{Actor, Person},
    ids::UserId,
    record::{By, Entry, Fact},
    vote::Via,
};

/// How long a claim holds the reminders back: long enough to look, too short to forget it over.
const CLAIM_HOLDS: TimeDelta = TimeDelta::minutes(10);

/// Who is looking at a request, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub by: Person,
    pub at: Instant,
    pub via: Via,
}

/// Why nobody has claimed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimRefusal {
    NotPending {
        state: Box<RequestState>,
    },
    TooLate {
        answer_by: Instant,
    },
    OwnRequest,
    NotAnApprover,
    /// Their reaction was found, but they have let it go since.
    LetGo,
    /// They have claimed it already.
    Already,
    /// They have not claimed it, or not in this way, or somebody else has taken it over.
    NotYours,
}

impl Request {
    /// Says that `actor` is looking at it; whoever was before is not any more. `read_at` is when the reaction was
    /// read, if it was given while nobody listened: then it takes nothing over.
    pub fn claim(
        mut self,
        actor: &Actor,
        via: Via,
        read_at: Option<Instant>,
        now: Instant,
    ) -> Result<Change<Self>, ClaimRefusal> {
        if self.requester.id == actor.person.id {
            return Err(ClaimRefusal::OwnRequest);
        }
        // As with a denial, whoever could answer when it was asked may look, also where the rule is gone.
        let may = self.terms.iter().any(|terms| terms.quorum.includes(actor));
        let facts = self.facts();
        let (claimed, taken_back) = self.open_to_claims(now)?;
        if !may {
            return Err(ClaimRefusal::NotAnApprover);
        }
        let id = actor.person.id;
        if read_at.is_some_and(|read_at| TakenBack::covers(taken_back, id, Said::Claim, read_at)) {
            return Err(ClaimRefusal::LetGo);
        }
        let before = claimed.take();
        let own = before.as_ref().filter(|claim| claim.by.id == id);
        if let Some(own) = own {
            let firmer = !via.is_reaction() && own.via.is_reaction();
            if !firmer {
                return Err(ClaimRefusal::Already);
            }
            *claimed = Some(Claim { via, ..own.clone() });
            return Ok(Change {
                after: self,
                records: Vec::new(),
                effects: Vec::new(),
            });
        }
        if read_at.is_some() && before.is_some() {
            return Err(ClaimRefusal::Already);
        }
        TakenBack::forget(taken_back, id, Said::Claim);
        *claimed = Some(Claim {
            by: actor.person.clone(),
            at: now,
            via,
        });
        let fact = Fact::Claimed {
            request: facts,
            via,
            from: before.map(|claim| claim.by),
        };
        let effects = self.told();
        Ok(Change {
            after: self,
            records: vec![Entry {
                by: By::Person(actor.person.clone()),
                fact,
            }],
            effects,
        })
    }

    /// Says that `person` is not looking at it any more.
    pub fn let_go(mut self, person: UserId, how: How, now: Instant) -> Result<Change<Self>, ClaimRefusal> {
        let facts = self.facts();
        let (claimed, taken_back) = self.open_to_claims(now)?;
        let own = claimed
            .take_if(|claim| claim.by.id == person && (how.reaches_buttons() || claim.via.is_reaction()))
            .ok_or(ClaimRefusal::NotYours)?;
        let taken = TakenBack {
            person,
            said: Said::Claim,
            how,
            at: now,
        };
        taken.note(taken_back);
        let fact = Fact::LetGo {
            request: facts,
            who: own.by.clone(),
            how,
        };
        let effects = self.told();
        Ok(Change {
            after: self,
            records: vec![Entry {
                by: who(how, own.by),
                fact,
            }],
            effects,
        })
    }

    fn open_to_claims(
        &mut self,
        now: Instant,
    ) -> Result<(&mut Option<Claim>, &mut Vec<TakenBack>), ClaimRefusal> {
        match &mut self.state {
            RequestState::Pending { answer_by, .. } if now >= *answer_by => Err(ClaimRefusal::TooLate {
                answer_by: *answer_by,
            }),
            RequestState::Pending {
                claimed, taken_back, ..
            } => Ok((claimed, taken_back)),
            state => Err(ClaimRefusal::NotPending {
                state: Box::new(state.clone()),
            }),
        }
    }

    /// Until when nobody is reminded or called, because somebody is looking at it.
    pub fn held_until(&self) -> Option<Instant> {
        self.claimed().map(|claim| claim.at + CLAIM_HOLDS)
    }

    /// Who is looking at it.
    pub fn claimed(&self) -> Option<&Claim> {
        match &self.state {
            RequestState::Pending { claimed, .. } => claimed.as_ref(),
            _ => None,
        }
    }
}

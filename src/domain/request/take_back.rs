//! An approver takes an approval back, while nothing is decided.
//!
//! A reaction that is taken off the card takes the vote back that it gave. What was said with a button stands until
//! it is taken back with a button, whether or not a reaction stands beside it.

use serde::{Deserialize, Serialize};

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    actor::Person,
    effect::Effect,
    ids::UserId,
    record::{By, Entry, Fact},
    vote::{Terms, approvals_missing, named_needs},
};

/// How something that was said is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Button,
    /// Its reaction was taken off the card.
    Reaction,
    /// All reactions, or all of one kind, were taken off the card.
    Cleared,
    /// Its reaction went while nobody listened.
    FoundGone,
}

/// What is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Approval,
    Claim,
}

/// That somebody has taken something back: a reaction of theirs that was given before says nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    pub person: UserId,
    pub said: Said,
    pub how: How,
    pub at: Instant,
}

/// Why nothing was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeBackRefusal {
    /// It is decided, withdrawn or lapsed already; the state says by whom.
    NotPending { state: Box<RequestState> },
    /// The time for an answer is over, although the lapse is not written yet.
    TooLate { answer_by: Instant },
    /// This person has said nothing, or not in this way.
    NothingSaid,
}

impl How {
    /// Whether what was said with a button is taken back by this.
    pub fn reaches_buttons(self) -> bool {
        self == Self::Button
    }
}

impl TakenBack {
    /// Remembers it in `all`, once for each person and thing.
    pub(super) fn note(self, all: &mut Vec<Self>) {
        all.retain(|other| (other.person, other.said) != (self.person, self.said));
        all.push(self);
    }

    /// Forgets it, because the person says it anew.
    pub(super) fn forget(all: &mut Vec<Self>, person: UserId, said: Said) {
        all.retain(|other| (other.person, other.said) != (person, said));
    }

    /// Whether a reaction in a list that began to be read at `read_at` says what was taken back since, or stood
    /// beside a button by which it was taken back.
    pub(super) fn covers(all: &[Self], person: UserId, said: Said, read_at: Instant) -> bool {
        all.iter().any(|taken| {
            (taken.person, taken.said) == (person, said) && (taken.how == How::Button || taken.at >= read_at)
        })
    }
}

impl Request {
    /// Takes the approval of `voter` back. `today` are the terms of the rules as they are now.
    pub fn take_back(
        mut self,
        voter: UserId,
        how: How,
        today: Option<&[Terms]>,
        now: Instant,
    ) -> Result<Change<Self>, TakeBackRefusal> {
        let facts = self.facts();
        let RequestState::Pending {
            answer_by,
            votes,
            taken_back,
            ..
        } = &mut self.state
        else {
            return Err(TakeBackRefusal::NotPending {
                state: Box::new(self.state),
            });
        };
        if now >= *answer_by {
            return Err(TakeBackRefusal::TooLate {
                answer_by: *answer_by,
            });
        }
        let place = votes
            .iter()
            .position(|vote| vote.voter.id == voter && (how.reaches_buttons() || vote.via.is_reaction()));
        let Some(place) = place else {
            return Err(TakeBackRefusal::NothingSaid);
        };
        let person = votes.remove(place).voter;
        let taken = TakenBack {
            person: voter,
            said: Said::Approval,
            how,
            at: now,
        };
        taken.note(taken_back);
        let fact = Fact::TakenBack {
            request: facts,
            voter: person.clone(),
            how,
            missing: today.and_then(|today| approvals_missing(votes, &self.terms, today)),
            needs: today.map_or_else(Vec::new, |today| named_needs(votes, &self.terms, today)),
        };
        let effects: Vec<Effect> = self.told();
        Ok(Change {
            after: self,
            records: vec![Entry {
                by: who(how, person),
                fact,
            }],
            effects,
        })
    }
}

/// Who took it back: of a reaction Discord only says whose it was, not who took it off.
pub(super) fn who(how: How, person: Person) -> By {
    match how {
        How::Button => By::Person(person),
        How::Reaction | How::Cleared | How::FoundGone => By::Bot,
    }
}

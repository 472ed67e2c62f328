//! The review of an access that somebody opened alone: it waits until somebody else has signed it.

use serde::{Deserialize, Serialize};

use super::{
    Change, Instant,
    actor::{Actor, Person},
    effect::{Effect, Task},
    ids::{RequestId, RequestNumber},
    record::{By, Entry, Fact},
    request::Request,
    text::FreeText,
};

/// What somebody opened alone, and who has looked at it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub request: RequestId,
    pub number: RequestNumber,
    pub broke: Person,
    pub broken_at: Instant,
    pub signed: Option<Signed>,
}

/// Who signed, and what they found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub by: Person,
    pub at: Instant,
    pub note: FreeText,
}

/// Why a review is not signed by this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSigned {
    /// Nobody reviews what they did.
    Own,
    /// Neither an approver of the request nor an administrator.
    NotAReviewer,
    Already(Signed),
    /// The note is what the next reader has.
    NoNote,
}

impl Review {
    /// The review that `request` asks for, which was opened `now`.
    pub fn of(request: &Request, now: Instant) -> Self {
        Self {
            request: request.id,
            number: request.number,
            broke: request.requester.clone(),
            broken_at: now,
            signed: None,
        }
    }

    /// Signs it. `administers` says whether this person administers the bot.
    pub fn sign(
        mut self,
        request: &Request,
        actor: &Actor,
        administers: bool,
        note: Option<FreeText>,
        now: Instant,
    ) -> Result<Change<Self>, NotSigned> {
        if actor.person.id == self.broke.id {
            return Err(NotSigned::Own);
        }
        if let Some(signed) = self.signed {
            return Err(NotSigned::Already(signed));
        }
        let approves = request.terms.iter().any(|terms| terms.quorum.includes(actor));
        if !approves && !administers {
            return Err(NotSigned::NotAReviewer);
        }
        let note = note.ok_or(NotSigned::NoNote)?;
        self.signed = Some(Signed {
            by: actor.person.clone(),
            at: now,
            note: note.clone(),
        });
        Ok(Change {
            records: vec![Entry {
                by: By::Person(actor.person.clone()),
                fact: Fact::ReviewSigned {
                    request: request.facts(),
                    note,
                },
            }],
            effects: vec![Effect::now(Task::Card {
                request: self.request,
            })],
            after: self,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::request::sample::{
        ALICE, BOB, CAROL, LEAD, NOW, ON_CALL, actor, facts, minutes, simple, source,
    };

    fn broken() -> (Request, Review) {
        let request = simple().from(source(), NOW).after;
        let review = Review::of(&request, NOW);
        (request, review)
    }

    fn signs(who: &Actor, administers: bool, note: &str) -> Result<Change<Review>, NotSigned> {
        let (request, review) = broken();
        review.sign(&request, who, administers, FreeText::new(note), NOW + minutes(9))
    }

    #[test]
    fn an_approver_or_an_administrator_signs_once() {
        let change = signs(&actor(BOB, &[ON_CALL]), false, "looked at the logs").unwrap();
        assert_eq!(facts(&change), ["review_signed"]);
        let (request, _) = broken();
        let again = change.after.sign(
            &request,
            &actor(CAROL, &[]),
            true,
            FreeText::new("me too"),
            NOW + minutes(10),
        );
        assert!(matches!(again, Err(NotSigned::Already(signed)) if signed.by.id.0 == BOB));
        assert!(signs(&actor(CAROL, &[]), true, "fine").is_ok());
    }

    #[test]
    fn nobody_signs_what_they_did_or_what_is_not_theirs_to_judge() {
        let refused = |who: Actor, administers, note| signs(&who, administers, note).map(|_| ()).unwrap_err();
        assert_eq!(
            refused(actor(ALICE, &[ON_CALL]), true, "all good"),
            NotSigned::Own
        );
        assert_eq!(refused(actor(BOB, &[LEAD]), false, "hm"), NotSigned::NotAReviewer);
        assert_eq!(refused(actor(BOB, &[ON_CALL]), false, " "), NotSigned::NoNote);
    }
}

//! A later start: decided now, checked again at the start, and only then opened.
//!
//! The end is fixed when it is asked: so long after the start as its length says. An approval that comes after the
//! start opens at once and ends all the same then, so that what an approver has read is what holds.

use serde::{Deserialize, Serialize};

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    actor::Person,
    alone::NotAlone,
    effect::{Effect, Task},
    ids::{RuleName, WindowId},
    record::{By, Entry, Fact},
    source::Source,
    vm::VmId,
    vote::{Door, Vote},
    window::Window,
};

/// Why an approved request was not opened at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum NotStarted {
    /// Somebody called it off before.
    CalledOff { person: Person },
    /// The requester is not in the guild any more.
    LeftGuild,
    /// No rule lets the requester ask for this any more: the roles have changed, or the rules.
    NoRule { door: Door },
    /// The inventory does not have the machine any more.
    VmGone { vm: VmId },
    /// The rules or the JIT policies would refuse it now; `code` is the stable code of the refusal.
    Refused { code: String },
    /// The bot was down until its end had come.
    OutOfTime,
    /// The rules of the start want more approvals than it has, or other people's.
    MoreApprovals,
    /// The rules of the start want a second look, and nobody who approved has taken one.
    SecondLook,
    /// A rule had approved it alone, and would not at the start; `None`: it approves nothing alone any more.
    NotAlone { rule: RuleName, why: Option<NotAlone> },
}

impl Request {
    /// Whether it waits for its start.
    pub fn is_scheduled(&self) -> bool {
        matches!(self.state, RequestState::Scheduled { .. })
    }

    /// The end of the time that was asked for, where that has a start of its own.
    pub(super) fn end_asked_for(&self) -> Option<Instant> {
        self.starts_at.map(|starts_at| starts_at + self.length.delta())
    }

    /// Approved before its start: nothing is opened yet.
    pub(super) fn schedule(
        mut self,
        source: Source,
        votes: Vec<Vote>,
        (starts_at, ends_at): (Instant, Instant),
        now: Instant,
    ) -> Change<(Self, Vec<Window>)> {
        self.state = RequestState::Scheduled {
            source,
            at: now,
            votes,
            starts_at,
            ends_at,
        };
        let approved = Entry {
            by: By::Rules(self.terms.iter().map(|terms| terms.rule.clone()).collect()),
            fact: Fact::Approved {
                request: self.facts(),
                approvers: self.approvers(),
                doors: self.doors().collect(),
                source,
                ends_at,
                automatic: self.is_automatic(),
                starts_at: Some(starts_at),
            },
        };
        let mut effects = self.told();
        effects.push(Effect::at(starts_at, Task::Start { request: self.id }));
        Change {
            after: (self, Vec::new()),
            records: vec![approved],
            effects,
        }
    }

    /// The start has come, and the requester may still have it; gives it back unchanged if it does not wait for its
    /// start, if that has not come, or if its end has.
    pub fn start(
        mut self,
        now: Instant,
        mut window_ids: impl FnMut() -> WindowId,
    ) -> Result<Change<(Self, Vec<Window>)>, Self> {
        let RequestState::Scheduled {
            source,
            at,
            ref votes,
            starts_at,
            ends_at,
        } = self.state
        else {
            return Err(self);
        };
        if now < starts_at || now >= ends_at {
            return Err(self);
        }
        self.state = RequestState::Approved {
            source,
            at,
            votes: votes.clone(),
            ends_at,
        };
        let started = Entry {
            by: By::Time,
            fact: Fact::Started {
                request: self.facts(),
                doors: self.doors().collect(),
                source,
                ends_at,
            },
        };
        let (windows, effects) = self.begin(source, ends_at, now, &mut window_ids);
        Ok(Change {
            after: (self, windows),
            records: vec![started],
            effects,
        })
    }

    /// It is not opened; gives it back unchanged if it does not wait for its start.
    pub fn not_started(mut self, why: NotStarted, by: By, now: Instant) -> Result<Change<Self>, Self> {
        let RequestState::Scheduled {
            source,
            at,
            ref votes,
            starts_at,
            ..
        } = self.state
        else {
            return Err(self);
        };
        self.state = RequestState::NotStarted {
            source,
            at: now,
            approved_at: at,
            votes: votes.clone(),
            starts_at,
            why: why.clone(),
        };
        let records = vec![Entry {
            by,
            fact: Fact::NotStarted {
                request: self.facts(),
                starts_at,
                why,
            },
        }];
        let effects = self.told();
        Ok(Change {
            after: self,
            records,
            effects,
        })
    }

    /// Somebody calls it off before its start. Whether they may is the caller's question.
    pub fn call_off(self, person: &Person, now: Instant) -> Result<Change<Self>, Self> {
        let why = NotStarted::CalledOff {
            person: person.clone(),
        };
        self.not_started(why, By::Person(person.clone()), now)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Ask, VoteRefusal,
            sample::{
                BOB, NOW, ON_CALL, actor, asks_for, ballot, facts, ids, minutes, person, simple, source,
            },
        },
        *,
    };
    use crate::domain::vote::Choice;

    /// Asked now, for an hour that starts in so many minutes.
    fn asked(starts_in: i64) -> Request {
        let ask = Ask {
            starts_at: Some(NOW + minutes(starts_in)),
            ..simple()
        };
        ask.from(source(), NOW).after
    }

    fn vote(request: Request, at: Instant) -> Result<Change<(Request, Vec<Window>)>, VoteRefusal> {
        let today = request.terms.clone();
        let yes = ballot(actor(BOB, &[ON_CALL]), Choice::Approve);
        request.vote(yes, Some(&today), at, ids())
    }

    #[test]
    fn approved_before_its_start_it_waits_without_windows() {
        let change = vote(asked(120), NOW + minutes(5)).unwrap();
        assert_eq!(facts(&change), ["voted", "approved"]);
        let (request, windows) = &change.after;
        assert!(windows.is_empty() && request.is_scheduled());
        let start = Task::Start { request: request.id };
        assert!(asks_for(&change.effects, &start, Some(NOW + minutes(120))));
        assert!(
            !change
                .effects
                .iter()
                .any(|effect| matches!(effect.task, Task::Open { .. }))
        );

        let request = request.clone();
        let early = request.start(NOW + minutes(119), ids()).unwrap_err();
        let late = early.start(NOW + minutes(180), ids()).unwrap_err();
        let change = late.start(NOW + minutes(121), ids()).unwrap();
        assert_eq!(facts(&change), ["started"]);
        let (request, windows) = change.after;
        assert_eq!(windows.len(), 1);
        assert_eq!(windows[0].ends_at, NOW + minutes(180));
        assert_eq!(request.state.name(), "approved");
        assert!(request.start(NOW + minutes(122), ids()).is_err(), "once");
    }

    #[test]
    fn approved_for_less_it_keeps_its_start() {
        let request = asked(120);
        let today = request.terms.clone();
        let mut yes = ballot(actor(BOB, &[ON_CALL]), Choice::Approve);
        yes.less.length = Some("20m".parse().unwrap());
        let change = request.vote(yes, Some(&today), NOW, ids()).unwrap();
        assert_eq!(facts(&change), ["narrowed", "voted", "approved"]);
        let change = change.after.0.start(NOW + minutes(130), ids()).unwrap();
        assert_eq!(change.after.1[0].ends_at, NOW + minutes(140));
    }

    #[test]
    fn approved_after_its_start_it_opens_at_once_and_ends_all_the_same() {
        let (request, windows) = vote(asked(10), NOW + minutes(20)).unwrap().after;
        assert_eq!(request.state.name(), "approved");
        assert_eq!(windows[0].ends_at, NOW + minutes(70));
    }

    #[test]
    fn an_answer_never_counts_past_the_end_that_was_asked_for() {
        let ask = Ask {
            starts_at: Some(NOW + minutes(1)),
            length: "5m".parse().unwrap(),
            ..simple()
        };
        let request = ask.from(source(), NOW).after;
        let refused = vote(request, NOW + minutes(6)).unwrap_err();
        assert_eq!(
            refused,
            VoteRefusal::TooLate {
                answer_by: NOW + minutes(6)
            }
        );
    }

    #[test]
    fn called_off_it_is_over_and_never_starts() {
        let (request, _) = vote(asked(60), NOW).unwrap().after;
        let change = request.call_off(&person(BOB), NOW + minutes(1)).unwrap();
        assert_eq!(facts(&change), ["not_started"]);
        let request = change.after;
        assert!(request.can_be_asked_again());
        let request = request.start(NOW + minutes(60), ids()).unwrap_err();
        assert!(request.call_off(&person(BOB), NOW + minutes(61)).is_err());
    }
}

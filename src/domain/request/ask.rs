//! Somebody asks: a draft while the source is unknown, pending once it is known.

use chrono::TimeDelta;

use super::{Extends, Request, RequestState, Target};
use crate::domain::{
    Change, Instant,
    actor::Person,
    effect::{Effect, Task},
    ids::{ChannelId, RequestId, RequestNumber},
    length::Length,
    record::{By, Entry, Fact},
    source::Source,
    text::FreeText,
    vote::Terms,
};

/// How long a draft waits for its source.
const DRAFT_LIFE: TimeDelta = TimeDelta::minutes(15);

/// A question that the rules allow, with all that they said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub id: RequestId,
    pub number: RequestNumber,
    pub requester: Person,
    pub targets: Vec<Target>,
    pub length: Length,
    pub reason: Option<FreeText>,
    pub terms: Vec<Terms>,
    pub asked_in: ChannelId,
    /// The shortest `answer_within` of the rules involved.
    pub answer_within: Length,
    /// The request whose access this one makes longer.
    pub extends: Option<Extends>,
    /// When the access is to start; `None` is with its approval.
    pub starts_at: Option<Instant>,
}

impl Ask {
    /// The request, pending, from `source`.
    pub fn from(self, source: Source, now: Instant) -> Change<Request> {
        let mut answer_by = now + self.answer_within.delta();
        if let Some(extends) = self.extends {
            // What has ended cannot be extended any more.
            answer_by = answer_by.min(extends.ends_at);
        }
        if let Some(starts_at) = self.starts_at {
            answer_by = answer_by.min(starts_at + self.length.delta());
        }
        pend(
            self.into_request(now, Pending::until(source, answer_by)),
            source,
            now,
        )
    }

    /// The request as a draft, which its requester completes with a source; `offered` is the last one they used.
    pub fn draft(self, offered: Option<Source>, now: Instant) -> Change<Request> {
        let mut lapses_at = now + DRAFT_LIFE;
        if let Some(starts_at) = self.starts_at {
            lapses_at = lapses_at.min(starts_at + self.length.delta());
        }
        let state = RequestState::Draft {
            offered,
            answer_within: self.answer_within,
            lapses_at,
        };
        let request = self.into_request(now, state);
        Change {
            effects: vec![
                Effect::at(lapses_at, Task::Lapse { request: request.id }),
                Effect::now(Task::Answer { request: request.id }),
            ],
            records: Vec::new(),
            after: request,
        }
    }

    fn into_request(self, now: Instant, state: RequestState) -> Request {
        Request {
            id: self.id,
            number: self.number,
            requester: self.requester,
            targets: self.targets,
            length: self.length,
            reason: self.reason,
            terms: self.terms,
            asked_at: now,
            asked_in: self.asked_in,
            extends: self.extends,
            narrowed: Vec::new(),
            starts_at: self.starts_at,
            state,
        }
    }
}

/// The requester names the source of a draft. `None`: it is no draft any more, or its time is over.
///
/// The rules must have judged `source` before.
pub fn confirm_source(mut request: Request, source: Source, now: Instant) -> Option<Change<Request>> {
    match request.state {
        RequestState::Draft {
            answer_within,
            lapses_at,
            ..
        } if now < lapses_at => {
            let answer_by = now + answer_within.delta();
            let answer_by = request
                .end_asked_for()
                .map_or(answer_by, |ends_at| answer_by.min(ends_at));
            request.state = Pending::until(source, answer_by);
            Some(pend(request, source, now))
        }
        _ => None,
    }
}

struct Pending;

impl Pending {
    fn until(source: Source, answer_by: Instant) -> RequestState {
        RequestState::Pending {
            source,
            answer_by,
            votes: Vec::new(),
            escalated: Vec::new(),
            claimed: None,
            taken_back: Vec::new(),
        }
    }
}

fn pend(request: Request, source: Source, now: Instant) -> Change<Request> {
    let answer_by = match &request.state {
        RequestState::Pending { answer_by, .. } => *answer_by,
        _ => now,
    };
    let asked = Fact::Asked {
        request: request.facts(),
        doors: request.doors().collect(),
        source,
        length: request.length,
        rules: request.terms.iter().map(|terms| terms.rule.clone()).collect(),
        answer_by,
        extends: request.extends.map(|extends| extends.number),
        starts_at: request.starts_at,
    };
    let timers = request.first_timers(now);
    Change {
        records: vec![Entry {
            by: By::Person(request.requester.clone()),
            fact: asked,
        }],
        effects: vec![
            Effect::now(Task::Card { request: request.id }),
            Effect::now(Task::Answer { request: request.id }),
            Effect::at(answer_by, Task::Lapse { request: request.id }),
        ]
        .into_iter()
        .chain(timers)
        .collect(),
        after: request,
    }
}

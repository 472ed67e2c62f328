//! A vote: it is counted, and it may decide.

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    actor::Actor,
    effect::{Effect, Task},
    ids::WindowId,
    quorum::Need,
    record::{By, Entry, Fact},
    source::Source,
    text::FreeText,
    vote::{Choice, Terms, Via, Vote, approvals_missing, doors_open_to, named_needs},
    window::Window,
};

/// A vote as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    pub voter: Actor,
    pub choice: Choice,
    pub via: Via,
    /// Why not; a reaction cannot say.
    pub reason: Option<FreeText>,
}

/// Why a vote does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoteRefusal {
    /// It is decided, withdrawn or lapsed already; the state says by whom.
    NotPending { state: Box<RequestState> },
    /// The time for an answer is over, although the lapse is not written yet.
    TooLate { answer_by: Instant },
    /// Nobody decides on their own request.
    OwnRequest,
    /// Not an approver under the rule as it was when asked, or not under the rule as it is now.
    NotAnApprover,
    /// No rule allows this request any more, so nobody can approve it.
    NoRuleNow,
    /// This person has said the same already.
    SaidAlready { missing: u8, needs: Vec<Need> },
}

impl Request {
    /// Counts a vote; the last one needed approves, a denial by any approver decides at once.
    ///
    /// `today` are the terms of the rules as they are now, `None` if they would not allow this request.
    /// `window_ids` gives fresh ids for the windows of an approval. The windows come back with the request.
    pub fn vote(
        mut self,
        ballot: Ballot,
        today: Option<&[Terms]>,
        now: Instant,
        mut window_ids: impl FnMut() -> WindowId,
    ) -> Result<Change<(Self, Vec<Window>)>, VoteRefusal> {
        let RequestState::Pending {
            source,
            answer_by,
            ref votes,
            ref escalated,
        } = self.state
        else {
            return Err(VoteRefusal::NotPending {
                state: Box::new(self.state),
            });
        };
        let mut votes = votes.clone();
        let escalated = escalated.clone();
        if now >= answer_by {
            return Err(VoteRefusal::TooLate { answer_by });
        }
        if ballot.voter.person.id == self.requester.id {
            return Err(VoteRefusal::OwnRequest);
        }
        let by = By::Person(ballot.voter.person.clone());
        if ballot.choice == Choice::Deny {
            // A denial needs no rule of today: where the rule is gone, whoever could approve may still say no.
            if !self
                .terms
                .iter()
                .any(|terms| terms.quorum.includes(&ballot.voter))
            {
                return Err(VoteRefusal::NotAnApprover);
            }
            let denied = Fact::Denied {
                request: self.facts(),
                via: ballot.via,
                why: ballot.reason.clone(),
            };
            self.state = RequestState::Denied {
                source,
                at: now,
                by: ballot.voter.person,
                reason: ballot.reason,
            };
            let effects = self.told();
            return Ok(Change {
                after: (self, Vec::new()),
                records: vec![Entry { by, fact: denied }],
                effects,
            });
        }

        let today = today.ok_or(VoteRefusal::NoRuleNow)?;
        let counts_for = doors_open_to(&ballot.voter, &self.terms, today);
        if counts_for.is_empty() {
            return Err(VoteRefusal::NotAnApprover);
        }
        let said_already = votes.iter().any(|vote| vote.voter.id == ballot.voter.person.id);
        if !said_already {
            votes.push(Vote {
                voter: ballot.voter.person,
                choice: Choice::Approve,
                via: ballot.via,
                at: now,
                counts_for,
                roles: Some(ballot.voter.roles),
            });
        }
        let missing = approvals_missing(&votes, &self.terms, today).ok_or(VoteRefusal::NoRuleNow)?;
        // The rule may ask for fewer approvals than at the last click: then this click, though no new vote, decides.
        let needs = named_needs(&votes, &self.terms, today);
        if said_already && missing > 0 {
            return Err(VoteRefusal::SaidAlready { missing, needs });
        }
        let voted = Entry {
            by,
            fact: Fact::Voted {
                request: self.facts(),
                choice: Choice::Approve,
                via: ballot.via,
                missing,
                needs,
            },
        };
        if missing > 0 {
            self.state = RequestState::Pending {
                source,
                answer_by,
                votes,
                escalated,
            };
            let effects = self.told();
            return Ok(Change {
                after: (self, Vec::new()),
                records: vec![voted],
                effects,
            });
        }

        let mut approved = self.approve(source, votes, now, &mut window_ids);
        approved.records.insert(0, voted);
        Ok(approved)
    }

    /// The access begins: by the `votes` that were needed, or without any where the rules say so.
    pub(super) fn approve(
        mut self,
        source: Source,
        votes: Vec<Vote>,
        now: Instant,
        window_ids: &mut impl FnMut() -> WindowId,
    ) -> Change<(Self, Vec<Window>)> {
        // Computed here and never again, so that no retry can lengthen a window.
        let ends_at = self.end_if_approved(now);
        self.state = RequestState::Approved {
            source,
            at: now,
            votes,
            ends_at,
        };
        let windows = self.windows(source, ends_at, now, window_ids);
        let approved = Entry {
            by: By::Rules(self.terms.iter().map(|terms| terms.rule.clone()).collect()),
            fact: Fact::Approved {
                request: self.facts(),
                approvers: self.approvers(),
                doors: self.doors().collect(),
                source,
                ends_at,
                automatic: self.is_automatic(),
            },
        };
        let mut effects = self.told();
        effects.extend(opening(&self, &windows));
        effects.extend(
            windows
                .iter()
                .map(|window| Effect::at(ends_at, Task::End { window: window.id })),
        );
        Change {
            after: (self, windows),
            records: vec![approved],
            effects,
        }
    }

    fn windows(
        &self,
        source: Source,
        ends_at: Instant,
        now: Instant,
        window_ids: &mut impl FnMut() -> WindowId,
    ) -> Vec<Window> {
        self.targets
            .iter()
            .flat_map(|target| target.ports.iter().map(move |entry| (target, entry)))
            .map(|(target, entry)| {
                Window::opening(
                    window_ids(),
                    self.id,
                    target.vm.clone(),
                    entry.policy.clone(),
                    entry.port,
                    source,
                    ends_at,
                    now,
                )
            })
            .collect()
    }

    /// Whoever looks at this request must see its new state.
    pub(super) fn told(&self) -> Vec<Effect> {
        vec![
            Effect::now(Task::Card { request: self.id }),
            Effect::now(Task::Answer { request: self.id }),
        ]
    }
}

/// One call for each JIT policy: Azure replaces requests per port, and a write costs quota.
fn opening(request: &Request, windows: &[Window]) -> Vec<Effect> {
    let mut calls: Vec<(&crate::domain::vm::JitPolicyId, Vec<WindowId>)> = Vec::new();
    for window in windows {
        match calls.iter_mut().find(|(policy, _)| *policy == &window.policy) {
            Some((_, ids)) => ids.push(window.id),
            None => calls.push((&window.policy, vec![window.id])),
        }
    }
    calls
        .into_iter()
        .map(|(policy, windows)| {
            Effect::now(Task::Open {
                request: request.id,
                policy: policy.clone(),
                windows,
            })
        })
        .collect()
}

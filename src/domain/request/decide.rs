//! A vote: it is counted, and it may decide.

use super::{Less, NotLess, Request, RequestState, Said, TakenBack};
use crate::domain::{
    Change, Instant,
    actor::Actor,
    effect::{Effect, Task},
    ids::WindowId,
    quorum::Need,
    record::{By, Entry, Fact},
    second_look::looked_at_twice,
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
    /// What is approved, where it is less than what is asked.
    pub less: Less,
    /// For a reaction that was given while nobody listened: when the list in which it stands began to be read.
    pub read_at: Option<Instant>,
}

impl Ballot {
    /// A vote on all that is asked, without a reason.
    pub fn new(voter: Actor, choice: Choice, via: Via) -> Self {
        Self {
            voter,
            choice,
            via,
            reason: None,
            less: Less::default(),
            read_at: None,
        }
    }
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
    /// The facts have to be repeated first, and confirmed.
    SecondLook,
    /// More than what is asked, in length or source.
    NotLess(NotLess),
    /// The reaction was found, but its vote was taken back.
    TakenBack,
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
            mut source,
            answer_by,
            mut votes,
            escalated,
            claimed,
            mut taken_back,
        } = self.state.clone()
        else {
            return Err(VoteRefusal::NotPending {
                state: Box::new(self.state),
            });
        };
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
        let voter = ballot.voter.person.id;
        if let Some(read_at) = ballot.read_at
            && TakenBack::covers(&taken_back, voter, Said::Approval, read_at)
        {
            return Err(VoteRefusal::TakenBack);
        }
        let narrowed = self
            .narrow(&mut source, ballot.less, &ballot.voter.person, now)
            .map_err(VoteRefusal::NotLess)?;
        // Made shorter, an access with a start of its own may be over before its answer is.
        if let Some(ends_at) = self.end_asked_for().filter(|ends_at| now >= *ends_at) {
            return Err(VoteRefusal::TooLate { answer_by: ends_at });
        }
        let is_risky = !looked_at_twice(
            &self.terms,
            Some(today),
            self.all_that_is_left(self.asked_at),
            source,
        )
        .is_empty();
        if is_risky && ballot.via != Via::SecondLook {
            let has_confirmed = |vote: &Vote| vote.voter.id == voter && vote.via == Via::SecondLook;
            if narrowed.is_none()
                && votes.iter().any(has_confirmed)
                && let Some(missing) =
                    approvals_missing(&votes, &self.terms, today).filter(|missing| *missing > 0)
            {
                // It counts already, and does not stop to by being repeated in a way that would not.
                let needs = named_needs(&votes, &self.terms, today);
                return Err(VoteRefusal::SaidAlready { missing, needs });
            }
            return Err(VoteRefusal::SecondLook);
        }
        let mut is_firmer = false;
        let said_already = if let Some(vote) = votes.iter_mut().find(|vote| vote.voter.id == voter) {
            // What a button repeats does not go with the reaction.
            is_firmer = vote.via.is_reaction() && !ballot.via.is_reaction();
            if is_firmer {
                vote.via = ballot.via;
            }
            true
        } else {
            votes.push(Vote {
                voter: ballot.voter.person,
                choice: Choice::Approve,
                via: ballot.via,
                at: now,
                counts_for,
                roles: Some(ballot.voter.roles),
            });
            TakenBack::forget(&mut taken_back, voter, Said::Approval);
            false
        };
        let missing = approvals_missing(&votes, &self.terms, today).ok_or(VoteRefusal::NoRuleNow)?;
        let needs = named_needs(&votes, &self.terms, today);
        // The rule may ask for fewer approvals than at the last click: then this click, though no new vote, decides.
        let changes = !said_already || missing == 0;
        if !changes && !is_firmer && narrowed.is_none() {
            return Err(VoteRefusal::SaidAlready { missing, needs });
        }
        let voted = changes.then(|| Fact::Voted {
            request: self.facts(),
            choice: Choice::Approve,
            via: ballot.via,
            missing,
            needs,
        });
        let records = narrowed
            .into_iter()
            .chain(voted)
            .map(|fact| Entry { by: by.clone(), fact })
            .collect::<Vec<_>>();
        if missing > 0 {
            self.state = RequestState::Pending {
                source,
                answer_by,
                votes,
                escalated,
                claimed,
                taken_back,
            };
            let effects = self.told();
            return Ok(Change {
                after: (self, Vec::new()),
                records,
                effects,
            });
        }

        let mut approved = self.approve(source, votes, now, &mut window_ids);
        approved.records.splice(0..0, records);
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
        if let Some(starts_at) = self.starts_at.filter(|starts_at| now < *starts_at) {
            return self.schedule(source, votes, (starts_at, ends_at), now);
        }
        self.state = RequestState::Approved {
            source,
            at: now,
            votes,
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
                starts_at: None,
            },
        };
        let (windows, effects) = self.begin(source, ends_at, now, window_ids);
        Change {
            after: (self, windows),
            records: vec![approved],
            effects,
        }
    }

    /// The windows, and what opens and ends them.
    pub(super) fn begin(
        &self,
        source: Source,
        ends_at: Instant,
        now: Instant,
        window_ids: &mut impl FnMut() -> WindowId,
    ) -> (Vec<Window>, Vec<Effect>) {
        let windows = self.windows(source, ends_at, now, window_ids);
        let mut effects = self.told();
        effects.extend(opening(self, &windows));
        effects.extend(
            windows
                .iter()
                .map(|window| Effect::at(ends_at, Task::End { window: window.id })),
        );
        (windows, effects)
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

//! Somebody votes, by button or by reaction.

use super::{Engine, conflict, despite_races, measure, reactions, write};
use crate::{
    domain::{
        Change,
        actor::Actor,
        effect::{Effect, Task},
        freeze::Freeze,
        ids::RequestId,
        record::{By, Entry, Fact},
        request::{Ballot, Request, RequestState, VoteRefusal},
        vote::{Via, approvals_missing},
    },
    store::StoreError,
};

/// What a vote led to.
#[derive(Debug)]
pub struct Voted {
    pub request: Request,
    /// How many approvals are still missing; zero when it is decided.
    pub missing: u8,
    /// A freeze that holds the opening back.
    pub freeze: Option<Freeze>,
}

/// Why a vote led to nothing.
#[derive(Debug)]
pub enum NotVoted {
    UnknownRequest,
    Refused { request: Box<Request>, why: VoteRefusal },
}

impl Engine {
    /// Counts a vote, or records why it does not count.
    pub async fn vote(&self, id: RequestId, ballot: &Ballot) -> Result<Result<Voted, NotVoted>, StoreError> {
        despite_races(|| self.try_vote(id, ballot)).await
    }

    async fn try_vote(&self, id: RequestId, ballot: &Ballot) -> Result<Result<Voted, NotVoted>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotVoted::UnknownRequest));
        };
        let today = self.terms_today(&request);
        match request
            .clone()
            .vote(ballot.clone(), today.as_deref(), now, || self.fresh_window_id())
        {
            Ok(change) => {
                let (request, windows) = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.insert_windows(&windows).await?;
                if !windows.is_empty() {
                    let told = conflict::owners_are_told(&mut work, &request).await?;
                    write(&mut work, told, now).await?;
                }
                let freeze = work.freeze().await?;
                work.commit().await?;
                measure::decision(&request, now);
                let missing = match &request.state {
                    RequestState::Pending { votes, .. } => {
                        approvals_missing(votes, &request.terms, today.as_deref().unwrap_or_default())
                            .unwrap_or(1)
                    }
                    _ => 0,
                };
                Ok(Ok(Voted {
                    request,
                    missing,
                    freeze,
                }))
            }
            Err(why) => {
                if let Some(mut change) = refused(&request, ballot, &why) {
                    if ballot.via.is_reaction() && !change.records.is_empty() {
                        let emoji = reactions::emoji(ballot.choice);
                        let off =
                            reactions::off_the_card(&mut work, id, ballot.voter.person.id, emoji).await?;
                        change.effects.extend(off);
                    }
                    write(&mut work, change, now).await?;
                    work.commit().await?;
                }
                Ok(Err(NotVoted::Refused {
                    request: Box::new(request),
                    why,
                }))
            }
        }
    }
}

/// An unauthorised vote is recorded; one that came late, or twice, is only answered.
fn refused(request: &Request, ballot: &Ballot, why: &VoteRefusal) -> Option<Change<()>> {
    let code = match why {
        VoteRefusal::OwnRequest => "own_request",
        VoteRefusal::NotAnApprover => "not_an_approver",
        VoteRefusal::NoRuleNow => "no_rule_now",
        VoteRefusal::NotPending { state } if !decided_by(state, &ballot.voter) => {
            return only_answered(request, ballot, "not_pending");
        }
        VoteRefusal::TooLate { .. } => return only_answered(request, ballot, "too_late"),
        // With a button it is not refused: the facts are repeated, and a second button counts.
        VoteRefusal::SecondLook if ballot.via.is_reaction() => "second_look",
        VoteRefusal::NotPending { .. }
        | VoteRefusal::SaidAlready { .. }
        | VoteRefusal::SecondLook
        | VoteRefusal::NotLess(_)
        | VoteRefusal::TakenBack => return None,
    };
    let fact = Fact::VoteRefused {
        request: request.facts(),
        choice: ballot.choice,
        via: ballot.via,
        why: code.to_owned(),
    };
    Some(Change {
        after: (),
        records: vec![Entry {
            by: By::Person(ballot.voter.person.clone()),
            fact,
        }],
        effects: told_privately(request, &ballot.voter, ballot.via, code),
    })
}

/// Whoever decided needs no message that it is decided.
fn decided_by(state: &RequestState, voter: &Actor) -> bool {
    match state {
        RequestState::Approved { votes, .. }
        | RequestState::Settled { votes, .. }
        | RequestState::Scheduled { votes, .. }
        | RequestState::NotStarted { votes, .. } => votes.iter().any(|vote| vote.voter.id == voter.person.id),
        RequestState::Denied { by, .. } => by.id == voter.person.id,
        _ => false,
    }
}

fn only_answered(request: &Request, ballot: &Ballot, code: &str) -> Option<Change<()>> {
    let effects = told_privately(request, &ballot.voter, ballot.via, code);
    (!effects.is_empty()).then_some(Change {
        after: (),
        records: Vec::new(),
        effects,
    })
}

/// A button has its private answer already; a reaction can only be answered by direct message.
pub(super) fn told_privately(request: &Request, voter: &Actor, via: Via, why: &str) -> Vec<Effect> {
    if !via.is_reaction() {
        return Vec::new();
    }
    vec![Effect::now(Task::TellVoter {
        request: request.id,
        voter: voter.person.id,
        why: why.to_owned(),
    })]
}

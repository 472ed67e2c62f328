//! A request and its life: `Draft → Pending → Approved → Settled`, or `Denied`, `Withdrawn`, `Lapsed`; with a later
//! start `Pending → Scheduled → Approved`, or `NotStarted`.
//!
//! One transition, one file.

mod again;
mod alone;
mod ask;
mod at_start;
mod attention;
mod claim;
mod decide;
mod extend;
mod glass;
mod lapse;
mod narrow;
mod schedule;
mod settle;
mod take_back;
mod withdraw;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::{
    ask::{Ask, confirm_source},
    claim::{Claim, ClaimRefusal},
    decide::{Ballot, VoteRefusal},
    extend::{ExtendRefusal, Extendable, Extends},
    narrow::{Less, Narrowing, NotLess},
    schedule::NotStarted,
    take_back::{How, Said, TakeBackRefusal, TakenBack},
    withdraw::WithdrawRefusal,
};
use super::{
    Instant,
    actor::Person,
    attention::Escalated,
    ids::{ChannelId, RequestId, RequestNumber},
    length::Length,
    port::Port,
    record::RequestFacts,
    source::Source,
    text::FreeText,
    vm::{JitPolicyId, VmId},
    vote::{Door, Terms, Vote},
};

/// Somebody asks for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub number: RequestNumber,
    pub requester: Person,
    /// One or more, each VM once.
    pub targets: Vec<Target>,
    pub length: Length,
    pub reason: Option<FreeText>,
    /// The rules as they were when asked, one entry per rule involved.
    pub terms: Vec<Terms>,
    pub asked_at: Instant,
    /// Where it was asked: the channel for a notice when the requester's inbox is closed.
    pub asked_in: ChannelId,
    /// The request whose access this one makes longer.
    pub extends: Option<Extends>,
    /// How approvers have made it less than was asked, in order; `length` and the source are what is left.
    pub narrowed: Vec<Narrowing>,
    /// When the access is to start; `None` is with its approval.
    pub starts_at: Option<Instant>,
    pub state: RequestState,
}

/// One VM and the ports asked for on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub vm: VmId,
    /// The JIT policy through which each port opens; one VM may be in several.
    pub ports: Vec<TargetPort>,
}

/// A port of a target and the JIT policy that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetPort {
    pub port: Port,
    pub policy: JitPolicyId,
}

/// Where a request stands, with exactly the facts of that state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RequestState {
    /// The source is not known yet; `offered` is the last one that this person used, if the rules allow it here.
    Draft {
        #[serde(default)]
        offered: Option<Source>,
        answer_within: Length,
        lapses_at: Instant,
    },
    Pending {
        source: Source,
        answer_by: Instant,
        votes: Vec<Vote>,
        /// Whom the rules have called since, beside those whom the card called.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        escalated: Vec<Escalated>,
        /// The approver who is looking at it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        claimed: Option<Claim>,
        /// What approvers have taken back.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        taken_back: Vec<TakenBack>,
    },
    Approved {
        source: Source,
        at: Instant,
        votes: Vec<Vote>,
        ends_at: Instant,
    },
    Denied {
        source: Source,
        at: Instant,
        by: Person,
        reason: Option<FreeText>,
    },
    Withdrawn {
        source: Option<Source>,
        at: Instant,
    },
    Lapsed {
        source: Option<Source>,
        at: Instant,
    },
    Settled {
        source: Source,
        at: Instant,
        approved_at: Instant,
        votes: Vec<Vote>,
        ends_at: Instant,
    },
    /// Approved, and it waits for its start.
    Scheduled {
        source: Source,
        at: Instant,
        votes: Vec<Vote>,
        starts_at: Instant,
        ends_at: Instant,
    },
    /// Approved, and never opened.
    NotStarted {
        source: Source,
        at: Instant,
        approved_at: Instant,
        votes: Vec<Vote>,
        starts_at: Instant,
        why: NotStarted,
    },
}

impl RequestState {
    /// The state's name, as it is stored and shown.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Pending { .. } => "pending",
            Self::Approved { .. } => "approved",
            Self::Denied { .. } => "denied",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Lapsed { .. } => "lapsed",
            Self::Settled { .. } => "settled",
            Self::Scheduled { .. } => "scheduled",
            Self::NotStarted { .. } => "not_started",
        }
    }
}

impl Request {
    /// The source, once it is known.
    pub fn source(&self) -> Option<Source> {
        match &self.state {
            RequestState::Draft { .. } => None,
            RequestState::Withdrawn { source, .. } | RequestState::Lapsed { source, .. } => *source,
            RequestState::Pending { source, .. }
            | RequestState::Approved { source, .. }
            | RequestState::Denied { source, .. }
            | RequestState::Settled { source, .. }
            | RequestState::Scheduled { source, .. }
            | RequestState::NotStarted { source, .. } => Some(*source),
        }
    }

    /// All doors, in the order in which they were asked for.
    pub fn doors(&self) -> impl Iterator<Item = Door> + '_ {
        self.targets.iter().flat_map(|target| {
            target.ports.iter().map(|entry| Door {
                vm: target.vm.clone(),
                port: entry.port,
            })
        })
    }

    /// The votes so far.
    pub fn votes(&self) -> &[Vote] {
        match &self.state {
            RequestState::Pending { votes, .. }
            | RequestState::Approved { votes, .. }
            | RequestState::Settled { votes, .. }
            | RequestState::Scheduled { votes, .. }
            | RequestState::NotStarted { votes, .. } => votes,
            _ => &[],
        }
    }

    /// Whoever approved, in the order of their votes; empty while nobody has.
    pub fn approvers(&self) -> Vec<Person> {
        self.votes().iter().map(|vote| vote.voter.clone()).collect()
    }

    /// What a record remembers of a request.
    pub fn facts(&self) -> RequestFacts {
        RequestFacts {
            id: self.id,
            number: self.number,
            requester: self.requester.clone(),
            reason: self.reason.clone(),
        }
    }
}

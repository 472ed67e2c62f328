//! What an administrator wants of the JIT policies, from the proposal to its end.
//!
//! A proposal says exactly what will change and waits for its own administrator's confirmation. Confirmed, each of
//! its steps is written to one JIT policy. Azure has no revision of a JIT policy that a write could name, so a step
//! carries what its machines looked like when it was proposed: where they look otherwise by now, nothing is written.

mod caution;
mod propose;
#[cfg(test)]
mod tests;
mod typed;
mod wish;
mod writing;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

pub use self::{
    caution::{Caution, LONG_LIMIT, OpenWindow, cautions},
    propose::{ConfirmRefusal, Confirmed},
    typed::{
        LimitRefusal, PortsTyped, SourcesRefusal, parse_limit, parse_ports, parse_protocol, parse_sources,
    },
    wish::{CLASSIC, Wish, recommended_limit, usual_port},
    writing::{Call, Crossed, FailedStep, Fingerprints, StepState},
};
use super::{
    Instant,
    actor::Person,
    ids::ProposalId,
    port::Port,
    vm::{AllowedSources, JitPolicyId, JitPort, Unsupported, VmId},
};

/// How long a proposal can be confirmed: as long as its message can be edited.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// What an administrator wants to change; its steps are kept beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub id: ProposalId,
    /// Only this person may confirm it.
    pub by: Person,
    pub lapses_at: Instant,
    pub state: ProposalState,
}

/// Where a proposal stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ProposalState {
    /// A menu is shown, from which the administrator chooses first.
    Choosing {
        menu: Menu,
    },
    /// What will change is shown; nothing happens until it is confirmed.
    Waiting {
        cautions: Vec<Caution>,
        left_out: Vec<LeftOut>,
    },
    Confirmed {
        at: Instant,
    },
    Cancelled {
        at: Instant,
    },
}

/// A machine that was named and that the proposal does not touch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    pub vm: VmId,
    pub why: NotTouched,
}

/// Why a proposal does not touch a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotTouched {
    /// JIT guards it already.
    Configured,
    /// JIT does not guard it.
    NotConfigured,
    /// JIT cannot guard it.
    Unsupported(Unsupported),
    /// Its system is not known, so neither is its usual port, and none was given.
    NoUsualPort,
}

/// What there is to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "menu", rename_all = "snake_case")]
pub enum Menu {
    /// Which of these machines to guard, each with these ports, or with the usual one of its system.
    Guard {
        vms: Vec<VmId>,
        ports: Option<Vec<Port>>,
        sources: AllowedSources,
        max: std::time::Duration,
    },
    /// Which of these machines to guard no more.
    Unguard { vms: Vec<VmId> },
    /// What to do with the ports of this machine.
    Ports { vm: VmId },
}

/// The part of a proposal that is written to one JIT policy, with one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub policy: JitPolicyId,
    /// There was no such JIT policy when it was proposed; the step makes it.
    pub is_new: bool,
    pub changes: Vec<VmChange>,
    pub state: StepState,
}

/// What a step does to one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VmChange {
    pub vm: VmId,
    /// Its ports in the JIT policy as the administrator saw them; empty: it was not in it.
    pub before: Vec<JitPort>,
    pub wish: Wish,
}

impl VmChange {
    /// Its ports in the JIT policy once the wish is fulfilled; empty: it is not in it.
    pub fn after(&self) -> Vec<JitPort> {
        self.wish.applied(&self.before)
    }

    /// Whether it can let in somebody who could not come in before.
    pub fn may_open(&self) -> bool {
        self.wish.may_open(&self.before)
    }
}

impl Step {
    /// Whether it can let in somebody who could not come in before; a freeze stops that.
    pub fn may_open(&self) -> bool {
        self.changes.iter().any(VmChange::may_open)
    }

    /// Whether nothing more will happen to it.
    pub fn is_over(&self) -> bool {
        matches!(self.state, StepState::Done { .. } | StepState::Failed { .. })
    }
}

/// What a record remembers of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepFacts {
    pub proposal: ProposalId,
    pub policy: JitPolicyId,
    pub changes: Vec<VmChange>,
    pub asked_by: Person,
}

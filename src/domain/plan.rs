//! Microsoft Defender for Servers: the plan that JIT is part of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::vm::VmId;

/// Which plan is on. JIT needs [`Plan::P2`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    Free,
    P1,
    P2,
    /// One that did not exist when this was written; it is not taken for one with JIT.
    Other,
}

impl Plan {
    /// Whether JIT is part of it.
    pub fn includes_jit(self) -> bool {
        self == Self::P2
    }
}

/// How many of a subscription's machines its plan covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    Full,
    /// Some machines have a plan of their own.
    Partial,
    None,
    Unknown,
}

/// How the plan of a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanState {
    pub plan: Plan,
    /// What is left of the time in which it costs nothing; `None` where that is over.
    pub trial_left: Option<Duration>,
    pub coverage: Coverage,
}

/// A machine that does not have its subscription's plan, but one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptedOut {
    pub vm: VmId,
    pub plan: Plan,
}

/// What is known of the plans in one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plans {
    pub state: PlanState,
    pub opted_out: Vec<OptedOut>,
    /// Machines that might be opted out and were not asked for.
    pub unasked: usize,
}

impl Plans {
    /// The plan in force on `vm`.
    pub fn of(&self, vm: &VmId) -> Plan {
        self.opted_out
            .iter()
            .find(|out| out.vm == *vm)
            .map_or(self.state.plan, |out| out.plan)
    }
}

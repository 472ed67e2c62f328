//! How a step is written, and how it can end.

use serde::{Deserialize, Serialize};

use super::{Proposal, Step, StepFacts};
use crate::domain::{
    Change, Instant,
    record::{By, Entry, Fact},
    text::FreeText,
    trouble::Trouble,
    vm::{JitPolicyId, VmId},
};

/// The machines of a JIT policy, each with a digest of what the policy says of it.
pub type Fingerprints = Vec<(String, String)>;

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepState {
    /// To be written. `tries` counts the times that it was worked out, `sends` the calls that left.
    Queued {
        tries: u32,
        sends: u32,
    },
    /// The call leaves now, or has left; nobody knows yet what came of it.
    Sent {
        at: Instant,
        tries: u32,
        sends: u32,
        base: Fingerprints,
    },
    /// Azure has taken it and changes the network rules.
    Updating {
        sent_at: Instant,
        since: Instant,
        base: Fingerprints,
        /// Azure's id of the call, by which the Activity Log names it.
        correlation: Option<String>,
    },
    Done {
        at: Instant,
        /// `None`: everything was as wanted already, and nothing was sent.
        call: Option<Call>,
        /// Somebody else who wrote the JIT policy while the call was on its way.
        crossed: Option<Crossed>,
    },
    Failed {
        at: Instant,
        why: FailedStep,
    },
}

/// The call that did it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Just before the last look at the JIT policy.
    pub sent_at: Instant,
    /// When Azure was known to have taken it.
    pub taken_at: Instant,
    /// Azure's id of it, by which the Activity Log names it; unknown where its answer was lost.
    pub correlation: Option<String>,
}

/// A write of somebody else that ours may have undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossed {
    pub who: FreeText,
    pub at: Instant,
}

/// Why a step was not done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum FailedStep {
    /// Azure did not do it.
    Azure { trouble: Trouble },
    /// The JIT policy is there no more.
    PolicyGone,
    /// Another JIT policy has taken this machine meanwhile.
    Elsewhere { vm: VmId, policy: JitPolicyId },
    /// What the JIT policy says of this machine is not what was shown.
    Changed { vm: VmId },
    /// What the JIT policy says of this machine cannot be understood.
    Unreadable { vm: VmId },
    /// Somebody else writes the JIT policy again and again.
    NeverQuiet,
    /// Azure was changing the JIT policy for too long.
    Busy,
    /// Azure took the change and could not write the network rules.
    NotProvisioned,
    /// Azure took the change and is not ready with it.
    StillUpdating,
    /// Azure took the change, and it is not there now.
    Overwritten { vm: VmId },
    /// The call's outcome was never known, and the JIT policy does not show it.
    Lost,
    /// A freeze came before it was written.
    Frozen,
}

impl Step {
    /// What a record remembers of it.
    pub fn facts(&self, proposal: &Proposal) -> StepFacts {
        StepFacts {
            proposal: proposal.id,
            policy: self.policy.clone(),
            changes: self.changes.clone(),
            asked_by: proposal.by.clone(),
        }
    }

    /// The call is about to leave; written before it does.
    #[must_use]
    pub fn sent(mut self, base: Fingerprints, now: Instant) -> Self {
        let (tries, sends) = self.counts();
        self.state = StepState::Sent {
            at: now,
            tries: tries + 1,
            sends: sends + 1,
            base,
        };
        self
    }

    /// Nothing was sent, or surely nothing came of it: it is worked out anew.
    #[must_use]
    pub fn back(mut self, was_sent: bool) -> Self {
        let (tries, sends) = self.counts();
        self.state = StepState::Queued {
            tries,
            sends: if was_sent { sends } else { sends.saturating_sub(1) },
        };
        self
    }

    /// How often it was worked out, and how many calls left.
    pub fn counts(&self) -> (u32, u32) {
        match self.state {
            StepState::Queued { tries, sends } | StepState::Sent { tries, sends, .. } => (tries, sends),
            StepState::Updating { .. } | StepState::Done { .. } | StepState::Failed { .. } => (0, 0),
        }
    }

    /// Azure shows that it has taken the call that left at `sent_at`.
    #[must_use]
    pub fn taken(
        mut self,
        sent_at: Instant,
        base: Fingerprints,
        correlation: Option<String>,
        now: Instant,
    ) -> Self {
        self.state = StepState::Updating {
            sent_at,
            since: now,
            base,
            correlation,
        };
        self
    }

    /// It is as wanted. `others` are machines that somebody else changed in the same JIT policy meanwhile.
    #[must_use]
    pub fn done(mut self, proposal: &Proposal, others: Vec<String>, now: Instant) -> Change<Self> {
        let call = match self.state {
            StepState::Updating {
                sent_at,
                since,
                correlation,
                ..
            } => Some(Call {
                sent_at,
                taken_at: since,
                correlation,
            }),
            _ => None,
        };
        self.state = StepState::Done {
            at: now,
            call,
            crossed: None,
        };
        let fact = Fact::Configured {
            step: self.facts(proposal),
            others,
        };
        self.with(By::Azure, fact)
    }

    /// The Activity Log shows that somebody else wrote while it was written. `None`: that is known already.
    pub fn crossed(mut self, proposal: &Proposal, other: Crossed) -> Option<Change<Self>> {
        let StepState::Done { crossed, .. } = &mut self.state else {
            return None;
        };
        if crossed.is_some() {
            return None;
        }
        *crossed = Some(other.clone());
        let fact = Fact::ConfigureCrossed {
            step: self.facts(proposal),
            other,
        };
        Some(self.with(By::Azure, fact))
    }

    /// It will not be done.
    #[must_use]
    pub fn failed(mut self, proposal: &Proposal, why: FailedStep, now: Instant) -> Change<Self> {
        self.state = StepState::Failed {
            at: now,
            why: why.clone(),
        };
        let fact = Fact::ConfigureFailed {
            step: self.facts(proposal),
            why,
        };
        self.with(By::Azure, fact)
    }

    fn with(self, by: By, fact: Fact) -> Change<Self> {
        Change {
            after: self,
            records: vec![Entry { by, fact }],
            effects: Vec::new(),
        }
    }
}

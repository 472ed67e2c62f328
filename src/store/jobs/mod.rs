//! Jobs: what the outside world must be asked to do, kept until it is done.
//!
//! One living job per [`Task::key`]: asking again makes it run again. A worker claims a job for a lease, does it,
//! and writes the result only while the lease is still its own. Timers are jobs with a later `due_at`.

pub(super) mod claim;
pub(super) mod enqueue;
pub(super) mod finish;
pub(super) mod look;

use serde_json::Value;

pub use self::{claim::Claim, look::DeadJob};
use crate::domain::{Instant, effect::Task, ids::JobId};

/// The right to write a job's result: worth nothing once the lease ran out or somebody else claimed the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    epoch: i64,
}

/// A claimed job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub lease: Lease,
    pub task: Task,
    /// 1 at the first try.
    pub attempt: u32,
    pub created_at: Instant,
    /// When it was to run.
    pub due_at: Instant,
    /// When a call for it may first have left a process, and when last: [`super::Work::mark_sent`].
    pub first_sent_at: Option<Instant>,
    pub sent_at: Option<Instant>,
    /// What was noted then.
    pub memo: Option<Value>,
    /// Why the last try failed.
    pub error: Option<String>,
}

impl Job {
    /// The job's id, which is also the nonce of a message that it creates.
    pub fn id(&self) -> JobId {
        self.lease.job
    }

    /// Whether a call for it may have left a process already, with an unknown outcome.
    pub fn may_be_sent(&self) -> bool {
        self.sent_at.is_some()
    }
}

/// What a job waits on, so that a slow neighbour holds up only its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Nothing but the store.
    Timer,
    Azure,
    Chat,
    /// What takes long and is only looked at: it keeps nothing else from being done.
    Look,
}

impl Lane {
    /// Every lane, the fastest first.
    pub const ALL: [Self; 4] = [Self::Timer, Self::Azure, Self::Chat, Self::Look];

    /// The lane of a task.
    pub fn of(task: &Task) -> Self {
        match task {
            Task::Lapse { .. } | Task::End { .. } | Task::Digest | Task::Escalate { .. } => Self::Timer,
            Task::Open { .. }
            | Task::Watch { .. }
            | Task::Close { .. }
            | Task::Confirm { .. }
            | Task::Configure { .. }
            | Task::RemoveRules { .. }
            | Task::Who { .. }
            | Task::LookForOthers { .. }
            | Task::FindOutPlan { .. } => Self::Azure,
            Task::Card { .. }
            | Task::Answer { .. }
            | Task::TellVoter { .. }
            | Task::RemoveReaction { .. }
            | Task::Progress { .. }
            | Task::TellReplaced { .. }
            | Task::Notice { .. }
            | Task::Remind { .. }
            | Task::Call { .. }
            | Task::Start { .. } => Self::Chat,
            Task::Look { .. } => Self::Look,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Timer => "timer",
            Self::Azure => "azure",
            Self::Chat => "chat",
            Self::Look => "look",
        }
    }
}

//! What the outside world must be asked to do. Each effect is stored as a job before it is done.

use serde::{Deserialize, Serialize};

use super::{
    Instant,
    ids::{ChannelId, LookId, MessageId, ProposalId, RecordNumber, RequestId, UserId, WindowId},
    vm::{JitPolicyId, SubscriptionId},
};

/// One thing to do outside, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub task: Task,
    /// Not before this instant; `None` is at once.
    pub due_at: Option<Instant>,
}

impl Effect {
    /// `task`, at once.
    pub fn now(task: Task) -> Self {
        Self { task, due_at: None }
    }

    /// `task`, not before `due_at`.
    pub fn at(due_at: Instant, task: Task) -> Self {
        Self {
            task,
            due_at: Some(due_at),
        }
    }
}

/// What to do. A task says *what to bring up to date*, not what to say: it is worked out from the stored state
/// when it runs, so an old task cannot show an old state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Post the request's card, or bring it up to date.
    Card { request: RequestId },
    /// Bring the requester's own message up to date.
    Answer { request: RequestId },
    /// Ask Azure to open windows of one request in one JIT policy, with one call.
    Open {
        request: RequestId,
        policy: JitPolicyId,
        windows: Vec<WindowId>,
    },
    /// Look whether Azure has opened a window.
    Watch { window: WindowId },
    /// Ask Azure to close a window before its end.
    Close { window: WindowId },
    /// Look whether Azure has closed a window.
    Confirm { window: WindowId },
    /// Timer: nobody answered, or no source was given, in time.
    Lapse { request: RequestId },
    /// Timer: a window's end.
    End { window: WindowId },
    /// Tell a person privately why a reaction of theirs did not count.
    TellVoter {
        request: RequestId,
        voter: UserId,
        why: String,
    },
    /// Take a reaction that does not count off the card, where the bot may.
    RemoveReaction {
        channel: ChannelId,
        message: MessageId,
        voter: UserId,
        emoji: String,
    },
    /// Write what is confirmed for a JIT policy, step by step. One job per JIT policy, so that nobody of ours
    /// writes it at the same time.
    Configure { policy: JitPolicyId },
    /// Bring the administrator's message about a proposal up to date.
    Progress { proposal: ProposalId },
    /// Take the rules of a window out of its network security groups, because Azure did not close it.
    RemoveRules { window: WindowId },
    /// Tell the owner of a window that a newer request of somebody else was approved and will replace it.
    TellReplaced { window: WindowId, by: RequestId },
    /// Ask Azure's Activity Log who did what a record tells of.
    Who { record: RecordNumber },
    /// Timer: the day's look at the inventory.
    Digest,
    /// Look in the Activity Log whether somebody else wrote a JIT policy while a step of a proposal was written.
    LookForOthers {
        proposal: ProposalId,
        policy: JitPolicyId,
    },
    /// Timer: tell the requester that the access ends soon.
    Notice { request: RequestId },
    /// Timer: remind of a request that waits since then.
    Remind {
        request: RequestId,
        since: Instant,
        /// When it was to come.
        at: Instant,
        /// The how-manieth reminder.
        nth: u32,
    },
    /// Timer: call further people to a request that waits since then.
    Escalate { request: RequestId, since: Instant },
    /// Post whom a step of an escalation calls that was taken then.
    Call { request: RequestId, at: Instant },
    /// Find out whether a Defender plan was switched on by a program that may have died before it could say so.
    FindOutPlan {
        subscription: SubscriptionId,
        /// The record of what was asked for.
        asked: RecordNumber,
        operator: String,
    },
    /// Find what somebody looks at, and show it to them.
    Look { look: LookId },
    /// Timer: the start of an approved request.
    Start { request: RequestId },
}

impl Task {
    /// The stable name of the kind of task.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Card { .. } => "card",
            Self::Answer { .. } => "answer",
            Self::Open { .. } => "open",
            Self::Watch { .. } => "watch",
            Self::Close { .. } => "close",
            Self::Confirm { .. } => "confirm",
            Self::Lapse { .. } => "lapse",
            Self::End { .. } => "end",
            Self::TellVoter { .. } => "tell_voter",
            Self::RemoveReaction { .. } => "remove_reaction",
            Self::Configure { .. } => "configure",
            Self::Progress { .. } => "progress",
            Self::RemoveRules { .. } => "remove_rules",
            Self::TellReplaced { .. } => "tell_replaced",
            Self::Who { .. } => "who",
            Self::Digest => "digest",
            Self::LookForOthers { .. } => "look_for_others",
            Self::Notice { .. } => "notice",
            Self::Remind { .. } => "remind",
            Self::Escalate { .. } => "escalate",
            Self::Call { .. } => "call",
            Self::FindOutPlan { .. } => "find_out_plan",
            Self::Look { .. } => "look",
            Self::Start { .. } => "start",
        }
    }

    /// Whether it may be given up after many failures.
    ///
    /// Never what the truth about a window depends on: that is tried until Azure or the clock has settled it.
    pub fn may_be_given_up(&self) -> bool {
        match self {
            Self::Card { .. }
            | Self::Answer { .. }
            | Self::TellVoter { .. }
            | Self::RemoveReaction { .. }
            | Self::Progress { .. }
            | Self::TellReplaced { .. }
            | Self::LookForOthers { .. }
            | Self::Look { .. }
            | Self::Notice { .. }
            | Self::Remind { .. }
            | Self::Call { .. } => true,
            Self::Open { .. }
            | Self::Watch { .. }
            | Self::Close { .. }
            | Self::Confirm { .. }
            | Self::Lapse { .. }
            | Self::End { .. }
            | Self::Configure { .. }
            | Self::RemoveRules { .. }
            | Self::Who { .. }
            | Self::Digest
            | Self::Escalate { .. }
            | Self::FindOutPlan { .. }
            | Self::Start { .. } => false,
        }
    }

    /// The key under which at most one such job waits: asking again only makes it run again.
    pub fn key(&self) -> String {
        match self {
            Self::Card { request } => format!("card:{request}"),
            Self::Answer { request } => format!("answer:{request}"),
            Self::Open { request, policy, .. } => format!("open:{request}:{}", policy.key()),
            Self::Watch { window } => format!("watch:{window}"),
            Self::Close { window } => format!("close:{window}"),
            Self::Confirm { window } => format!("confirm:{window}"),
            Self::Lapse { request } => format!("lapse:{request}"),
            Self::End { window } => format!("end:{window}"),
            Self::TellVoter { request, voter, .. } => format!("tell-voter:{request}:{voter}"),
            Self::RemoveReaction {
                message,
                voter,
                emoji,
                ..
            } => format!("remove-reaction:{message}:{voter}:{emoji}"),
            Self::Configure { policy } => format!("configure:{}", policy.key()),
            Self::Progress { proposal } => format!("progress:{proposal}"),
            Self::RemoveRules { window } => format!("remove-rules:{window}"),
            Self::TellReplaced { window, by } => format!("tell-replaced:{window}:{by}"),
            Self::Who { record } => format!("who:{record}"),
            Self::Digest => "digest".to_owned(),
            Self::Look { look } => format!("look:{look}"),
            Self::FindOutPlan { asked, .. } => format!("find-out-plan:{asked}"),
            Self::LookForOthers { proposal, policy } => {
                format!("look-for-others:{proposal}:{}", policy.key())
            }
            Self::Notice { request } => format!("notice:{request}"),
            // Each has a job of its own, because a job's id is what Discord knows its message by.
            Self::Remind { request, at, .. } => format!("remind:{request}:{}", at.timestamp_millis()),
            Self::Escalate { request, .. } => format!("escalate:{request}"),
            Self::Call { request, at } => format!("call:{request}:{}", at.timestamp_millis()),
            Self::Start { request } => format!("start:{request}"),
        }
    }
}

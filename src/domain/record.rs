//! Records: what the trail says and an auditor reads. One entry per thing that happened.
//!
//! A record holds every fact that its trail line needs, so that the line never changes with later state.

use serde::{Deserialize, Serialize};

use super::{
    Instant,
    actor::{Person, Principal},
    configuration::{Crossed, FailedStep, StepFacts},
    digest::Digest,
    ids::{RecordNumber, RequestId, RequestNumber, RuleName, WindowId},
    jit_policy::Noticed,
    lack::Lack,
    length::Length,
    plan::Plan,
    port::Port,
    quorum::Need,
    request::{How, Narrowing, NotStarted},
    source::Source,
    text::FreeText,
    trouble::Trouble,
    vm::{JitPolicyId, SubscriptionId, VmId},
    vote::{Choice, Door, Via},
    window::{Ended, FailReason, NotObeyed, Proof, RulesKept},
};

/// A stored record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub number: RecordNumber,
    pub at: Instant,
    #[serde(flatten)]
    pub entry: Entry,
}

/// A record before it has its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub by: By,
    #[serde(flatten)]
    pub fact: Fact,
}

/// Who or what made it happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Person(Person),
    /// The rules were satisfied.
    Rules(Vec<RuleName>),
    /// An instant came.
    Time,
    /// Azure reported it.
    Azure,
    /// Portcullis itself.
    Bot,
    /// Somebody at the command line of the machine.
    Operator(String),
}

/// What a record remembers of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    pub id: RequestId,
    pub number: RequestNumber,
    pub requester: Person,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<FreeText>,
}

/// What a record remembers of a window, and of the request that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowFacts {
    pub id: WindowId,
    pub vm: VmId,
    pub port: Port,
    pub source: Source,
    pub ends_at: Instant,
    pub request: RequestFacts,
    pub approvers: Vec<Person>,
}

/// What Azure's Activity Log tells about a deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    By {
        /// A person's principal name, or the object id of an application; `None` where the entry names nobody.
        caller: Option<FreeText>,
        operation: String,
        at: Instant,
    },
    /// It has no fitting entry, also after a while.
    Silent,
    Unreadable {
        why: Trouble,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Fact {
    Asked {
        request: RequestFacts,
        doors: Vec<Door>,
        source: Source,
        length: Length,
        rules: Vec<RuleName>,
        answer_by: Instant,
        /// The request whose access this one makes longer.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        extends: Option<RequestNumber>,
        /// When the access is to start; left out, with its approval.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        starts_at: Option<Instant>,
    },
    Voted {
        request: RequestFacts,
        choice: Choice,
        via: Via,
        missing: u8,
        /// The same by group, where groups have names.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        needs: Vec<Need>,
    },
    /// Somebody voted who may not.
    VoteRefused {
        request: RequestFacts,
        choice: Choice,
        via: Via,
        why: String,
    },
    Approved {
        request: RequestFacts,
        approvers: Vec<Person>,
        doors: Vec<Door>,
        source: Source,
        ends_at: Instant,
        /// Nobody was asked, because the conditions were met under which the rules approve alone.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        automatic: bool,
        /// When it is opened; left out, at once.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        starts_at: Option<Instant>,
    },
    Denied {
        request: RequestFacts,
        via: Via,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<FreeText>,
    },
    Withdrawn {
        request: RequestFacts,
    },
    Lapsed {
        request: RequestFacts,
    },
    /// Azure is about to be asked; written before the call leaves.
    Opening {
        windows: Vec<WindowFacts>,
        policy: JitPolicyId,
    },
    /// Azure says that it is open.
    Opened {
        window: WindowFacts,
        #[serde(default)]
        proof: Proof,
    },
    /// Azure was asked and does not say that it is open.
    Stuck {
        window: WindowFacts,
        /// Azure does say so, but the network rules do not let it in.
        #[serde(default)]
        rule_missing: bool,
    },
    Failed {
        window: WindowFacts,
        why: FailReason,
    },
    /// An open window's own rule stands, and its source does not get in any more: another rule is in the way.
    KeptOut {
        window: WindowFacts,
    },
    LetInAgain {
        window: WindowFacts,
    },
    /// A window is to be closed before its end.
    CloseAsked {
        window: WindowFacts,
    },
    Closed {
        window: WindowFacts,
        how: Ended,
    },
    /// A window's end passed and Azure does not confirm that it is shut.
    CloseUnconfirmed {
        window: WindowFacts,
    },
    Frozen {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<FreeText>,
    },
    Unfrozen {
        waiting: u32,
    },
    /// A window in Azure that this bot did not open.
    Found {
        policy: JitPolicyId,
        vm: VmId,
        port: Port,
        source: String,
        ends_at: Instant,
        requestor: Option<FreeText>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        started_at: Option<Instant>,
    },
    RulesReloaded {
        before: String,
        after: String,
    },
    /// A job was given up after its last attempt: somebody must look.
    GaveUp {
        task: String,
        why: FreeText,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        request: Option<RequestNumber>,
    },
    /// An administrator has confirmed a change of a JIT policy; written before the call leaves.
    ConfigureAsked {
        step: StepFacts,
    },
    /// Azure shows the change. `others` are machines of the same JIT policy that somebody else changed meanwhile.
    Configured {
        step: StepFacts,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        others: Vec<String>,
    },
    ConfigureFailed {
        step: StepFacts,
        why: FailedStep,
    },
    /// Azure did not close a window early, so these rules of it are taken out; written before the first one goes.
    ClosingByRules {
        window: WindowFacts,
        rules: Vec<String>,
        why: NotObeyed,
    },
    /// Neither way closed a window early: it ends by itself.
    LeftToItsEnd {
        window: WindowFacts,
        why: NotObeyed,
        kept: RulesKept,
    },
    /// Somebody else made, changed or deleted a JIT policy.
    JitPolicyNoticed {
        policy: JitPolicyId,
        noticed: Noticed,
    },
    /// Who did what an earlier record tells of, as far as Azure's Activity Log says.
    Who {
        about: RecordNumber,
        told: Told,
    },
    /// The day's look at the inventory.
    Digest {
        digest: Digest,
    },
    /// Azure is about to be asked to switch Defender for Servers Plan 2 on; written before the call leaves.
    PlanAsked {
        subscription: SubscriptionId,
        before: Plan,
    },
    PlanSet {
        subscription: SubscriptionId,
        after: Plan,
    },
    PlanNotSet {
        subscription: SubscriptionId,
        why: Trouble,
    },
    /// Somebody else wrote the JIT policy while the bot did: what they wrote may be lost.
    ConfigureCrossed {
        step: StepFacts,
        other: Crossed,
    },
    /// Whoever asked has opened it at once, without an approval.
    BrokeGlass {
        request: RequestFacts,
    },
    /// Somebody else has looked at what was opened without an approval.
    ReviewSigned {
        request: RequestFacts,
        note: FreeText,
    },
    /// Nobody has decided, so further people were called who may.
    Escalated {
        request: RequestFacts,
        rule: RuleName,
        to: Vec<Principal>,
    },
    /// An approval was taken back before anything was decided.
    TakenBack {
        request: RequestFacts,
        voter: Person,
        how: How,
        /// `None`: no rule allows the request any more.
        missing: Option<u8>,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        needs: Vec<Need>,
    },
    /// An approver is looking at it.
    Claimed {
        request: RequestFacts,
        via: Via,
        /// Who was looking at it until then.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        from: Option<Person>,
    },
    /// They are not looking at it any more.
    LetGo {
        request: RequestFacts,
        who: Person,
        how: How,
    },
    /// Somebody claimed it who may not.
    ClaimRefused {
        request: RequestFacts,
        via: Via,
        why: String,
    },
    /// An approver grants less than was asked.
    Narrowed {
        request: RequestFacts,
        narrowing: Narrowing,
        length: Length,
        source: Source,
    },
    /// Somebody asked, and nobody is there who could approve; nothing was posted.
    NobodyToApprove {
        requester: Person,
        lack: Lack,
    },
    /// The start of an approved request has come, and the requester may still have it.
    Started {
        request: RequestFacts,
        doors: Vec<Door>,
        source: Source,
        ends_at: Instant,
    },
    /// An approved request was not opened at its start, or was called off before.
    NotStarted {
        request: RequestFacts,
        starts_at: Instant,
        why: NotStarted,
    },
}

impl Fact {
    /// The stable name of the kind of fact, as it is stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Voted { .. } => "voted",
            Self::VoteRefused { .. } => "vote_refused",
            Self::Approved { .. } => "approved",
            Self::Denied { .. } => "denied",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Lapsed { .. } => "lapsed",
            Self::Opening { .. } => "opening",
            Self::Opened { .. } => "opened",
            Self::Stuck { .. } => "stuck",
            Self::KeptOut { .. } => "kept_out",
            Self::LetInAgain { .. } => "let_in_again",
            Self::Failed { .. } => "failed",
            Self::CloseAsked { .. } => "close_asked",
            Self::Closed { .. } => "closed",
            Self::CloseUnconfirmed { .. } => "close_unconfirmed",
            Self::Frozen { .. } => "frozen",
            Self::Unfrozen { .. } => "unfrozen",
            Self::Found { .. } => "found",
            Self::RulesReloaded { .. } => "rules_reloaded",
            Self::GaveUp { .. } => "gave_up",
            Self::ConfigureAsked { .. } => "configure_asked",
            Self::Configured { .. } => "configured",
            Self::ConfigureFailed { .. } => "configure_failed",
            Self::ClosingByRules { .. } => "closing_by_rules",
            Self::LeftToItsEnd { .. } => "left_to_its_end",
            Self::JitPolicyNoticed { .. } => "jit_policy_noticed",
            Self::Who { .. } => "who",
            Self::Digest { .. } => "digest",
            Self::PlanAsked { .. } => "plan_asked",
            Self::PlanSet { .. } => "plan_set",
            Self::PlanNotSet { .. } => "plan_not_set",
            Self::ConfigureCrossed { .. } => "configure_crossed",
            Self::Escalated { .. } => "escalated",
            Self::BrokeGlass { .. } => "broke_glass",
            Self::ReviewSigned { .. } => "review_signed",
            Self::TakenBack { .. } => "taken_back",
            Self::Claimed { .. } => "claimed",
            Self::LetGo { .. } => "let_go",
            Self::ClaimRefused { .. } => "claim_refused",
            Self::Narrowed { .. } => "narrowed",
            Self::NobodyToApprove { .. } => "nobody_to_approve",
            Self::Started { .. } => "started",
            Self::NotStarted { .. } => "not_started",
        }
    }

    /// Whether somebody unknown did it, so that Azure's Activity Log is asked who.
    pub fn wants_a_name(&self) -> bool {
        match self {
            Self::Found { requestor, .. } => requestor.is_none(),
            Self::Closed { how, .. } => matches!(how, Ended::Vanished | Ended::RuleTaken),
            Self::JitPolicyNoticed { .. } | Self::KeptOut { .. } => true,
            _ => false,
        }
    }
}

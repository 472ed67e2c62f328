//! A window and its life: `Opening → Open → Closing → Closed`, or `Failed`.
//!
//! Only what Azure said moves a window to `Open` or `Closed`: nothing here is assumed from a call that was sent.

mod closing;
mod opening;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    Change, Instant,
    actor::Person,
    effect::{Effect, Task},
    ids::{RequestId, RequestNumber, WindowId},
    port::Port,
    record::{By, Entry, Fact, WindowFacts},
    request::Request,
    source::Source,
    text::FreeText,
    trouble::Trouble,
    vm::{JitPolicyId, VmId},
};

/// How long after its end Azure may take to confirm that a window is shut, before people are told.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// One (VM, port) open for one source until one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub id: WindowId,
    pub request: RequestId,
    pub vm: VmId,
    pub policy: JitPolicyId,
    pub port: Port,
    pub source: Source,
    /// Fixed at approval.
    pub ends_at: Instant,
    pub state: WindowState,
}

/// Where a window stands, with exactly the facts of that state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WindowState {
    /// Azure is to be asked, or was first asked at `asked_at`; `stuck_at` is when people were told that it
    /// takes too long.
    Opening {
        since: Instant,
        asked_at: Option<Instant>,
        stuck_at: Option<Instant>,
        /// Azure says that it is open, but the network rules do not let it in.
        #[serde(default)]
        rule_missing: bool,
    },
    /// Azure says so. `mapped_port` is the outside port where an Azure Firewall stands in front.
    Open {
        opened_at: Instant,
        mapped_port: Option<Port>,
        #[serde(default)]
        proof: Proof,
        /// Since when the network rules are seen not to let its source in, although its own still stands.
        #[serde(default)]
        kept_out_since: Option<Instant>,
    },
    /// The end has come or somebody closes it; Azure has not confirmed yet.
    Closing {
        opened_at: Option<Instant>,
        since: Instant,
        why: CloseWhy,
        unconfirmed_at: Option<Instant>,
        #[serde(default)]
        way: CloseWay,
    },
    Closed {
        opened_at: Option<Instant>,
        at: Instant,
        how: Ended,
    },
    /// It never opened: Azure refused, or has no request of ours.
    Failed { at: Instant, why: FailReason },
}

/// By what it is known that a window is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Azure's word alone: the network rules could not be read.
    #[default]
    AzureSays,
    /// Azure's word, and the rule stands in the network security group.
    RuleStands,
}

/// By which way a window is being closed before its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseWay {
    /// Azure is asked to put a short request that lets nobody in into its place.
    #[default]
    Replace,
    /// Azure did not obey, so the window's rules are taken out of the network security groups.
    Rules(NotObeyed),
    /// That did not help either: it ends by itself, at its end and not later.
    AtItsEnd,
}

/// How Azure did not close a window early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum NotObeyed {
    /// It could not be asked, or did not let the bot.
    Trouble { why: Trouble },
    /// It was asked, and the window stayed open.
    StillOpen,
}

/// Why the rules of a window were not taken out of the network security groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum RulesKept {
    /// No network security group of the machine is known, or none can be read.
    Unreadable,
    /// They were read, and no rule in them is this window's.
    NotFound,
    /// The way in leads through an Azure Firewall, whose rules are not touched.
    Firewall,
    /// Azure did not let the bot.
    Trouble { why: Trouble },
}

/// Why a window is closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseWhy {
    Expired,
    Asked(Person),
}

/// How a window ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Expired,
    ClosedBy(Person),
    /// A newer request in Azure took its place, and it is none of this bot.
    Superseded,
    /// A newer request of this bot took its place: its own extension, or somebody else's on the same port.
    Replaced {
        by: RequestNumber,
        extension: bool,
    },
    /// Azure does not know it any more, and nobody told the bot.
    Vanished,
    /// Azure still lists it, and somebody has taken its network rule away, so that it lets nobody in.
    RuleTaken,
}

/// Why a window never opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum FailReason {
    /// Azure said no.
    Refused {
        status: u16,
        code: String,
        message: FreeText,
    },
    /// After the last attempt's time-out Azure showed no request of ours.
    ProvenAbsent,
    /// Its end came while a freeze held it back.
    FrozenUntilEnd,
    /// Its end came before Azure could be asked.
    OutOfTime,
    /// Azure could not be asked, or did not let the bot.
    Trouble { why: Trouble },
}

/// A window that is open in Azure and none of this bot: opened in the portal, or by a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundWindow {
    pub vm: VmId,
    pub port: Port,
    /// As Azure names it; `*` for anybody.
    pub source: String,
    pub ends_at: Instant,
    /// Who opened it, where Azure tells.
    pub requestor: Option<FreeText>,
}

impl WindowState {
    /// Whether nothing more will happen to the window.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Closed { .. } | Self::Failed { .. })
    }

    /// The state's name, as it is stored and shown.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opening { .. } => "opening",
            Self::Open { .. } => "open",
            Self::Closing { .. } => "closing",
            Self::Closed { .. } => "closed",
            Self::Failed { .. } => "failed",
        }
    }
}

/// A step that the window's state does not allow; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotNow(pub Window);

type Step = Result<Change<Window>, NotNow>;

impl Window {
    /// A window that Azure is to be asked for.
    #[expect(
        clippy::too_many_arguments,
        reason = "a window has exactly these facts, and one place makes it"
    )]
    pub fn opening(
        id: WindowId,
        request: RequestId,
        vm: VmId,
        policy: JitPolicyId,
        port: Port,
        source: Source,
        ends_at: Instant,
        now: Instant,
    ) -> Self {
        let state = WindowState::Opening {
            since: now,
            asked_at: None,
            stuck_at: None,
            rule_missing: false,
        };
        Self {
            id,
            request,
            vm,
            policy,
            port,
            source,
            ends_at,
            state,
        }
    }

    /// What a record remembers of this window.
    pub fn facts(&self, request: &Request) -> WindowFacts {
        WindowFacts {
            id: self.id,
            vm: self.vm.clone(),
            port: self.port,
            source: self.source,
            ends_at: self.ends_at,
            request: request.facts(),
            approvers: request.approvers(),
        }
    }

    fn ended(
        self,
        request: &Request,
        opened_at: Option<Instant>,
        how: Ended,
        by: By,
        now: Instant,
    ) -> Change<Self> {
        let fact = Fact::Closed {
            window: self.facts(request),
            how: how.clone(),
        };
        self.became(
            WindowState::Closed {
                opened_at,
                at: now,
                how,
            },
            by,
            fact,
            Vec::new(),
        )
    }

    fn became(mut self, state: WindowState, by: By, fact: Fact, mut effects: Vec<Effect>) -> Change<Self> {
        self.state = state;
        effects.extend(self.told());
        Change {
            records: vec![Entry { by, fact }],
            effects,
            after: self,
        }
    }

    fn told(&self) -> [Effect; 2] {
        [
            Effect::now(Task::Card {
                request: self.request,
            }),
            Effect::now(Task::Answer {
                request: self.request,
            }),
        ]
    }
}

//! A window and its life: `Opening → Open → Closing → Closed`, or `Failed`.
//!
//! Only what Azure said moves a window to `Open` or `Closed`: nothing here is assumed from a call that was sent.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    Change, Instant,
    actor::Person,
    effect::{Effect, Task},
    ids::{RequestId, WindowId},
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
    },
    /// Azure says so. `mapped_port` is the outside port where an Azure Firewall stands in front.
    Open {
        opened_at: Instant,
        mapped_port: Option<Port>,
    },
    /// The end has come or somebody closes it; Azure has not confirmed yet.
    Closing {
        opened_at: Option<Instant>,
        since: Instant,
        why: CloseWhy,
        unconfirmed_at: Option<Instant>,
    },
    Closed {
        opened_at: Option<Instant>,
        at: Instant,
        how: Ended,
    },
    /// It never opened: Azure refused, or has no request of ours.
    Failed { at: Instant, why: FailReason },
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
    /// A newer request in Azure took its place.
    Superseded,
    /// Azure does not know it any more, and nobody told the bot.
    Vanished,
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

    /// Azure is about to be asked to open `windows`, all of one request and one JIT policy.
    ///
    /// Written before the call leaves; windows that are not waiting any more are left out.
    pub fn ask_azure(
        windows: Vec<Self>,
        request: &Request,
        policy: &JitPolicyId,
        now: Instant,
    ) -> Change<Vec<Self>> {
        let mut after = Vec::new();
        for mut window in windows {
            if let WindowState::Opening {
                since,
                asked_at: None,
                stuck_at,
            } = window.state
            {
                window.state = WindowState::Opening {
                    since,
                    asked_at: Some(now),
                    stuck_at,
                };
                after.push(window);
            }
        }
        let records = if after.is_empty() {
            Vec::new()
        } else {
            let windows = after.iter().map(|window| window.facts(request)).collect();
            vec![Entry {
                by: By::Bot,
                fact: Fact::Opening {
                    windows,
                    policy: policy.clone(),
                },
            }]
        };
        Change {
            records,
            effects: Vec::new(),
            after,
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

    /// Azure reports the window as open. One for which Azure was never asked is not ours to tell.
    pub fn opened(self, request: &Request, mapped_port: Option<Port>, now: Instant) -> Step {
        match self.state {
            WindowState::Opening {
                asked_at: Some(_), ..
            } if now < self.ends_at => {
                let fact = Fact::Opened {
                    window: self.facts(request),
                };
                Ok(self.became(
                    WindowState::Open {
                        opened_at: now,
                        mapped_port,
                    },
                    By::Azure,
                    fact,
                    Vec::new(),
                ))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// It takes too long; told once.
    pub fn stuck(self, request: &Request, now: Instant) -> Step {
        match self.state {
            WindowState::Opening {
                since,
                asked_at,
                stuck_at: None,
            } => {
                let fact = Fact::Stuck {
                    window: self.facts(request),
                };
                let state = WindowState::Opening {
                    since,
                    asked_at,
                    stuck_at: Some(now),
                };
                Ok(self.became(state, By::Azure, fact, Vec::new()))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// Azure refused, or has no request of ours.
    pub fn failed(self, request: &Request, why: FailReason, now: Instant) -> Step {
        match self.state {
            WindowState::Opening { .. } => {
                let by = match why {
                    FailReason::Refused { .. } | FailReason::ProvenAbsent | FailReason::Trouble { .. } => {
                        By::Azure
                    }
                    FailReason::FrozenUntilEnd | FailReason::OutOfTime => By::Time,
                };
                let fact = Fact::Failed {
                    window: self.facts(request),
                    why: why.clone(),
                };
                Ok(self.became(WindowState::Failed { at: now, why }, by, fact, Vec::new()))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// A person closes the window before its end. Whether they may is the caller's question.
    ///
    /// Azure is asked only if it was asked to open: before that there is nothing to close.
    pub fn ask_close(self, request: &Request, by: &Person, now: Instant) -> Step {
        let opened_at = match self.state {
            WindowState::Opening { asked_at: None, .. } => {
                let how = Ended::ClosedBy(by.clone());
                return Ok(self.ended(request, None, how, By::Person(by.clone()), now));
            }
            WindowState::Opening { .. } => None,
            WindowState::Open { opened_at, .. } => Some(opened_at),
            _ => return Err(NotNow(self)),
        };
        let why = CloseWhy::Asked(by.clone());
        let fact = Fact::CloseAsked {
            window: self.facts(request),
        };
        let effects = vec![Effect::now(Task::Close { window: self.id })];
        let state = WindowState::Closing {
            opened_at,
            since: now,
            why,
            unconfirmed_at: None,
        };
        Ok(self.became(state, By::Person(by.clone()), fact, effects))
    }

    /// The end has come: nothing is told until Azure confirms it.
    ///
    /// A window for which Azure was never asked has failed; `frozen` says whether a freeze held it back.
    pub fn end(mut self, request: &Request, frozen: bool, now: Instant) -> Step {
        let opened_at = match self.state {
            _ if now < self.ends_at => return Err(NotNow(self)),
            WindowState::Opening { asked_at: None, .. } => {
                let why = if frozen {
                    FailReason::FrozenUntilEnd
                } else {
                    FailReason::OutOfTime
                };
                return self.failed(request, why, now);
            }
            WindowState::Opening { .. } => None,
            WindowState::Open { opened_at, .. } => Some(opened_at),
            _ => return Err(NotNow(self)),
        };
        self.state = WindowState::Closing {
            opened_at,
            since: now,
            why: CloseWhy::Expired,
            unconfirmed_at: None,
        };
        let mut effects = vec![Effect::now(Task::Confirm { window: self.id })];
        effects.extend(self.told());
        Ok(Change {
            after: self,
            records: Vec::new(),
            effects,
        })
    }

    /// Azure says that it is shut.
    pub fn shut(self, request: &Request, now: Instant) -> Step {
        match &self.state {
            WindowState::Closing { opened_at, why, .. } => {
                let opened_at = *opened_at;
                let how = match why {
                    CloseWhy::Expired => Ended::Expired,
                    CloseWhy::Asked(by) => Ended::ClosedBy(by.clone()),
                };
                Ok(self.ended(request, opened_at, how, By::Azure, now))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// A newer request in Azure took its place.
    pub fn superseded(self, request: &Request, now: Instant) -> Step {
        self.lost(request, Ended::Superseded, now)
    }

    /// Azure does not know it any more.
    pub fn vanished(self, request: &Request, now: Instant) -> Step {
        self.lost(request, Ended::Vanished, now)
    }

    /// Azure has not confirmed the end in time; told once.
    pub fn unconfirmed(self, request: &Request, now: Instant) -> Step {
        match &self.state {
            WindowState::Closing {
                opened_at,
                since,
                why,
                unconfirmed_at: None,
            } if now >= *since + CONFIRM_WITHIN => {
                let state = WindowState::Closing {
                    opened_at: *opened_at,
                    since: *since,
                    why: why.clone(),
                    unconfirmed_at: Some(now),
                };
                let fact = Fact::CloseUnconfirmed {
                    window: self.facts(request),
                };
                Ok(self.became(state, By::Azure, fact, Vec::new()))
            }
            _ => Err(NotNow(self)),
        }
    }

    fn lost(self, request: &Request, how: Ended, now: Instant) -> Step {
        match self.state {
            WindowState::Open { opened_at, .. } => {
                Ok(self.ended(request, Some(opened_at), how, By::Azure, now))
            }
            WindowState::Opening { .. } => Ok(self.ended(request, None, how, By::Azure, now)),
            _ => Err(NotNow(self)),
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

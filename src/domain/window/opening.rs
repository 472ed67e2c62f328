//! How a window opens: Azure is asked, and only what Azure then says counts.

use super::{FailReason, NotNow, Proof, Step, Window, WindowState};
use crate::domain::{
    Change, Instant,
    port::Port,
    record::{By, Entry, Fact},
    request::Request,
    vm::JitPolicyId,
};

impl Window {
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
                rule_missing,
            } = window.state
            {
                window.state = WindowState::Opening {
                    since,
                    asked_at: Some(now),
                    stuck_at,
                    rule_missing,
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

    /// Azure reports the window as open. One for which Azure was never asked is not ours to tell.
    pub fn opened(self, request: &Request, mapped_port: Option<Port>, proof: Proof, now: Instant) -> Step {
        match self.state {
            WindowState::Opening {
                asked_at: Some(_), ..
            } if now < self.ends_at => {
                let fact = Fact::Opened {
                    window: self.facts(request),
                    proof,
                };
                let state = WindowState::Open {
                    opened_at: now,
                    mapped_port,
                    proof,
                    kept_out_since: None,
                };
                Ok(self.became(state, By::Azure, fact, Vec::new()))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// It takes too long; told once. `rule_missing`: Azure says that it is open, but its network rule is not
    /// there; when that changes later, it is shown but not recorded again.
    pub fn stuck(mut self, request: &Request, rule_missing: bool, now: Instant) -> Step {
        let WindowState::Opening {
            since,
            asked_at,
            stuck_at,
            rule_missing: before,
        } = self.state
        else {
            return Err(NotNow(self));
        };
        let state = WindowState::Opening {
            since,
            asked_at,
            stuck_at: stuck_at.or(Some(now)),
            rule_missing,
        };
        if stuck_at.is_none() {
            let fact = Fact::Stuck {
                window: self.facts(request),
                rule_missing,
            };
            Ok(self.became(state, By::Azure, fact, Vec::new()))
        } else if before == rule_missing {
            Err(NotNow(self))
        } else {
            self.state = state;
            Ok(Change {
                records: Vec::new(),
                effects: self.told().to_vec(),
                after: self,
            })
        }
    }

    /// Another network rule, or the lack of one in a second group, keeps the source of an open window out now.
    pub fn kept_out(self, request: &Request, now: Instant) -> Step {
        match self.state {
            WindowState::Open {
                opened_at,
                mapped_port,
                proof,
                kept_out_since: None,
            } => {
                let window = self.facts(request);
                let state = WindowState::Open {
                    opened_at,
                    mapped_port,
                    proof,
                    kept_out_since: Some(now),
                };
                Ok(self.became(state, By::Azure, Fact::KeptOut { window }, Vec::new()))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// The network rules let the source of an open window in again.
    pub fn let_in_again(self, request: &Request) -> Step {
        match self.state {
            WindowState::Open {
                opened_at,
                mapped_port,
                proof,
                kept_out_since: Some(_),
            } => {
                let window = self.facts(request);
                let state = WindowState::Open {
                    opened_at,
                    mapped_port,
                    proof,
                    kept_out_since: None,
                };
                Ok(self.became(state, By::Azure, Fact::LetInAgain { window }, Vec::new()))
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
}

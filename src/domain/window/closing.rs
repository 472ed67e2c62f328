//! How a window ends: at its time, early, by the way that Azure leaves, or behind the bot's back.

use super::{
    CONFIRM_WITHIN, CloseWay, CloseWhy, Ended, FailReason, NotNow, NotObeyed, RulesKept, Step, Window,
    WindowState,
};
use crate::domain::{
    Change, Instant,
    actor::Person,
    effect::{Effect, Task},
    ids::RequestNumber,
    record::{By, Fact},
    request::Request,
};

impl Window {
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
            way: CloseWay::Replace,
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
            way: CloseWay::AtItsEnd,
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

    /// Azure did not close it: its `rules` are to be taken out of the network security groups. Written before the
    /// first of them goes.
    pub fn shut_by_rules(self, request: &Request, rules: Vec<String>, why: NotObeyed) -> Step {
        match self.state {
            WindowState::Closing {
                opened_at,
                since,
                why: CloseWhy::Asked(by),
                unconfirmed_at,
                way: CloseWay::Replace,
            } => {
                let window = Self {
                    state: WindowState::Closing {
                        opened_at,
                        since,
                        why: CloseWhy::Asked(by),
                        unconfirmed_at,
                        way: CloseWay::Rules(why.clone()),
                    },
                    ..self
                };
                let fact = Fact::ClosingByRules {
                    window: window.facts(request),
                    rules,
                    why,
                };
                let effects = vec![Effect::now(Task::RemoveRules { window: window.id })];
                let state = window.state.clone();
                Ok(window.became(state, By::Bot, fact, effects))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// Azure did not close it, and its rules stay: it ends by itself. Told once.
    ///
    /// `why` is needed where it is not known yet.
    pub fn left_to_its_end(self, request: &Request, why: Option<NotObeyed>, kept: RulesKept) -> Step {
        match self.state {
            WindowState::Closing {
                opened_at,
                since,
                why: CloseWhy::Asked(by),
                unconfirmed_at,
                way: way @ (CloseWay::Replace | CloseWay::Rules(_)),
            } => {
                let why = match way {
                    CloseWay::Rules(known) => known,
                    _ => why.unwrap_or(NotObeyed::StillOpen),
                };
                let state = WindowState::Closing {
                    opened_at,
                    since,
                    why: CloseWhy::Asked(by),
                    unconfirmed_at,
                    way: CloseWay::AtItsEnd,
                };
                let window = Self {
                    state: state.clone(),
                    ..self
                };
                let fact = Fact::LeftToItsEnd {
                    window: window.facts(request),
                    why,
                    kept,
                };
                let effects = vec![Effect::at(window.ends_at, Task::Confirm { window: window.id })];
                Ok(window.became(state, By::Bot, fact, effects))
            }
            _ => Err(NotNow(self)),
        }
    }

    /// From when on Azure should say that it is shut; `None` while nothing asks for that.
    pub fn shut_due(&self) -> Option<Instant> {
        match self.state {
            WindowState::Closing {
                since,
                way: CloseWay::AtItsEnd,
                ..
            } => Some(since.max(self.ends_at)),
            WindowState::Closing { since, .. } => Some(since),
            _ => None,
        }
    }

    /// A newer request in Azure took its place, and it is none of this bot.
    pub fn superseded(self, request: &Request, now: Instant) -> Step {
        self.lost(request, Ended::Superseded, now)
    }

    /// A newer request of this bot took its place; also where its end came while that was going on.
    pub fn replaced(self, request: &Request, by: RequestNumber, extension: bool, now: Instant) -> Step {
        let how = Ended::Replaced { by, extension };
        match self.state {
            WindowState::Closing {
                opened_at,
                why: CloseWhy::Expired,
                ..
            } => Ok(self.ended(request, opened_at, how, By::Azure, now)),
            _ => self.lost(request, how, now),
        }
    }

    /// Azure does not know it any more.
    pub fn vanished(self, request: &Request, now: Instant) -> Step {
        self.lost(request, Ended::Vanished, now)
    }

    /// Its network rule is gone although Azure still lists it.
    pub fn rule_taken(self, request: &Request, now: Instant) -> Step {
        self.lost(request, Ended::RuleTaken, now)
    }

    /// Azure has not confirmed the end in time; told once.
    pub fn unconfirmed(self, request: &Request, now: Instant) -> Step {
        let due = self.shut_due();
        match &self.state {
            WindowState::Closing {
                opened_at,
                since,
                why,
                unconfirmed_at: None,
                way,
            } if due.is_some_and(|due| now >= due + CONFIRM_WITHIN) => {
                let state = WindowState::Closing {
                    opened_at: *opened_at,
                    since: *since,
                    why: why.clone(),
                    unconfirmed_at: Some(now),
                    way: way.clone(),
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
}

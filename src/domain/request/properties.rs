//! No sequence of events breaks G2, G4, G5 or G8.
//!
//! Random people vote with random roles under random rules of the day, withdraw, close; time passes; Azure says
//! what it likes. After each event the promises are checked against a history kept apart from the domain's own.

mod everywhere;
mod extension;
mod start;
mod story;
mod voting;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use proptest::prelude::*;

use self::{
    story::{DOORS, Event, Step, Story, asked_from, some_story},
    voting::{Standing, is_approver},
};
use super::{
    Ask, Ballot, Request, RequestState, confirm_source,
    sample::{ALICE, NOW, actor, ask, person, port, target},
};
use crate::domain::{
    Change, Instant,
    effect::{Effect, Task},
    ids::{RequestNumber, UserId},
    record::{Entry, Fact},
    text::FreeText,
    vote::Door,
    window::{FailReason, NotObeyed, Proof, RulesKept, Window},
};

/// What happened so far, kept apart from the domain.
struct World {
    now: Instant,
    request: Request,
    windows: Vec<Window>,
    /// The windows as they were approved.
    approved: Vec<Window>,
    /// The approvals that stand, by voter.
    standing: BTreeMap<u64, Standing>,
    open_tasks: Vec<Task>,
    decisions: usize,
    told: BTreeMap<String, usize>,
    /// How often each kind of thing was recorded.
    said: BTreeMap<&'static str, usize>,
}

impl World {
    fn new(story: &Story) -> Self {
        let mut targets = Vec::new();
        for index in &story.doors {
            let (name, number, policy) = DOORS[*index];
            let one = target(name, &[number], policy);
            match targets
                .iter_mut()
                .find(|known: &&mut super::Target| known.vm == one.vm)
            {
                Some(known) => known.ports.extend(one.ports),
                None => targets.push(one),
            }
        }
        let ask = Ask {
            starts_at: story.starts.map(|seconds| NOW + TimeDelta::seconds(seconds)),
            ..ask(targets, story.asked.clone())
        };
        let request = if story.draft {
            ask.draft(Some(asked_from()), NOW)
        } else {
            ask.from(asked_from(), NOW)
        };
        Self {
            now: NOW,
            request: request.after,
            windows: Vec::new(),
            approved: Vec::new(),
            standing: BTreeMap::new(),
            open_tasks: Vec::new(),
            decisions: 0,
            told: BTreeMap::new(),
            said: BTreeMap::new(),
        }
    }

    fn happens(&mut self, event: &Event, story: &Story) -> Result<(), TestCaseError> {
        let before = self.request.clone();
        match event {
            Event::Passes(seconds) => self.now += TimeDelta::seconds(*seconds),
            Event::ConfirmsSource => {
                if let Some(change) = confirm_source(before.clone(), asked_from(), self.now) {
                    prop_assert_eq!(before.state.name(), "draft");
                    self.request = self.noted(change);
                }
            }
            Event::Votes {
                voter,
                roles,
                choice,
                via,
                less,
                day,
            } => {
                let today = story.days.get(*day).map(Vec::as_slice);
                let ballot = Ballot {
                    less: *less,
                    ..Ballot::new(actor(*voter, roles), *choice, *via)
                };
                self.votes(ballot, today)?;
            }
            Event::TakesBack { voter, how, day } => {
                let today = story.days.get(*day).map(Vec::as_slice);
                self.takes_back(*voter, *how, today)?;
            }
            Event::Claims { who, roles, via } => {
                if let Ok(change) = before.clone().claim(&actor(*who, roles), *via, None, self.now) {
                    prop_assert_ne!(*who, ALICE);
                    prop_assert!(
                        before
                            .terms
                            .iter()
                            .any(|terms| is_approver(&actor(*who, roles), terms))
                    );
                    prop_assert_eq!(change.after.claimed().map(|claim| claim.by.id.0), Some(*who));
                    self.request = self.noted(change);
                    prop_assert_eq!(
                        self.request.votes(),
                        before.votes(),
                        "looking says neither yes nor no"
                    );
                }
            }
            Event::LetsGo(who, how) => {
                if let Ok(change) = before.clone().let_go(UserId(*who), *how, self.now) {
                    prop_assert_eq!(before.claimed().map(|claim| claim.by.id.0), Some(*who));
                    self.request = self.noted(change);
                    prop_assert!(self.request.claimed().is_none());
                }
            }
            Event::Withdraws(who) => {
                if let Ok(change) = before.clone().withdraw(&person(*who), self.now) {
                    prop_assert_eq!(*who, ALICE);
                    self.request = self.noted(change);
                }
            }
            Event::Lapses => {
                if let Ok(change) = before.clone().lapse(self.now) {
                    self.request = self.noted(change);
                }
            }
            Event::AsksAzure => {
                let policies: BTreeSet<_> = self.windows.iter().map(|window| window.policy.clone()).collect();
                for policy in policies {
                    let own = self
                        .windows
                        .iter()
                        .filter(|window| window.policy == policy)
                        .cloned()
                        .collect();
                    let change = Window::ask_azure(own, &self.request, &policy, self.now);
                    for window in self.noted(change) {
                        self.put(window);
                    }
                }
            }
            Event::Starts(still) => self.starts(&before, *still)?,
            Event::CallsOff(who) => {
                if let Ok(change) = before.clone().call_off(&person(*who), self.now) {
                    prop_assert_eq!(before.state.name(), "scheduled");
                    self.request = self.noted(change);
                }
            }
            Event::Window(index, step) => self.steps(*index, *step)?,
            Event::Settles => {
                if let Ok(change) = before.clone().settle(&self.windows, self.now) {
                    prop_assert!(self.windows.iter().all(|window| window.state.is_over()));
                    self.request = self.noted(change);
                }
            }
        }
        self.decided_once(&before)?;
        self.never_wider_than_approved()?;
        self.told_once()
    }

    /// G2: one window for each door, and one call for each JIT policy, with exactly its windows.
    fn exactly_the_doors_once(&self) -> Result<(), TestCaseError> {
        let opened: BTreeSet<Door> = self
            .windows
            .iter()
            .map(|window| Door {
                vm: window.vm.clone(),
                port: window.port,
            })
            .collect();
        let asked: BTreeSet<Door> = self.request.doors().collect();
        prop_assert_eq!(opened.len(), self.windows.len());
        prop_assert_eq!(opened, asked);
        let mut policies = BTreeSet::new();
        let mut called = BTreeSet::new();
        for task in &self.open_tasks {
            let Task::Open { policy, windows, .. } = task else {
                continue;
            };
            prop_assert!(
                policies.insert(policy.clone()),
                "a second call for one JIT policy"
            );
            for id in windows {
                prop_assert!(called.insert(*id), "a window in two calls");
                let window = self.windows.iter().find(|window| window.id == *id);
                prop_assert_eq!(window.map(|window| &window.policy), Some(policy));
            }
        }
        prop_assert_eq!(called.len(), self.windows.len());
        Ok(())
    }

    fn steps(&mut self, index: usize, step: Step) -> Result<(), TestCaseError> {
        let Some(window) = self.windows.get(index).cloned() else {
            return Ok(());
        };
        let (request, now) = (&self.request, self.now);
        let refused = FailReason::Refused {
            status: 409,
            code: "Conflict".into(),
            message: FreeText::new("no").unwrap(),
        };
        let result = match step {
            Step::Opened => window
                .clone()
                .opened(request, Some(port(50022)), Proof::AzureSays, now),
            Step::Stuck { rule_missing } => window.clone().stuck(request, rule_missing, now),
            Step::Refused => window.clone().failed(request, refused, now),
            Step::Absent => window.clone().failed(request, FailReason::ProvenAbsent, now),
            Step::CloseAsked => window.clone().ask_close(request, &person(3), now),
            Step::Ends { frozen } => window.clone().end(request, frozen, now),
            Step::Shut => window.clone().shut(request, now),
            Step::Superseded => window.clone().superseded(request, now),
            Step::Vanished => window.clone().vanished(request, now),
            Step::RuleTaken => window.clone().rule_taken(request, now),
            Step::KeptOut => window.clone().kept_out(request, now),
            Step::LetInAgain => window.clone().let_in_again(request),
            Step::Unconfirmed => window.clone().unconfirmed(request, now),
            Step::Replaced { extension } => {
                window
                    .clone()
                    .replaced(request, RequestNumber(99), extension, now)
            }
            Step::ShutByRules => {
                window
                    .clone()
                    .shut_by_rules(request, vec!["rule".to_owned()], NotObeyed::StillOpen)
            }
            Step::LeftToItsEnd => window.clone().left_to_its_end(request, None, RulesKept::NotFound),
        };
        match result {
            Err(not_now) => prop_assert_eq!(not_now.0, window, "a refused step changes nothing"),
            Ok(change) => {
                prop_assert!(!window.state.is_over(), "what is over stays over");
                let after = self.noted(change);
                self.put(after);
            }
        }
        Ok(())
    }

    /// G4: once decided, a request only settles.
    fn decided_once(&self, before: &Request) -> Result<(), TestCaseError> {
        let step = (before.state.name(), self.request.state.name());
        let fine = match step {
            ("draft", "pending" | "withdrawn" | "lapsed")
            | ("pending", "approved" | "denied" | "withdrawn" | "lapsed")
            | ("approved", "settled")
            | ("pending", "scheduled")
            | ("scheduled", "approved" | "not_started") => true,
            ("pending", "pending") => true,
            _ => before.state == self.request.state,
        };
        prop_assert!(fine, "{step:?}");
        prop_assert!(self.decisions <= 1, "decided {} times", self.decisions);
        Ok(())
    }

    /// G8: no window ever differs from what was approved, and no call to open follows the approval.
    fn never_wider_than_approved(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.windows.len(), self.approved.len());
        for (window, approved) in self.windows.iter().zip(&self.approved) {
            let mut same = window.clone();
            same.state = approved.state.clone();
            prop_assert_eq!(&same, approved);
            prop_assert_eq!(Some(window.source), self.request.source());
        }
        let ends = match &self.request.state {
            RequestState::Approved { at, ends_at, .. } => Some((*at, *ends_at)),
            RequestState::Settled {
                approved_at, ends_at, ..
            } => Some((*approved_at, *ends_at)),
            _ => None,
        };
        match ends {
            None => prop_assert!(self.windows.is_empty() && self.open_tasks.is_empty()),
            Some((at, ends_at)) => {
                let from = self.request.starts_at.unwrap_or(at);
                prop_assert_eq!(ends_at, from + self.request.length.delta());
                prop_assert!(
                    ends_at <= from + super::sample::length("1h").delta(),
                    "never longer than asked"
                );
                prop_assert!(from <= self.now, "opened before its start");
                prop_assert!(self.windows.iter().all(|window| window.ends_at == ends_at));
                let policies: BTreeSet<_> = self.windows.iter().map(|window| &window.policy).collect();
                prop_assert_eq!(self.open_tasks.len(), policies.len());
            }
        }
        Ok(())
    }

    /// Nothing of a window is recorded twice, and none is told open that had failed.
    fn told_once(&self) -> Result<(), TestCaseError> {
        for (what, count) in &self.told {
            prop_assert_eq!(*count, 1, "{}", what);
        }
        for window in &self.windows {
            let told = |what: &str| self.told.contains_key(&format!("{what} {}", window.id));
            prop_assert!(!(told("opened") && told("failed")));
            prop_assert!(
                !told("opened") || told("opening"),
                "told open, but never asked for"
            );
            prop_assert_eq!(window.state.is_over(), told("closed") || told("failed"));
        }
        Ok(())
    }

    fn put(&mut self, window: Window) {
        if let Some(held) = self.windows.iter_mut().find(|held| held.id == window.id) {
            *held = window;
        }
    }

    /// Remembers what a change recorded and asked for.
    fn noted<T>(&mut self, change: Change<T>) -> T {
        for Effect { task, .. } in change.effects {
            if matches!(task, Task::Open { .. }) {
                self.open_tasks.push(task);
            }
        }
        for Entry { fact, .. } in change.records {
            *self.said.entry(fact.name()).or_default() += 1;
            let about: Vec<_> = match &fact {
                Fact::Opening { windows, .. } => windows.iter().map(|window| window.id).collect(),
                Fact::Opened { window, .. }
                | Fact::Stuck { window, .. }
                | Fact::Failed { window, .. }
                | Fact::CloseAsked { window }
                | Fact::Closed { window, .. }
                | Fact::CloseUnconfirmed { window }
                | Fact::ClosingByRules { window, .. }
                | Fact::LeftToItsEnd { window, .. } => vec![window.id],
                Fact::Approved { .. }
                | Fact::Denied { .. }
                | Fact::Withdrawn { .. }
                | Fact::Lapsed { .. } => {
                    self.decisions += 1;
                    Vec::new()
                }
                _ => Vec::new(),
            };
            for id in about {
                *self.told.entry(format!("{} {id}", fact.name())).or_default() += 1;
            }
        }
        change.after
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_sequence_of_events_breaks_a_promise(story in some_story()) {
        let mut world = World::new(&story);
        for event in &story.events {
            world.happens(event, &story)?;
        }
    }
}

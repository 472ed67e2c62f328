//! No sequence of events breaks G2, G4, G5 or G8.
//!
//! Random people vote with random roles under random rules of the day, withdraw, close; time passes; Azure says
//! what it likes. After each event the promises are checked against a history kept apart from the domain's own.

mod extension;
mod story;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use proptest::prelude::*;

use self::story::{DOORS, Event, Step, Story, some_story};
use super::{
    Request, RequestState, VoteRefusal, confirm_source,
    sample::{ALICE, NOW, actor, ask, ballot, ids, person, port, source, target},
};
use crate::domain::{
    Change, Instant,
    actor::{Actor, Principal},
    effect::{Effect, Task},
    ids::RequestNumber,
    record::{Entry, Fact},
    text::FreeText,
    vote::{Choice, Door, Terms},
    window::{FailReason, NotObeyed, Proof, RulesKept, Window},
};

/// What happened so far, kept apart from the domain.
struct World {
    now: Instant,
    request: Request,
    windows: Vec<Window>,
    /// The windows as they were approved.
    approved: Vec<Window>,
    /// For each voter, the doors for which they were eligible at their click under both sets of rules, and their
    /// roles at that click.
    eligible: BTreeMap<u64, (BTreeSet<Door>, Actor)>,
    open_tasks: Vec<Task>,
    decisions: usize,
    told: BTreeMap<String, usize>,
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
        let ask = ask(targets, story.asked.clone());
        let request = if story.draft {
            ask.draft(Some(source()), NOW)
        } else {
            ask.from(source(), NOW)
        };
        Self {
            now: NOW,
            request: request.after,
            windows: Vec::new(),
            approved: Vec::new(),
            eligible: BTreeMap::new(),
            open_tasks: Vec::new(),
            decisions: 0,
            told: BTreeMap::new(),
        }
    }

    fn happens(&mut self, event: &Event, story: &Story) -> Result<(), TestCaseError> {
        let before = self.request.clone();
        match event {
            Event::Passes(seconds) => self.now += TimeDelta::seconds(*seconds),
            Event::ConfirmsSource => {
                if let Some(change) = confirm_source(before.clone(), source(), self.now) {
                    prop_assert_eq!(before.state.name(), "draft");
                    self.request = self.noted(change);
                }
            }
            Event::Votes {
                voter,
                roles,
                choice,
                day,
            } => {
                let today = story.days.get(*day).map(Vec::as_slice);
                self.votes(&actor(*voter, roles), *choice, today)?;
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

    fn votes(&mut self, voter: &Actor, choice: Choice, today: Option<&[Terms]>) -> Result<(), TestCaseError> {
        let was_pending =
            matches!(&self.request.state, RequestState::Pending { answer_by, .. } if self.now < *answer_by);
        let id = voter.person.id.0;
        let may = |terms: &Terms| is_approver(voter, terms);
        let asked_for =
            |terms: &[Terms], door: &Door| terms.iter().any(|terms| terms.doors.contains(door) && may(terms));
        let before = self.request.clone();
        let result = before
            .clone()
            .vote(ballot(voter.clone(), choice), today, self.now, ids());
        // Rules that lack a door of the request do not allow it, so that nobody can approve any of it.
        let today = today.filter(|today| before.doors().all(|door| Terms::of(today, &door).is_some()));
        if was_pending
            && id != ALICE
            && choice == Choice::Approve
            && let Some(today) = today
        {
            let doors = before
                .doors()
                .filter(|door| asked_for(&before.terms, door) && asked_for(today, door));
            let doors: BTreeSet<Door> = doors.collect();
            if !doors.is_empty() {
                self.eligible.entry(id).or_insert((doors, voter.clone()));
            }
        }
        // G5, both ways: approved exactly when the quorum of every door is there, of eligible people.
        let enough = was_pending
            && id != ALICE
            && choice == Choice::Approve
            && today.is_some_and(|today| {
                before
                    .doors()
                    .any(|door| asked_for(&before.terms, &door) && asked_for(today, &door))
                    && before.doors().all(|door| self.quorum(&door, today))
            });
        match result {
            Err(VoteRefusal::NotPending { state }) => {
                prop_assert_eq!(*state, before.state);
                prop_assert!(!was_pending);
            }
            Err(_) => prop_assert!(!enough),
            Ok(change) => {
                prop_assert!(was_pending);
                prop_assert_ne!(id, ALICE, "nobody decides on their own request");
                let (request, windows) = self.noted(change);
                prop_assert_eq!(request.state.name() == "approved", enough);
                if request.state.name() == "denied" {
                    prop_assert_eq!(choice, Choice::Deny);
                    prop_assert!(before.terms.iter().any(may));
                }
                prop_assert_eq!(windows.is_empty(), !enough);
                self.approved.clone_from(&windows);
                self.windows = windows;
                self.request = request;
                if enough {
                    self.exactly_the_doors_once()?;
                }
            }
        }
        Ok(())
    }

    /// Whether enough different people said yes to this door while they were eligible, under both quorums.
    fn quorum(&self, door: &Door, today: &[Terms]) -> bool {
        let of = |terms: &[Terms]| terms.iter().find(|terms| terms.doors.contains(door)).cloned();
        let (Some(asked), Some(now)) = (of(&self.request.terms), of(today)) else {
            return false;
        };
        let said_yes: Vec<&Actor> = self
            .eligible
            .values()
            .filter(|(doors, _)| doors.contains(door))
            .map(|(_, voter)| voter)
            .filter(|voter| is_approver(voter, &asked) && is_approver(voter, &now))
            .collect();
        [asked, now].iter().all(|terms| {
            let wanted: Vec<_> = terms
                .quorum
                .groups()
                .iter()
                .map(|group| (group.approvers.as_slice(), group.approvals.max(1)))
                .collect();
            can_be_seated(&wanted, &said_yes)
        })
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
            | ("approved", "settled") => true,
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
                prop_assert_eq!(ends_at, at + self.request.length.delta());
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

fn is_approver(voter: &Actor, terms: &Terms) -> bool {
    terms
        .quorum
        .groups()
        .iter()
        .any(|group| voter.is_any_of(&group.approvers))
}

/// Whether each place that a group wants can be given to a voter of that group, and no voter two places.
fn can_be_seated(wanted: &[(&[Principal], u8)], voters: &[&Actor]) -> bool {
    let Some(place) = wanted.iter().position(|(_, left)| *left > 0) else {
        return true;
    };
    let mut rest = wanted.to_vec();
    rest[place].1 -= 1;
    voters.iter().enumerate().any(|(taken, voter)| {
        let others: Vec<_> = voters
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != taken)
            .map(|(_, voter)| *voter)
            .collect();
        voter.is_any_of(wanted[place].0) && can_be_seated(&rest, &others)
    })
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

/// The stories reach the states that the promises are about; else the property above would prove nothing.
#[test]
fn the_stories_go_everywhere() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};

    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..600 {
        let story = some_story().new_tree(&mut runner).unwrap().current();
        let mut world = World::new(&story);
        for event in &story.events {
            world.happens(event, &story).unwrap();
        }
        *reached.entry(world.request.state.name().to_owned()).or_default() += 1;
        for window in &world.windows {
            *reached
                .entry(format!("window {}", window.state.name()))
                .or_default() += 1;
        }
    }
    for state in [
        "pending",
        "approved",
        "settled",
        "denied",
        "withdrawn",
        "lapsed",
        "window opening",
        "window open",
        "window closing",
        "window closed",
        "window failed",
    ] {
        assert!(
            reached.get(state).is_some_and(|count| *count >= 5),
            "{state}: {reached:?}"
        );
    }
}

//! However an access is extended, closed, ended and extended again, no promise breaks: G2, G4, G5, G8.

use chrono::TimeDelta;
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::super::{
    Ask, Request, RequestState,
    sample::{ALICE, BOB, NOW, ON_CALL, actor, ballot, door, length, person, role, simple, target, terms},
};
use crate::domain::{
    Instant,
    ids::{RequestId, RequestNumber, WindowId},
    length::Length,
    vote::{Choice, Door},
    window::{Proof, Window, WindowState},
};

#[derive(Debug, Clone)]
enum Event {
    Passes(i64),
    /// Alice, or somebody else, asks for more time for one of the requests.
    Asks {
        who: u64,
        of: usize,
        minutes: u64,
        by_rule: bool,
    },
    Votes {
        on: usize,
        voter: u64,
        on_call: bool,
        choice: Choice,
    },
    Withdraws(usize),
    Lapses(usize),
    /// What a base was is not so any more.
    LosesItsBase(usize),
    Window {
        of: usize,
        which: usize,
        step: Step,
    },
}

#[derive(Debug, Clone, Copy)]
enum Step {
    AskedAndOpened,
    CloseAsked,
    Ends,
    Shut,
    Replaced,
}

/// A request with what was approved of it.
struct Life {
    request: Request,
    windows: Vec<Window>,
    approved: Vec<Window>,
    /// Decided by a rule, or by a voter.
    by_rule: bool,
    voters: Vec<(u64, bool)>,
    /// The doors that were open when it was asked; of the first one, all.
    open_then: Vec<Door>,
}

struct World {
    now: Instant,
    lives: Vec<Life>,
    windows_made: u128,
}

impl World {
    fn new() -> Self {
        let doors = vec![door("web-01", 22), door("web-01", 443)];
        let ask = Ask {
            targets: vec![target("web-01", &[22, 443], "default")],
            terms: vec![terms("web", doors.clone(), &[role(ON_CALL)], 1)],
            ..simple()
        };
        let request = ask.from(super::super::sample::source(), NOW).after;
        let mut world = Self {
            now: NOW,
            lives: vec![Life {
                request,
                windows: Vec::new(),
                approved: Vec::new(),
                by_rule: false,
                voters: Vec::new(),
                open_then: doors,
            }],
            windows_made: 0,
        };
        world.votes(0, BOB, true, Choice::Approve).unwrap();
        for which in 0..2 {
            world.steps(0, which, Step::AskedAndOpened);
        }
        world
    }

    fn happens(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match *event {
            Event::Passes(seconds) => self.now += TimeDelta::seconds(seconds),
            Event::Asks {
                who,
                of,
                minutes,
                by_rule,
            } => self.asks(who, of % self.lives.len(), minutes, by_rule)?,
            Event::Votes {
                on,
                voter,
                on_call,
                choice,
            } => self.votes(on % self.lives.len(), voter, on_call, choice)?,
            Event::Withdraws(of) => {
                let at = of % self.lives.len();
                let life = &mut self.lives[at];
                if let Ok(change) = life.request.clone().withdraw(&person(ALICE), self.now) {
                    life.request = change.after;
                }
            }
            Event::Lapses(of) => {
                let at = of % self.lives.len();
                let life = &mut self.lives[at];
                if let Ok(change) = life.request.clone().lapse(self.now) {
                    life.request = change.after;
                }
            }
            Event::LosesItsBase(of) => {
                let at = of % self.lives.len();
                let life = &mut self.lives[at];
                if let Ok(change) = life.request.clone().lapse_without_base(self.now) {
                    prop_assert!(life.request.extends.is_some());
                    prop_assert_eq!(life.request.state.name(), "pending");
                    life.request = change.after;
                }
            }
            Event::Window { of, which, step } => {
                let at = of % self.lives.len();
                self.steps(at, which, step);
            }
        }
        self.promises()
    }

    fn asks(&mut self, who: u64, of: usize, minutes: u64, by_rule: bool) -> Result<(), TestCaseError> {
        let base = &self.lives[of];
        let open: Vec<Door> = base
            .windows
            .iter()
            .filter(|window| matches!(window.state, WindowState::Open { .. }))
            .map(|window| Door {
                vm: window.vm.clone(),
                port: window.port,
            })
            .collect();
        let Ok(extendable) = base.request.extendable(&person(who), &base.windows, self.now) else {
            return Ok(());
        };
        prop_assert_eq!(who, ALICE, "only who asked");
        prop_assert!(!open.is_empty() && self.now < extendable.extends.ends_at);
        prop_assert_eq!(Some(extendable.source), base.request.source());
        let number = i64::try_from(self.lives.len()).unwrap() + 8;
        let longer: Length = length(&format!("{minutes}m"));
        let ask = Ask {
            id: RequestId(Uuid::from_u128(u128::try_from(number).unwrap())),
            number: RequestNumber(number),
            targets: extendable.targets.clone(),
            terms: base.request.terms.clone(),
            length: longer,
            extends: Some(extendable.extends),
            starts_at: None,
            ..simple()
        };
        let (request, windows) = if by_rule {
            let made = &mut self.windows_made;
            ask.from(extendable.source, self.now)
                .decided_alone(self.now, || fresh(made))
                .after
        } else {
            (ask.from(extendable.source, self.now).after, Vec::new())
        };
        let mut asked: Vec<Door> = request.doors().collect();
        let mut was_open = open.clone();
        asked.sort();
        was_open.sort();
        prop_assert_eq!(asked, was_open, "what was closed is not asked for");
        self.lives.push(Life {
            request,
            approved: windows.clone(),
            windows,
            by_rule,
            voters: Vec::new(),
            open_then: open,
        });
        Ok(())
    }

    fn votes(&mut self, on: usize, voter: u64, on_call: bool, choice: Choice) -> Result<(), TestCaseError> {
        let now = self.now;
        let roles = if on_call { vec![ON_CALL] } else { Vec::new() };
        let life = &mut self.lives[on];
        let before = life.request.clone();
        let today = before.terms.clone();
        let made = &mut self.windows_made;
        let vote = ballot(actor(voter, &roles), choice);
        let Ok(change) = before.clone().vote(vote, Some(&today), now, || fresh(made)) else {
            return Ok(());
        };
        prop_assert_eq!(before.state.name(), "pending", "decided once");
        let (request, windows) = change.after;
        if choice == Choice::Approve {
            life.voters.push((voter, on_call));
            if let Some(extends) = request.extends {
                prop_assert!(now < extends.ends_at, "what has ended is not made longer");
            }
        }
        life.request = request;
        life.approved.clone_from(&windows);
        life.windows = windows;
        Ok(())
    }

    fn steps(&mut self, of: usize, which: usize, step: Step) {
        let now = self.now;
        let life = &mut self.lives[of];
        let Some(window) = life.windows.get(which % life.windows.len().max(1)).cloned() else {
            return;
        };
        let request = life.request.clone();
        let result = match step {
            Step::AskedAndOpened => {
                let policy = window.policy.clone();
                let asked = Window::ask_azure(vec![window.clone()], &request, &policy, now).after;
                let asked = asked.into_iter().next().unwrap_or(window);
                asked.opened(&request, None, Proof::RuleStands, now)
            }
            Step::CloseAsked => window.ask_close(&request, &person(BOB), now),
            Step::Ends => window.end(&request, false, now),
            Step::Shut => window.shut(&request, now),
            Step::Replaced => window.replaced(&request, RequestNumber(99), true, now),
        };
        if let Ok(change) = result {
            let after = change.after;
            for held in &mut life.windows {
                if held.id == after.id {
                    *held = after.clone();
                }
            }
        }
    }

    fn promises(&self) -> Result<(), TestCaseError> {
        for life in &self.lives {
            let is_approved = matches!(
                life.request.state,
                RequestState::Approved { .. } | RequestState::Settled { .. }
            );
            prop_assert_eq!(
                is_approved,
                !life.windows.is_empty(),
                "a window needs an approval"
            );
            if is_approved {
                // G5: by a rule, which the record says, or by one who may and is not who asked.
                prop_assert_eq!(life.request.is_approved_by_rule(), life.by_rule);
                let entitled = life
                    .voters
                    .iter()
                    .any(|(voter, on_call)| *voter != ALICE && *on_call);
                prop_assert!(life.by_rule || entitled);
            }
            // G2: one window for each door; G8: none ever differs from what was approved.
            let mut doors: Vec<_> = life
                .windows
                .iter()
                .map(|window| (&window.vm, window.port))
                .collect();
            doors.sort();
            let count = doors.len();
            doors.dedup();
            prop_assert_eq!(doors.len(), count);
            for (window, approved) in life.windows.iter().zip(&life.approved) {
                let mut same = window.clone();
                same.state = approved.state.clone();
                prop_assert_eq!(&same, approved);
                let door = Door {
                    vm: window.vm.clone(),
                    port: window.port,
                };
                prop_assert!(life.open_then.contains(&door), "only what was open");
                prop_assert_eq!(Some(window.source), self.lives[0].request.source());
                if let Some(extends) = life.request.extends {
                    prop_assert_eq!(window.ends_at, extends.ends_at + life.request.length.delta());
                }
            }
        }
        Ok(())
    }
}

fn fresh(made: &mut u128) -> WindowId {
    *made += 1;
    WindowId(Uuid::from_u128(*made))
}

fn some_event() -> impl Strategy<Value = Event> {
    let step = prop_oneof![
        5 => Just(Step::AskedAndOpened),
        1 => Just(Step::CloseAsked),
        2 => Just(Step::Ends),
        2 => Just(Step::Shut),
        1 => Just(Step::Replaced),
    ];
    let choice = prop_oneof![5 => Just(Choice::Approve), 1 => Just(Choice::Deny)];
    let who = prop_oneof![5 => Just(ALICE), 1 => 1_u64..4];
    prop_oneof![
        3 => (0_i64..1200).prop_map(Event::Passes),
        4 => (who, 0_usize..6, 10_u64..90, any::<bool>())
            .prop_map(|(who, of, minutes, by_rule)| Event::Asks { who, of, minutes, by_rule }),
        6 => (0_usize..6, 1_u64..4, any::<bool>(), choice)
            .prop_map(|(on, voter, on_call, choice)| Event::Votes { on, voter, on_call, choice }),
        1 => (0_usize..6).prop_map(Event::Withdraws),
        1 => (0_usize..6).prop_map(Event::Lapses),
        1 => (0_usize..6).prop_map(Event::LosesItsBase),
        8 => (0_usize..6, 0_usize..2, step).prop_map(|(of, which, step)| Event::Window { of, which, step }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_sequence_of_extensions_breaks_a_promise(events in vec(some_event(), 1..50)) {
        let mut world = World::new();
        for event in &events {
            world.happens(event)?;
        }
    }
}

/// The events above do extend, by both ways, and extend what was extended.
#[test]
fn the_events_reach_extensions_of_extensions() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};

    let mut runner = TestRunner::deterministic();
    let (mut by_rule, mut by_people, mut of_extensions) = (0, 0, 0);
    for _ in 0..300 {
        let events = vec(some_event(), 1..50).new_tree(&mut runner).unwrap().current();
        let mut world = World::new();
        for event in &events {
            world.happens(event).unwrap();
        }
        let first = world.lives[0].request.id;
        for life in &world.lives[1..] {
            let approved = !life.windows.is_empty();
            by_rule += usize::from(approved && life.by_rule);
            by_people += usize::from(approved && !life.by_rule);
            of_extensions += usize::from(
                life.request
                    .extends
                    .is_some_and(|extends| extends.request != first),
            );
        }
    }
    assert!(
        by_rule > 20 && by_people > 20 && of_extensions > 20,
        "{by_rule} {by_people} {of_extensions}"
    );
}

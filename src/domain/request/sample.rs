//! A request, its people and its windows for the tests of `domain`.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Ask, Ballot, Request, Target, TargetPort};
use crate::domain::{
    Change, Instant,
    actor::{Actor, Person, Principal},
    effect::{Effect, Task},
    ids::{ChannelId, RequestId, RequestNumber, RoleId, RuleName, UserId, WindowId},
    length::Length,
    port::Port,
    quorum::Quorum,
    source::Source,
    vm::{JitPolicyId, VmId},
    vote::{Choice, Door, Terms, Via},
    window::Window,
};

pub(in crate::domain) const NOW: Instant = Instant::UNIX_EPOCH;
pub(in crate::domain) const ALICE: u64 = 1;
pub(in crate::domain) const BOB: u64 = 2;
pub(in crate::domain) const CAROL: u64 = 3;
pub(in crate::domain) const ON_CALL: u64 = 20;
pub(in crate::domain) const LEAD: u64 = 30;

const SCOPE: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod/providers";

pub(in crate::domain) fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

pub(in crate::domain) fn person(id: u64) -> Person {
    Person {
        id: UserId(id),
        name: format!("person {id}"),
    }
}

pub(in crate::domain) fn actor(id: u64, roles: &[u64]) -> Actor {
    Actor {
        person: person(id),
        roles: roles.iter().copied().map(RoleId).collect(),
    }
}

pub(in crate::domain) fn role(id: u64) -> Principal {
    Principal::Role(RoleId(id))
}

pub(in crate::domain) fn user(id: u64) -> Principal {
    Principal::User(UserId(id))
}

pub(in crate::domain) fn source() -> Source {
    "8.8.8.8".parse().unwrap()
}

pub(in crate::domain) fn vm(name: &str) -> VmId {
    format!("{SCOPE}/Microsoft.Compute/virtualMachines/{name}")
        .parse()
        .unwrap()
}

pub(in crate::domain) fn jit_policy(name: &str) -> JitPolicyId {
    format!("{SCOPE}/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/{name}")
        .parse()
        .unwrap()
}

pub(in crate::domain) fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

pub(in crate::domain) fn door(name: &str, number: u16) -> Door {
    Door {
        vm: vm(name),
        port: port(number),
    }
}

pub(in crate::domain) fn target(name: &str, ports: &[u16], policy: &str) -> Target {
    let entry = |number: &u16| TargetPort {
        port: port(*number),
        policy: jit_policy(policy),
    };
    Target {
        vm: vm(name),
        ports: ports.iter().map(entry).collect(),
    }
}

pub(in crate::domain) fn terms(
    rule: &str,
    doors: Vec<Door>,
    approvers: &[Principal],
    approvals: u8,
) -> Terms {
    Terms {
        rule: RuleName(rule.to_owned()),
        doors,
        quorum: Quorum::sole(approvers.to_vec(), approvals),
        requester_roles: Vec::new(),
        attention: Default::default(),
        alone: None,
        second_look: None,
        bounds: Default::default(),
    }
}

/// Alice asks for an hour, for which an answer has half an hour.
pub(in crate::domain) fn ask(targets: Vec<Target>, terms: Vec<Terms>) -> Ask {
    Ask {
        id: RequestId(Uuid::from_u128(7)),
        number: RequestNumber(7),
        requester: person(ALICE),
        targets,
        length: length("1h"),
        reason: None,
        terms,
        asked_in: ChannelId(1),
        answer_within: length("30m"),
        extends: None,
        starts_at: None,
    }
}

/// Alice asks for SSH on web-01; on-call approves, alone.
pub(in crate::domain) fn simple() -> Ask {
    ask(
        vec![target("web-01", &[22], "default")],
        vec![terms("web", vec![door("web-01", 22)], &[role(ON_CALL)], 1)],
    )
}

pub(in crate::domain) fn length(text: &str) -> Length {
    text.parse().unwrap()
}

pub(in crate::domain) fn ballot(voter: Actor, choice: Choice) -> Ballot {
    Ballot::new(voter, choice, Via::Button)
}

/// Ids for windows: 1, 2, 3, …
pub(in crate::domain) fn ids() -> impl FnMut() -> WindowId {
    let mut last = 0;
    move || {
        last += 1;
        WindowId(Uuid::from_u128(last))
    }
}

/// The simple request, approved by Bob ten minutes after it was asked, and its window.
pub(in crate::domain) fn approved() -> (Request, Window) {
    let request = simple().from(source(), NOW).after;
    let today = request.terms.clone();
    let approve = ballot(actor(BOB, &[ON_CALL]), Choice::Approve);
    let change = request
        .vote(approve, Some(&today), NOW + minutes(10), ids())
        .unwrap();
    let (request, mut windows) = change.after;
    (request, windows.remove(0))
}

/// The window of [`approved`] after Azure was asked for it.
pub(in crate::domain) fn asked_of_azure() -> (Request, Window) {
    let (request, window) = approved();
    let policy = window.policy.clone();
    let mut change = Window::ask_azure(vec![window], &request, &policy, NOW + minutes(10));
    (request, change.after.remove(0))
}

/// The names of what was recorded.
pub(in crate::domain) fn facts<T>(change: &Change<T>) -> Vec<&'static str> {
    change.records.iter().map(|entry| entry.fact.name()).collect()
}

/// Whether one of the effects is `task`, due at `due_at`.
pub(in crate::domain) fn asks_for(effects: &[Effect], task: &Task, due_at: Option<Instant>) -> bool {
    effects
        .iter()
        .any(|effect| &effect.task == task && effect.due_at == due_at)
}

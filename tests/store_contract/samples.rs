//! People, requests and windows to store.

use chrono::{DateTime, TimeDelta, Utc};
use portcullis::{
    clock::fresh_uuid,
    domain::{
        actor::{Person, Principal},
        ids::{ChannelId, RequestId, RoleId, RuleName, UserId, WindowId},
        port::Port,
        quorum::{Group, Quorum},
        record::{By, Entry, Fact},
        request::{Claim, NotStarted, Request, RequestState, Target, TargetPort},
        source::Source,
        text::FreeText,
        vm::{JitPolicyId, VmId},
        vote::{Choice, Door, Terms, Via, Vote},
        window::Window,
    },
    store::{Store, Version},
};

pub(crate) type Instant = DateTime<Utc>;

pub(crate) fn start() -> Instant {
    "2026-11-22T10:00:00.123Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Instant {
    start() + TimeDelta::seconds(seconds)
}

pub(crate) fn alice() -> Person {
    Person {
        id: UserId(100_000_000_000_000_001),
        name: "Alice 😀 \"quoted\" \\ back".to_owned(),
    }
}

pub(crate) fn bob() -> Person {
    Person {
        id: UserId(u64::MAX),
        name: "Bob".to_owned(),
    }
}

pub(crate) fn source() -> Source {
    "198.51.100.7".parse().unwrap()
}

pub(crate) fn vm(name: &str) -> VmId {
    format!(
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/{name}"
    )
    .parse()
    .unwrap()
}

pub(crate) fn policy() -> JitPolicyId {
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"
        .parse()
        .unwrap()
}

pub(crate) fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

pub(crate) fn door(name: &str, number: u16) -> Door {
    Door {
        vm: vm(name),
        port: port(number),
    }
}

pub(crate) fn pending() -> RequestState {
    RequestState::Pending {
        source: source(),
        answer_by: after(1800),
        escalated: Vec::new(),
        votes: vec![Vote {
            voter: bob(),
            choice: Choice::Approve,
            via: Via::ReactionReadLater,
            at: after(5),
            counts_for: vec![door("web-01", 22)],
            roles: Some(vec![RoleId(333)]),
        }],
        claimed: Some(Claim {
            by: bob(),
            at: after(4),
            via: Via::Reaction,
        }),
        taken_back: Vec::new(),
    }
}

pub(crate) fn approved() -> RequestState {
    RequestState::Approved {
        source: source(),
        at: after(60),
        votes: Vec::new(),
        ends_at: after(3660),
    }
}

/// One request in every state.
pub(crate) fn every_state() -> Vec<RequestState> {
    vec![
        RequestState::Draft {
            offered: Some(source()),
            answer_within: "30m".parse().unwrap(),
            lapses_at: after(900),
        },
        pending(),
        approved(),
        RequestState::Denied {
            source: source(),
            at: after(60),
            by: bob(),
            reason: FreeText::new("not today"),
        },
        RequestState::Withdrawn {
            source: None,
            at: after(60),
        },
        RequestState::Lapsed {
            source: Some(source()),
            at: after(60),
        },
        RequestState::Settled {
            source: source(),
            at: after(4000),
            approved_at: after(60),
            votes: Vec::new(),
            ends_at: after(3660),
        },
        RequestState::Scheduled {
            source: source(),
            at: after(60),
            votes: Vec::new(),
            starts_at: after(3600),
            ends_at: after(7200),
        },
        RequestState::NotStarted {
            source: source(),
            at: after(3600),
            approved_at: after(60),
            votes: Vec::new(),
            starts_at: after(3600),
            why: NotStarted::VmGone { vm: vm("web-01") },
        },
    ]
}

/// A request by `requester` that is not stored yet; the number is given when it is.
pub(crate) fn request(requester: Person, state: RequestState) -> Request {
    let ports = [22, 443].map(|number| TargetPort {
        port: port(number),
        policy: policy(),
    });
    Request {
        id: RequestId(fresh_uuid(start())),
        number: portcullis::domain::ids::RequestNumber(0),
        requester,
        targets: vec![Target {
            vm: vm("web-01"),
            ports: ports.to_vec(),
        }],
        length: "1h".parse().unwrap(),
        reason: FreeText::new("INC-42: 'quotes', \"more\", ünïcödé"),
        terms: vec![Terms {
            rule: RuleName("production ssh".to_owned()),
            doors: vec![door("web-01", 22), door("web-01", 443)],
            quorum: Quorum::of_groups(vec![
                Group {
                    name: Some("on-call".to_owned()),
                    approvers: vec![Principal::Role(RoleId(333))],
                    approvals: 1,
                },
                Group {
                    name: Some("leads".to_owned()),
                    approvers: vec![Principal::User(bob().id)],
                    approvals: 1,
                },
            ]),
            requester_roles: vec![RoleId(111)],
            attention: Default::default(),
            alone: None,
            second_look: None,
            bounds: Default::default(),
        }],
        asked_at: start(),
        asked_in: ChannelId(777),
        extends: None,
        narrowed: Vec::new(),
        starts_at: None,
        state,
    }
}

pub(crate) fn window(request: &Request, name: &str, number: u16) -> Window {
    Window::opening(
        WindowId(fresh_uuid(start())),
        request.id,
        vm(name),
        policy(),
        port(number),
        source(),
        after(3660),
        after(60),
    )
}

pub(crate) fn withdrawn_by(person: Person, request: &Request) -> Entry {
    Entry {
        by: By::Person(person),
        fact: Fact::Withdrawn {
            request: request.facts(),
        },
    }
}

/// An entry that belongs to no request.
pub(crate) fn frozen(why: &str) -> Entry {
    Entry {
        by: By::Operator("root".to_owned()),
        fact: Fact::Frozen {
            why: FreeText::new(why),
        },
    }
}

/// Stores a request under the next number.
pub(crate) async fn store(store: &Store, mut request: Request) -> (Request, Version) {
    let mut work = store.begin().await.unwrap();
    request.number = work.next_request_number().await.unwrap();
    work.insert_request(&request, None).await.unwrap();
    let read = work.load_request(request.id).await.unwrap().unwrap();
    work.commit().await.unwrap();
    read
}

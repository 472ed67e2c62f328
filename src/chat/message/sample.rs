//! Requests, windows and machines for the tests of the messages, and how a message reads.

use chrono::{TimeDelta, TimeZone, Utc};
use uuid::Uuid;

use super::rendered::Rendered;
use crate::domain::{
    Instant,
    actor::{Person, Principal},
    freeze::Freeze,
    ids::{ChannelId, RequestId, RequestNumber, RoleId, RuleName, UserId, WindowId},
    port::Port,
    quorum::Quorum,
    request::{Request, RequestState, Target, TargetPort},
    source::Source,
    text::FreeText,
    vm::{Address, JitState, Os, Power, Vm, VmId},
    vote::{Choice, Door, Terms, Via, Vote},
    window::{FailReason, Window, WindowState},
};

pub(super) const BOB: u64 = 202;
pub(super) const ON_CALL: u64 = 333;

pub(super) fn at(minutes: i64) -> Instant {
    Utc.timestamp_opt(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

pub(super) fn person(id: u64, name: &str) -> Person {
    Person {
        id: UserId(id),
        name: name.to_owned(),
    }
}

pub(super) fn alice() -> Person {
    person(101, "alice")
}

pub(super) fn bob() -> Person {
    person(BOB, "bob")
}

pub(super) fn vm_id(name: &str) -> VmId {
    format!(
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers/\
         Microsoft.Compute/virtualMachines/{name}"
    )
    .parse()
    .unwrap()
}

pub(super) fn vm(name: &str) -> Vm {
    Vm {
        id: vm_id(name),
        location: "westeurope".to_owned(),
        os: Os::Linux,
        power: Power::Running,
        tags: Default::default(),
        address: Address {
            private: "10.0.0.4".parse().ok(),
            public: "203.0.113.10".parse().ok(),
            dns: None,
            firewall: None,
        },
        admin: Some("azureuser".to_owned()),
        jit: JitState::NotConfigured,
        open_anyway: Vec::new(),
        beside_jit: Vec::new(),
        nics: Vec::new(),
    }
}

pub(super) fn source() -> Source {
    "8.8.4.7".parse().unwrap()
}

pub(super) fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

fn target(name: &str, ports: &[u16]) -> Target {
    let policy: crate::domain::vm::JitPolicyId =
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers/\
         Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"
            .parse()
            .unwrap();
    Target {
        vm: vm_id(name),
        ports: ports
            .iter()
            .map(|number| TargetPort {
                port: port(*number),
                policy: policy.clone(),
            })
            .collect(),
    }
}

pub(super) fn request_for(names: &[&str], ports: &[u16]) -> Request {
    let targets: Vec<_> = names.iter().map(|name| target(name, ports)).collect();
    let doors: Vec<Door> = targets
        .iter()
        .flat_map(|target| {
            target.ports.iter().map(|entry| Door {
                vm: target.vm.clone(),
                port: entry.port,
            })
        })
        .collect();
    Request {
        id: RequestId(Uuid::from_u128(17)),
        number: RequestNumber(17),
        requester: alice(),
        targets,
        length: "1h".parse().unwrap(),
        reason: FreeText::new("INC-42 the disk is full"),
        terms: vec![Terms {
            rule: RuleName("production ssh".to_owned()),
            doors,
            quorum: Quorum::sole(vec![Principal::Role(RoleId(ON_CALL))], 1),
            requester_roles: Vec::new(),
            attention: Default::default(),
            alone: None,
            second_look: None,
            bounds: Default::default(),
        }],
        asked_at: at(0),
        asked_in: ChannelId(900),
        extends: None,
        narrowed: Vec::new(),
        starts_at: None,
        state: RequestState::Pending {
            source: source(),
            answer_by: at(30),
            escalated: Vec::new(),
            votes: Vec::new(),
            claimed: None,
            taken_back: Vec::new(),
        },
    }
}

pub(super) fn pending(names: &[&str]) -> Request {
    request_for(names, &[22])
}

pub(super) fn draft() -> Request {
    Request {
        state: RequestState::Draft {
            offered: Some(source()),
            answer_within: "30m".parse().unwrap(),
            lapses_at: at(15),
        },
        ..pending(&["web-01"])
    }
}

pub(super) fn vote(request: &Request) -> Vote {
    Vote {
        voter: bob(),
        choice: Choice::Approve,
        via: Via::Button,
        at: at(2),
        counts_for: request.doors().collect(),
        roles: Some(vec![RoleId(ON_CALL)]),
    }
}

pub(super) fn approved(names: &[&str]) -> Request {
    let request = pending(names);
    Request {
        state: RequestState::Approved {
            source: source(),
            at: at(2),
            votes: vec![vote(&request)],
            ends_at: at(62),
        },
        ..request
    }
}

pub(super) fn denied(reason: Option<&str>) -> Request {
    Request {
        state: RequestState::Denied {
            source: source(),
            at: at(3),
            by: bob(),
            reason: reason.and_then(FreeText::new),
        },
        ..pending(&["web-01"])
    }
}

pub(super) fn windows(request: &Request) -> Vec<Window> {
    request
        .targets
        .iter()
        .flat_map(|target| target.ports.iter().map(move |entry| (target, entry)))
        .zip(1..)
        .map(|((target, entry), number)| {
            Window::opening(
                WindowId(Uuid::from_u128(number)),
                request.id,
                target.vm.clone(),
                entry.policy.clone(),
                entry.port,
                source(),
                at(62),
                at(2),
            )
        })
        .collect()
}

pub(super) fn open() -> WindowState {
    WindowState::Open {
        opened_at: at(3),
        mapped_port: None,
        proof: Default::default(),
        kept_out_since: None,
    }
}

pub(super) fn failed() -> WindowState {
    WindowState::Failed {
        at: at(3),
        why: FailReason::Refused {
            status: 403,
            code: "AuthorizationFailed".to_owned(),
            message: FreeText::new("The client has no right to do `initiate`.").unwrap(),
        },
    }
}

pub(super) fn freeze() -> Freeze {
    Freeze {
        since: at(1),
        by: person(404, "carol"),
        reason: FreeText::new("we are under attack"),
    }
}

/// A message as a person reads it: content, embed, buttons, pings.
pub(super) fn shown(rendered: &Rendered) -> String {
    let message = serde_json::to_value(rendered.to_message().body).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![text(&message["content"])];
    for embed in message["embeds"].as_array().into_iter().flatten() {
        lines.push(format!("== {} ==", text(&embed["title"])));
        lines.push(text(&embed["description"]));
        for field in embed["fields"].as_array().into_iter().flatten() {
            lines.push(format!("[{}] {}", text(&field["name"]), text(&field["value"])));
        }
        lines.push(format!("-- {}", text(&embed["footer"]["text"])));
    }
    for row in message["components"].as_array().into_iter().flatten() {
        let buttons: Vec<_> = row["components"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|button| format!("({})", text(&button["label"])))
            .collect();
        lines.push(buttons.join(" "));
    }
    if !rendered.pings.is_empty() {
        lines.push(format!("pings {:?}", rendered.pings));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

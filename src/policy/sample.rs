//! Rules, people and VMs for the tests of this folder.

use std::{collections::BTreeMap, time::Duration};

use super::{PortSet, ReasonRule, Rule, RuleBook, SourceRule};
use crate::domain::{
    actor::{Actor, Person, Principal},
    hours::{DaySet, Hours},
    ids::{RoleId, RuleName, UserId},
    length::Length,
    quorum::Quorum,
    vm::{Address, AllowedSources, JitEntry, JitPort, JitState, Os, Power, Protocol, Vm},
};

pub(super) const SUBSCRIPTION: &str = "11111111-1111-1111-1111-111111111111";
pub(super) const DEVELOPER: u64 = 100;
pub(super) const ON_CALL: u64 = 200;
pub(super) const LEAD: u64 = 300;

pub(super) fn length(text: &str) -> Length {
    text.parse().unwrap()
}

/// Hours in UTC.
pub(super) fn hours(days: &str, from: &str, to: &str) -> Hours {
    let days = DaySet::read([days]).unwrap();
    Hours::new(days, from.parse().unwrap(), to.parse().unwrap(), "UTC").unwrap()
}

pub(super) fn role(id: u64) -> Principal {
    Principal::Role(RoleId(id))
}

pub(super) fn user(id: u64) -> Principal {
    Principal::User(UserId(id))
}

pub(super) fn actor(id: u64, roles: &[u64]) -> Actor {
    Actor {
        person: Person {
            id: UserId(id),
            name: format!("person {id}"),
        },
        roles: roles.iter().copied().map(RoleId).collect(),
    }
}

pub(super) fn ports(names: &[&str]) -> PortSet {
    PortSet::Only(names.iter().map(|name| name.parse().unwrap()).collect())
}

/// Developers may ask for everything, for two hours; on-call approves.
pub(super) fn rule(name: &str) -> Rule {
    Rule {
        name: RuleName(name.to_owned()),
        vms: vec!["*".parse().unwrap()],
        ports: PortSet::All,
        requesters: vec![role(DEVELOPER)],
        hours: None,
        quorum: Quorum::sole(vec![role(ON_CALL)], 1),
        max_for: length("2h"),
        default_for: length("1h"),
        sources: SourceRule {
            widest: 32,
            within: Vec::new(),
            private: false,
        },
        reason: ReasonRule {
            required: false,
            unasked: false,
            suggestions: Vec::new(),
            pattern: None,
            example: None,
        },
        limits: Vec::new(),
        per_person: Default::default(),
        answer_within: length("30m"),
        extend: Default::default(),
        channel: None,
        notice_before: "10m".parse().ok(),
        attention: Default::default(),
        auto_approve: None,
        break_glass: None,
        second_look: None,
        fingerprint: name.to_owned(),
    }
}

pub(super) fn book(rules: Vec<Rule>) -> RuleBook {
    RuleBook {
        templates: Vec::new(),
        rules,
        hash: "hash".to_owned(),
    }
}

/// A VM with `env=prod` whose JIT policy has SSH and RDP for three hours, from anywhere.
pub(super) fn vm(group: &str, name: &str) -> Vm {
    let scope = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers");
    let jit_port = |name: &str| JitPort {
        port: name.parse().unwrap(),
        protocol: Protocol::Tcp,
        sources: AllowedSources::Any,
        max: Duration::from_secs(3 * 60 * 60),
    };
    Vm {
        id: format!("{scope}/Microsoft.Compute/virtualMachines/{name}")
            .parse()
            .unwrap(),
        location: "westeurope".into(),
        os: Os::Linux,
        power: Power::Running,
        tags: BTreeMap::from([("env".to_owned(), "prod".to_owned())]),
        address: Address::default(),
        admin: None,
        jit: JitState::Configured {
            policies: vec![JitEntry {
                policy: format!(
                    "{scope}/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"
                )
                .parse()
                .unwrap(),
                ports: vec![jit_port("ssh"), jit_port("rdp")],
            }],
        },
        open_anyway: Vec::new(),
        beside_jit: Vec::new(),
        nics: Vec::new(),
    }
}

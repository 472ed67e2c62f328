//! Rules, people and machines in numbers.

use std::{collections::BTreeMap, time::Duration};

use chrono::DateTime;
use portcullis::{
    domain::{
        actor::{Actor, Person, Principal},
        ids::{RoleId, RuleName, UserId},
        quorum::Quorum,
        vm::{Address, AllowedSources, JitEntry, JitPort, JitState, Os, Power, Protocol, SubscriptionId, Vm},
    },
    engine::inventory::{Part, View},
    policy::{PortSet, ReasonRule, Rule, RuleBook, SourceRule},
};

const SUBSCRIPTION: &str = "11111111-1111-1111-1111-111111111111";

/// Rules of a large company: one for each of `count` teams, each about the machines of that team by name, group and
/// tag. Alice is in the last team, so every rule is tried.
pub(crate) fn book(count: u64) -> RuleBook {
    RuleBook {
        templates: Vec::new(),
        rules: (1..=count).map(rule).collect(),
        hash: String::new(),
    }
}

fn rule(team: u64) -> Rule {
    Rule {
        name: RuleName(format!("team {team}")),
        vms: [
            "tag:env=prod".to_owned(),
            format!("group:team-{team}-*"),
            format!("t{team}-*"),
        ]
        .map(|pattern| pattern.parse().unwrap())
        .to_vec(),
        ports: PortSet::Only(["ssh", "rdp"].map(|port| port.parse().unwrap()).into()),
        requesters: vec![Principal::Role(RoleId(team))],
        quorum: Quorum::sole(vec![Principal::Role(RoleId(1_000_000 + team))], 1),
        max_for: "2h".parse().unwrap(),
        default_for: "1h".parse().unwrap(),
        sources: SourceRule {
            widest: 32,
            within: vec!["198.51.100.0/24".parse().unwrap()],
            private: false,
        },
        reason: ReasonRule {
            required: true,
            unasked: false,
            suggestions: Vec::new(),
            pattern: Some(regex::Regex::new(r"^(INC|CHG)-\d+").unwrap()),
            example: None,
        },
        answer_within: "30m".parse().unwrap(),
        extend: Default::default(),
        channel: None,
        notice_before: "10m".parse().ok(),
        attention: Default::default(),
        auto_approve: None,
        break_glass: None,
        second_look: None,
        hours: None,
        limits: Vec::new(),
        per_person: Default::default(),
        fingerprint: String::new(),
    }
}

/// The moment in which everything happens.
pub(crate) fn instant() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000)
}

/// A member of one team.
pub(crate) fn alice(team: u64) -> Actor {
    Actor {
        person: Person {
            id: UserId(1),
            name: "alice".to_owned(),
        },
        roles: vec![RoleId(team)],
    }
}

pub(crate) fn vm(number: usize) -> Vm {
    let group = format!("team-{}-web", number % 50);
    let scope = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers");
    let environment = if number.is_multiple_of(3) {
        "prod"
    } else {
        "staging"
    };
    Vm {
        id: format!("{scope}/Microsoft.Compute/virtualMachines/web-{number:05}")
            .parse()
            .unwrap(),
        location: "westeurope".to_owned(),
        os: Os::Linux,
        power: Power::Running,
        tags: BTreeMap::from([("env".to_owned(), environment.to_owned())]),
        address: Address::default(),
        admin: Some("azureuser".to_owned()),
        jit: JitState::Configured {
            policies: vec![JitEntry {
                policy: format!(
                    "{scope}/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"
                )
                .parse()
                .unwrap(),
                ports: vec![JitPort {
                    port: "ssh".parse().unwrap(),
                    protocol: Protocol::Tcp,
                    sources: AllowedSources::Any,
                    max: Duration::from_secs(3 * 60 * 60),
                }],
            }],
        },
        open_anyway: Vec::new(),
        beside_jit: Vec::new(),
        nics: Vec::new(),
    }
}

/// A picture of so many machines.
pub(crate) fn picture(machines: usize) -> View {
    View::new(vec![Part {
        subscription: SubscriptionId::new(SUBSCRIPTION).unwrap(),
        vms: (0..machines).map(vm).collect(),
        policies: Vec::new(),
        groups: Default::default(),
        stale: Vec::new(),
        taken_at: DateTime::UNIX_EPOCH,
        name: None,
        plans: None,
        classic: Vec::new(),
    }])
}

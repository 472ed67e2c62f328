use std::{collections::BTreeSet, time::Duration};

use insta::assert_snapshot;

use super::*;
use crate::{
    chat::message::sample,
    config::{Config, Environment},
    domain::{
        ids::RoleId,
        port::Port,
        vm::{AllowedSources, JitEntry, JitPort, JitState, Protocol, Vm},
    },
    policy::{Question, explain},
};

const RULES: &str = r#"
[discord]
token = "t"
guild_id = "1"
approver_channel = "2"
trail_channel = "3"
administrators = ["role:4"]
[azure]
credential = "azure-cli"
[[rule]]
name = "databases"
vms = ["db-*"]
requesters = ["role:5"]
approvers = ["role:6"]
max_for = "30m"
[[rule]]
name = "leads"
vms = ["*"]
requesters = ["role:7"]
approvers = ["role:6"]
max_for = "30m"
[[rule]]
name = "night"
vms = ["*"]
requesters = ["role:5"]
hours = { from = "22:00", to = "06:00", zone = "UTC" }
approvers = ["role:6"]
max_for = "30m"
[[rule]]
name = "web"
vms = ["web-*"]
ports = ["ssh", 443]
requesters = ["role:5"]
groups = [{ name = "on-call", approvers = ["role:6"] }, { name = "leads", approvers = ["role:7", "user:8"] }]
max_for = "2h"
sources = { widest = "/24" }
reason = { example = "INC-42" }
extend = "once"
remind_every = "5m"
escalate = [{ after = "10m", to = ["role:7", "user:8"] }]
second_look = { wider_than = "/32", longer_than = "1h" }
auto_approve = { within = ["8.8.8.0/24"], at_most = 3, hours = { days = ["mon-fri"], zone = "Europe/Berlin" } }
break_glass = { requesters = ["role:6"] }
per_person = { open = 2, requests_per_hour = 5 }
limit = [
    { because = "the source is a whole network", wider_than = "/32", max_for = "30m" },
    { because = "it is RDP", ports = [443], reason_required = true },
]
"#;

fn guarded() -> Vm {
    let ports: BTreeSet<Port> = [22, 443].into_iter().map(sample::port).collect();
    let request = sample::pending(&["web-01"]);
    Vm {
        jit: JitState::Configured {
            policies: vec![JitEntry {
                policy: request.targets[0].ports[0].policy.clone(),
                ports: ports
                    .into_iter()
                    .map(|port| JitPort {
                        port,
                        protocol: Protocol::Tcp,
                        sources: AllowedSources::Any,
                        max: Duration::from_secs(3 * 60 * 60),
                    })
                    .collect(),
            }],
        },
        ..sample::vm("web-01")
    }
}

fn found(source: Option<&str>, own: bool) -> Explanation {
    let book = Arc::new(Config::read(RULES, None, &Environment::default()).unwrap().rules);
    let subject = Actor {
        person: sample::pending(&["web-01"]).requester,
        roles: vec![RoleId(5)],
    };
    let vm = guarded();
    let source = source.map(|source| source.parse().unwrap());
    let now = sample::at(0);
    let question = Question {
        requester: &subject,
        vms: &[(&vm, vec![sample::port(22)])],
        length: None,
        source,
        reason: None,
        now,
    };
    let (doors, verdict) = explain(&book, &question);
    Explanation {
        pinged: None,
        own,
        source,
        doors,
        verdict,
        book,
        now,
        subject: subject.clone(),
    }
}

#[test]
fn every_step_has_its_line() {
    assert_snapshot!("steps", in_text(&found(Some("8.8.8.0/28"), false)));
}

#[test]
fn a_source_that_is_not_said_is_named() {
    let said = in_text(&found(None, true));
    assert!(
        said.starts_with("If you asked now, the request would be sent"),
        "{said}"
    );
    assert!(said.contains("limits on sources are not judged"), "{said}");
    let counted = Explanation {
        pinged: Some(4),
        ..found(Some("8.8.8.8"), true)
    };
    let said = in_text(&counted);
    assert!(
        said.contains("The card would ping 1 role, 4 people in all."),
        "{said}"
    );
    let refused = in_text(&found(Some("10.1.2.3"), true));
    assert!(
        refused.contains("nothing would be sent. 10.1.2.3 is a private"),
        "{refused}"
    );
}

#[test]
fn discord_takes_it() {
    let rendered = serde_json::to_value(&explanation(&found(None, true)).embeds).unwrap();
    let all: usize = rendered.to_string().chars().count();
    assert!(all < 6000, "{all}");
}

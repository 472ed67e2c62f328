//! Requests by the name of a template.

use super::TOLD;
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[DEPLOYS];

const DEPLOYS: Story = Story::new("asked by a template", deploys, TOLD).under(TEMPLATES);

const TEMPLATES: &str = r#"
[[rule]]
name = "production"
vms = ["tag:env=prod"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
reason = { required = true, pattern = '^(INC|CHG)-\d+', example = "INC-42 disk full" }

[[rule]]
name = "staging"
vms = ["tag:env=staging"]
requesters = ["role:100000000000005002"]
approvers = ["role:100000000000005002"]
max_for = "1h"

[[template]]
name = "deploy"
vms = ["web-01"]
ports = ["ssh"]
for = "30m"
from = "198.51.100.7"
reason = "CHG-7 deploy"

[[template]]
name = "staging logs"
vms = ["stage-01"]
ports = ["ssh"]
"#;

fn deploys(world: &mut World) {
    world.asks("alice", "/jit request template:deploy");
    let line = world.line("asked");
    assert!(
        line.contains("web-01 · SSH 22 from 198.51.100.7 for 30m") && line.contains("CHG-7 deploy"),
        "{line}"
    );
    world.approves("bob");
    world.minutes(40);
}

#[test]
fn asked_by_a_template() {
    DEPLOYS.tell();
}

#[test]
fn what_is_typed_goes_before_the_template() {
    let mut world = World::under(TEMPLATES);
    world.asks(
        "alice",
        "/jit request template:Deploy vm:web-02 for:1h from:198.51.100.9 reason:hotfix",
    );
    let line = world.line("asked");
    assert!(
        line.contains("web-02 · SSH 22 from 198.51.100.9 for 1h") && line.contains("CHG-7 deploy hotfix"),
        "{line}"
    );
    world.types("alice", "/jit withdraw");
    world.asks("alice", "/jit request template:deploy port:443");
    assert!(world.line("asked").contains("443"), "{}", world.line("asked"));
    world.types("alice", "/jit withdraw");
}

/// A template gives no right: the rules judge it as if it were typed.
#[test]
fn offered_and_allowed_as_the_rules_say() {
    let mut world = World::under(TEMPLATES);
    let offered = world.offered("alice", "/jit request template:", "template");
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert!(offered[0].starts_with("deploy"), "{offered:?}");
    let offered = world.offered("bob", "/jit request template:log", "template");
    assert!(offered[0].starts_with("staging logs"), "{offered:?}");
    assert!(
        world
            .offered("mallory", "/jit request template:", "template")
            .is_empty()
    );
    let told = world.is_told("mallory", "/jit request template:deploy");
    assert!(told.contains("Nothing was asked"), "{told}");
    let told = world.is_told("alice", "/jit request template:deploy for:3h");
    assert!(told.contains("Nothing was asked"), "{told}");
    assert!(world.records().is_empty());
}

#[test]
fn what_is_missing_is_told() {
    let mut world = World::under(TEMPLATES);
    for (typed, what) in [
        ("/jit request port:22", "`vm` is missing"),
        ("/jit request vm:web-01", "`port` is missing"),
        ("/jit request template:deploi", "no template is called `deploi`"),
        ("/jit request for:1h", "`vm` is missing"),
    ] {
        let told = world.is_told("alice", typed);
        assert!(
            told.contains("Nothing was asked") && told.contains(what),
            "{typed}: {told}"
        );
    }
    let told = world.is_told("alice", "/jit request template:nothing");
    assert!(
        told.contains("`deploy`") && !told.contains("staging logs"),
        "{told}"
    );
    assert!(world.records().is_empty());
}

/// A template without an address: the last one is offered, as on any request.
#[test]
fn a_template_without_an_address_is_a_draft() {
    let mut world = World::under(&TEMPLATES.replace("from = \"198.51.100.7\"\n", ""));
    let told = world.is_told("alice", "/jit request template:deploy");
    assert!(told.contains("waits for its source"), "{told}");
    world.types("alice", "/jit withdraw");
    world.asks("alice", "/jit request template:deploy from:198.51.100.7");
    world.types("alice", "/jit withdraw");
    world.types("alice", "/jit request template:deploy");
    let own = world.own_message("alice");
    world.clicks("alice", &own, "Use 198.51.100.7");
    assert_eq!(world.times_told("asked"), 2, "{:#?}", world.trail());
    world.types("alice", "/jit withdraw");
}

#[test]
fn templates_change_with_the_rules() {
    let (sections, _) = RULES.split_once("[[rule]]").unwrap();
    let mut world = World::under(TEMPLATES);
    world.restart_with(&format!(
        "{sections}\n{}",
        TEMPLATES.replace("name = \"deploy\"", "name = \"roll out\"")
    ));
    let told = world.is_told("alice", "/jit request template:deploy");
    assert!(told.contains("no template is called"), "{told}");
    world.asks("alice", "/jit request template:roll out");
    world.types("alice", "/jit withdraw");
}

//! Auditors see what administrators see, and change nothing.

use super::ASK;
use crate::harness::{World, world::RULES};

/// The same world without the line that makes Dan an auditor.
fn without_auditors() -> World {
    let rules: Vec<_> = RULES
        .lines()
        .filter(|line| !line.starts_with("auditors"))
        .collect();
    World::with_rules(&rules.join("\n"))
}

#[test]
fn an_auditor_sees_every_machine() {
    let mut world = World::new();
    let told = world.is_told("dan", "/jit vms");
    assert!(
        told.contains("Configured 10 · Not configured 3 · Unsupported 4"),
        "{told}"
    );
    assert!(!told.contains("not shown"), "{told}");
    let told = world.is_told("dan", "/jit vms state:unsupported");
    assert!(told.contains("toy-01") && told.contains("legacy-01"), "{told}");
    let told = world.is_told("dan", "/jit vms search:web-01");
    assert!(told.contains("web-01"), "{told}");
    let told = world.is_told("dan", "/jit rules vm:toy-01");
    assert!(told.contains("Network rules of toy-01"), "{told}");
    let told = world.is_told("dan", "/jit plan");
    assert!(told.contains("build-02"), "{told}");
    assert_eq!(world.offered("dan", "/jit rules vm:toy", "vm"), ["toy-01"]);
}

#[test]
fn an_auditor_sees_every_request_and_can_do_nothing_about_it() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let told = world.is_told("dan", "/jit list which:pending whose:all");
    assert!(told.contains("web-01"), "{told}");
    let card = world.card();
    let answer = world.clicks("dan", &card, "Approve");
    assert!(
        world.answered(&answer).contains("approve"),
        "{}",
        world.answered(&answer)
    );
    assert_eq!(world.times_told("approved"), 0);
    world.approves("bob");
    world.minutes(5);
    let status = world.types("dan", "/jit status request:1");
    assert!(world.answered(&status).contains("web-01"));
    assert!(
        status.message().unwrap().buttons().is_empty(),
        "no button for what they may not do"
    );
    let before = world.told();
    for (command, said) in [
        ("/jit close request:1", "was not closed"),
        ("/jit connect request:1", "to who asked for request 1 only"),
        ("/jit extend request:1", "request 1"),
        ("/jit freeze", "only the administrators"),
        ("/jit unfreeze", "only the administrators"),
        ("/jit enable vms:api-01", "Only the administrators"),
        ("/jit disable vms:web-02", "Only the administrators"),
        ("/jit ports vm:web-01", "Only the administrators"),
        (
            "/jit request vm:web-01 port:22 for:1h from:198.51.100.7 reason:INC-42 a look",
            "Nothing was asked",
        ),
    ] {
        let told = world.is_told("dan", command);
        assert!(
            told.to_lowercase().contains(&said.to_lowercase()),
            "{command}: {told}"
        );
    }
    let told: Vec<_> = world
        .told()
        .into_iter()
        .filter(|told| told != "vote refused")
        .collect();
    let before: Vec<_> = before.into_iter().filter(|told| told != "vote refused").collect();
    assert_eq!(told, before, "nothing has changed");
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
}

#[test]
fn who_is_no_auditor_and_whom_no_rule_concerns_sees_nothing() {
    let mut world = World::new();
    for command in ["/jit vms", "/jit rules vm:web-01", "/jit plan"] {
        let told = world.is_told("mallory", command);
        assert!(
            !told.contains("toy-01") && !told.contains("build-02"),
            "{command}: {told}"
        );
        assert!(!told.contains("JIT's deny rule"), "{command}: {told}");
    }
    assert!(world.is_told("mallory", "/jit vms").contains("No rule lets you"));
    assert!(world.offered("mallory", "/jit rules vm:web", "vm").is_empty());
    // The same person without the role in the configuration.
    let mut world = without_auditors();
    assert!(world.is_told("dan", "/jit vms").contains("No rule lets you"));
    let told = world.is_told("dan", "/jit rules vm:web-01");
    assert!(told.contains("shown to those who may ask for it"), "{told}");
}

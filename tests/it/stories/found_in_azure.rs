//! What was opened or written past the bot, by people and by scripts: found, told once, and who it was.

use chrono::TimeDelta;
use portcullis::{clock::Clock as _, sandbox::azure::PolicyPort};

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_A_PERSON, BY_A_SCRIPT, WHILE_DOWN];

const BY_A_PERSON: Story = Story::new(
    "a window that a person opened in the portal alone",
    by_a_person,
    &["found in Azure"],
);

const BY_A_SCRIPT: Story = Story::new(
    "a window that a script opened, which leaves no name",
    by_a_script,
    &["found in Azure", "who it was"],
);

const WHILE_DOWN: Story = Story::new(
    "a JIT policy that somebody makes while the bot is down",
    while_down,
    &["JIT policy created", "who it was"],
);

/// The comparison, and what comes of it.
fn compare(world: &mut World) {
    world.reconcile();
    world.settle();
}

fn in_two_hours(world: &World) -> chrono::DateTime<chrono::Utc> {
    world.clock.now() + TimeDelta::hours(2)
}

fn by_a_person(world: &mut World) {
    let until = in_two_hours(world);
    assert!(world.azure.portal_opens("web-02", 22, "203.0.113.9", until));
    world.clock.advance(std::time::Duration::from_secs(10));
    compare(world);
    let line = world.line("found in Azure");
    for part in [
        "web-02",
        "SSH 22 from `203.0.113.9`",
        "not opened by Portcullis",
        "contoso.example",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(world.is_open("web-02", 22), "it is told, and left alone");
    for _ in 0..3 {
        world.minutes(60);
        compare(world);
    }
    assert!(!world.is_open("web-02", 22));
}

fn by_a_script(world: &mut World) {
    world.azure.portal_signs_in("nightly-pipeline");
    let until = in_two_hours(world);
    assert!(world.azure.script_opens("web-02", 22, "203.0.113.9", until));
    world.clock.advance(std::time::Duration::from_secs(10));
    compare(world);
    let line = world.line("found in Azure");
    assert!(line.contains("by somebody unknown"), "{line}");
    world.minutes(10);
    let line = world.line("who it was");
    assert!(
        line.contains("nightly-pipeline")
            && line.contains("for `Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action`"),
        "{line}"
    );
    world.minutes(180);
    compare(world);
}

fn while_down(world: &mut World) {
    compare(world);
    world.crash();
    assert!(
        world
            .azure
            .portal_configures("api-01", "JIT_api-01", &[PolicyPort::any_source(22, "P1D")])
    );
    world.start();
    compare(world);
    compare(world);
    world.minutes(10);
    let line = world.line("JIT policy created");
    assert!(line.contains("api-01: SSH 22 up to 24h"), "{line}");
    assert!(
        world
            .line("who it was")
            .contains("jitNetworkAccessPolicies/write"),
        "{}",
        world.line("who it was")
    );
}

#[test]
fn a_window_of_the_portal_is_told_with_its_name() {
    BY_A_PERSON.tell();
}

#[test]
fn a_window_of_a_script_is_asked_of_the_log() {
    BY_A_SCRIPT.tell();
}

#[test]
fn a_jit_policy_made_meanwhile_is_told() {
    WHILE_DOWN.tell();
}

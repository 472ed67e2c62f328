//! Windows that others open, replace or end in Azure are noticed and told.

use chrono::TimeDelta;
use portcullis::{
    clock::Clock as _,
    domain::{jit_policy::Contents, vm::SubscriptionId},
    sandbox::azure::{Fault, FaultKind, PRODUCTION_SUBSCRIPTION, PolicyPort},
};

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[SUPERSEDED, RULE_TAKEN, POLICY_CHANGED, POLICY_DELETED];

const SUPERSEDED: Story = Story::new(
    "somebody opens the same port in the portal",
    superseded,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "opened",
        "found in Azure",
        "closed",
    ],
);

const RULE_TAKEN: Story = Story::new(
    "Terraform takes away the network rule of a window",
    rule_taken,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "opened",
        "closed",
        "who it was",
    ],
);

const POLICY_CHANGED: Story = Story::new(
    "somebody changes a limit in the portal",
    policy_changed,
    &["JIT policy changed", "who it was"],
);

const POLICY_DELETED: Story = Story::new(
    "somebody deletes a JIT policy with an open window",
    policy_deleted,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "opened",
        "JIT policy deleted",
        "closed",
        "who it was",
        "who it was",
    ],
);

fn portal_opens(world: &World, machine: &str) {
    let until = world.clock.now() + TimeDelta::hours(2);
    assert!(world.azure.portal_opens(machine, 22, "203.0.113.9", until));
}

fn superseded(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    portal_opens(world, "web-01");
    world.clock.advance(std::time::Duration::from_secs(10));
    world.reconcile();
    world.settle();
    assert!(
        world.line("closed").contains("took its place"),
        "{}",
        world.line("closed")
    );
    assert!(world.line("found in Azure").contains("203.0.113.9"));
    world.minutes(180);
    assert!(world.card().buttons().is_empty());
}

#[test]
fn a_window_that_somebody_replaces_is_told_as_superseded() {
    SUPERSEDED.tell();
}

#[test]
fn a_window_of_somebody_else_is_recorded_once() {
    let mut world = World::new();
    portal_opens(&world, "web-02");
    world.clock.advance(std::time::Duration::from_secs(10));
    for _ in 0..3 {
        world.reconcile();
        world.settle();
        world.restart();
    }
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["found in Azure"]);
    assert!(world.line("found in Azure").contains("not opened by Portcullis"));
    world.minutes(180);
    world.reconcile();
    world.settle();
    portal_opens(&world, "web-02");
    world.clock.advance(std::time::Duration::from_secs(10));
    world.reconcile();
    world.settle();
    assert_eq!(
        world.told(),
        ["found in Azure", "found in Azure"],
        "another window is another record"
    );
}

/// The comparison, and what comes of it.
fn compare(world: &mut World) {
    world.reconcile();
    world.settle();
}

fn rule_taken(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_removes("web-01", 22));
    compare(world);
    let line = world.line("closed");
    assert!(
        line.contains("its network rule was taken away in Azure"),
        "{line}"
    );
    world.minutes(5);
    let line = world.line("who it was");
    assert!(
        line.contains("contoso.example for `Microsoft.Network/networkSecurityGroups/write`"),
        "{line}"
    );
    world.minutes(60);
    assert!(world.card().buttons().is_empty());
}

/// Somebody gives the ports of web-01 these limits in the portal.
fn limits(world: &World, ssh: &str, https: &str) -> bool {
    let ports = [
        PolicyPort::any_source(22, ssh),
        PolicyPort::any_source(443, https),
    ];
    world.azure.portal_configures("web-01", "default", &ports)
}

fn policy_changed(world: &mut World) {
    compare(world);
    assert!(limits(world, "PT8H", "PT3H"));
    compare(world);
    let line = world.line("JIT policy changed");
    assert!(
        line.contains("default of group prod-web in westeurope · not by Portcullis"),
        "{line}"
    );
    assert!(
        line.contains("web-01: SSH 22 up to 8h instead of up to 3h"),
        "{line}"
    );
    compare(world);
    world.minutes(5);
    let line = world.line("who it was");
    assert!(line.contains("about record #1"), "{line}");
    assert!(
        line.contains("for `Microsoft.Security/locations/jitNetworkAccessPolicies/write`"),
        "{line}"
    );
}

fn policy_deleted(world: &mut World) {
    compare(world);
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_deletes_policies("web-01"));
    compare(world);
    let line = world.line("JIT policy deleted");
    assert!(
        line.contains("JIT guards none of its machines any more"),
        "{line}"
    );
    assert!(world.line("closed").contains("gone from Azure"));
    world.minutes(90);
    let line = world.line("who it was");
    assert!(
        line.contains("for `Microsoft.Security/locations/jitNetworkAccessPolicies/delete`"),
        "{line}"
    );
    assert!(world.card().buttons().is_empty());
}

#[test]
fn a_network_rule_that_somebody_takes_away_is_told() {
    RULE_TAKEN.tell();
}

#[test]
fn a_jit_policy_that_somebody_changes_is_told_with_who_it_was() {
    POLICY_CHANGED.tell();
}

#[test]
fn a_jit_policy_that_somebody_deletes_takes_its_windows_along() {
    POLICY_DELETED.tell();
}

#[test]
fn a_window_that_somebody_revokes_is_told_as_gone() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_revokes("web-01", 22));
    compare(&mut world);
    assert_eq!(world.told(), TOLD);
    assert!(
        world.line("closed").contains("gone from Azure"),
        "{}",
        world.line("closed")
    );
    world.minutes(90);
    // The log knows of no such deed: that is said once, after a while.
    assert_eq!(world.told().len(), TOLD.len() + 1);
    assert!(
        world.line("who it was").contains("has no entry that fits"),
        "{}",
        world.line("who it was")
    );
}

#[test]
fn jit_policies_that_were_there_before_the_bot_are_no_news() {
    let mut world = World::new();
    for _ in 0..2 {
        compare(&mut world);
        world.restart();
    }
    world.minutes(60);
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn a_jit_policy_that_somebody_makes_while_the_bot_is_down_is_told() {
    let mut world = World::new();
    compare(&mut world);
    world.crash();
    assert!(
        world
            .azure
            .portal_configures("api-01", "JIT_api-01", &[PolicyPort::any_source(22, "P1D")])
    );
    world.start();
    compare(&mut world);
    let line = world.line("JIT policy created");
    assert!(
        line.contains("JIT_api-01") || line.contains("JIT\\_api-01"),
        "{line}"
    );
    assert!(
        line.contains("api-01: SSH 22 up to 24h from any source over any protocol"),
        "{line}"
    );
    compare(&mut world);
    world.minutes(5);
    assert_eq!(world.told(), ["JIT policy created", "who it was"]);
}

#[test]
fn a_change_that_the_bot_has_announced_is_not_somebody_elses() {
    let mut world = World::new();
    compare(&mut world);
    let store = world.life().store.clone();
    let now = world.clock.now();
    let eight_hours = std::time::Duration::from_secs(8 * 3600);
    world.life().runtime().block_on(async move {
        let subscription = SubscriptionId::new(PRODUCTION_SUBSCRIPTION).unwrap();
        let known = store
            .read()
            .await
            .unwrap()
            .known_jit_policies(&subscription)
            .await
            .unwrap();
        let policy = known
            .iter()
            .find(|known| known.id.group() == "prod-web" && known.id.location() == "westeurope")
            .unwrap();
        let changed = policy.contents.iter().flat_map(Contents::listed).map(|listed| {
            let mut listed = listed.clone();
            for jit in listed
                .ports
                .iter_mut()
                .filter(|jit| listed.vm.name() == "web-01" && jit.port.number() == 22)
            {
                jit.max = eight_hours;
            }
            (listed.vm, listed.ports)
        });
        let changed = Contents::new(changed);
        let mut work = store.begin().await.unwrap();
        work.expect_jit_policy(&policy.id, Some(&changed), now)
            .await
            .unwrap();
        work.commit().await.unwrap();
    });
    assert!(limits(&world, "PT8H", "PT3H"));
    compare(&mut world);
    assert_eq!(world.told(), [""; 0]);
    // What goes beyond it is told, and against what was known before.
    assert!(limits(&world, "PT8H", "PT2H"));
    compare(&mut world);
    let line = world.line("JIT policy changed");
    assert!(line.contains("443 up to 2h instead of up to 3h"), "{line}");
}

#[test]
fn without_the_right_to_the_log_it_is_said_once_what_is_missing() {
    let mut world = World::new();
    compare(&mut world);
    world.azure.fault(Fault::on("activity-log", FaultKind::Forbidden));
    assert!(limits(&world, "PT8H", "PT3H"));
    compare(&mut world);
    world.minutes(60);
    assert_eq!(world.told(), ["JIT policy changed", "who it was"]);
    let line = world.line("who it was");
    assert!(
        line.contains("not known, because Azure's Activity Log could not be read")
            && line.contains("`Microsoft.Insights/eventtypes/values/read`"),
        "{line}"
    );
}

#[test]
fn a_log_that_fails_for_a_while_is_asked_again() {
    let mut world = World::new();
    compare(&mut world);
    world
        .azure
        .fault(Fault::on("activity-log", FaultKind::ServerError { status: 503 }).times(6));
    assert!(limits(&world, "PT8H", "PT3H"));
    compare(&mut world);
    world.minutes(40);
    assert_eq!(world.told(), ["JIT policy changed", "who it was"]);
    assert!(
        world
            .line("who it was")
            .contains("jitNetworkAccessPolicies/write"),
        "{}",
        world.line("who it was")
    );
}

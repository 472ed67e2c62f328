//! Windows that others open, replace or end in Azure are noticed and told.

use chrono::TimeDelta;
use portcullis::clock::Clock as _;

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[SUPERSEDED];

const SUPERSEDED: Story = Story {
    name: "somebody opens the same port in the portal",
    tell: superseded,
    told: &[
        "asked",
        "approval",
        "approved",
        "opening",
        "opened",
        "found in Azure",
        "closed",
    ],
};

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

#[test]
fn a_window_that_somebody_revokes_is_told_as_gone() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_revokes("web-01", 22));
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), TOLD);
    assert!(
        world.line("closed").contains("gone from Azure"),
        "{}",
        world.line("closed")
    );
    world.minutes(90);
    assert_eq!(world.told(), TOLD, "told once");
}

#[test]
fn a_jit_policy_that_somebody_deletes_takes_its_windows_along() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_deletes_policies("web-01"));
    world.reconcile();
    world.minutes(90);
    assert_eq!(world.told(), TOLD);
    assert!(world.card().buttons().is_empty());
}

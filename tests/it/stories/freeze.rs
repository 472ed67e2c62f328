//! The emergency brake.

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[HELD, ENDS_FROZEN];

const HELD: Story = Story::new(
    "a freeze holds an approval back",
    held,
    &[
        "frozen",
        "asked",
        "approval",
        "approved",
        "freeze lifted",
        "opening",
        "opened",
        "closed",
    ],
);

const ENDS_FROZEN: Story = Story::new(
    "the access ends while a freeze is on",
    ends_frozen,
    &["frozen", "asked", "approval", "approved", "failed"],
);

fn frozen_and_approved(world: &mut World) {
    world.until_told("frozen", 1, |world| {
        world.types("carol", "/jit freeze reason:somebody is inside");
    });
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(10);
    assert_eq!(world.initiates(), 0, "nothing is opened");
    assert!(world.card().text().contains("freeze"), "{}", world.card().text());
    assert!(world.own_message("alice").text().contains("freeze"));
}

fn held(world: &mut World) {
    frozen_and_approved(world);
    world.until_told("freeze lifted", 1, |world| {
        _ = world.types("carol", "/jit unfreeze");
    });
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    // The hour has run since the approval.
    world.minutes(46);
    assert!(!world.is_open("web-01", 22));
}

fn ends_frozen(world: &mut World) {
    frozen_and_approved(world);
    world.minutes(55);
    assert_eq!(world.initiates(), 0);
    assert!(world.card().buttons().is_empty(), "{}", world.card().text());
}

#[test]
fn a_freeze_holds_approvals_back_until_it_is_lifted() {
    HELD.tell();
}

#[test]
fn the_access_ends_while_a_freeze_is_on() {
    ENDS_FROZEN.tell();
}

#[test]
fn a_freeze_leaves_open_windows_and_they_still_close() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    let told = world.is_told("carol", "/jit freeze");
    assert!(told.contains("The freeze is on"), "{told}");
    world.minutes(1);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
    assert!(!world.is_open("web-01", 22));
    assert_eq!(world.times_told("closed"), 1);
}

#[test]
fn only_administrators_move_the_brake() {
    let mut world = World::new();
    for who in ["alice", "bob", "mallory"] {
        assert!(
            world
                .is_told(who, "/jit freeze")
                .contains("only the administrators")
        );
        assert!(
            world
                .is_told(who, "/jit unfreeze")
                .contains("only the administrators")
        );
    }
    assert!(world.records().is_empty());
    assert!(
        world
            .is_told("carol", "/jit unfreeze")
            .contains("No freeze is on")
    );
    world.types("carol", "/jit freeze reason:drill");
    assert!(world.is_told("carol", "/jit freeze").contains("already"));
    assert_eq!(world.told(), ["frozen"]);
}

#[test]
fn what_a_freeze_holds_back_can_be_closed_without_azure() {
    let mut world = World::new();
    frozen_and_approved(&mut world);
    world.types("alice", "/jit close request:1");
    world.minutes(2);
    world.types("carol", "/jit unfreeze");
    world.minutes(5);
    assert_eq!(world.initiates(), 0, "{:#?}", world.trail());
    assert_eq!(world.times_told("closed"), 1);
    assert!(world.card().buttons().is_empty());
}

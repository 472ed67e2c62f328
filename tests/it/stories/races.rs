//! Two people at once: one decides, and the other is told who did.

use std::time::Duration;

use portcullis::sandbox::discord::world::ON_CALL_ROLE;

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[AT_ONCE, TOO_LATE, TWO_WAYS];

const AT_ONCE: Story = Story::new("two approvers at once", at_once, TOLD);

const TOO_LATE: Story = Story::new("an approval at the deadline", too_late, &["asked", "lapsed"]);

const TWO_WAYS: Story = Story::new(
    "one person with a button and a reaction at once",
    two_ways,
    &["asked", "approval", "lapsed"],
);

fn at_once(world: &mut World) {
    world.discord.person("carol").unwrap().gets_role(ON_CALL_ROLE);
    world.asks("alice", ASK);
    world.until_told("approved", 1, |world| {
        let card = world.card();
        world.click_together(&card, &[("bob", "Approve"), ("carol", "Approve")]);
    });
    world.minutes(65);
}

fn too_late(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card();
    world.clock.advance(Duration::from_secs(30 * 60));
    // The timer is due and has not run yet.
    let click = world
        .discord
        .person("bob")
        .unwrap()
        .clicks(card.id, "Approve")
        .unwrap();
    world.after(&click);
    world.minutes(65);
    assert_eq!(world.initiates(), 0);
}

/// Two approvals are needed, and these are one.
fn two_ways(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:db-01 port:ssh for:30m from:198.51.100.7 reason:INC-42 slow queries",
    );
    let card = world.card();
    world.until_told("approval", 1, |world| {
        let bob = world.discord.person("bob").unwrap();
        bob.reacts(card.id, "✅").unwrap();
        let click = bob.clicks(card.id, "Approve").unwrap();
        world.after(&click);
        world.heard();
        world.settle();
    });
    world.reconcile();
    world.minutes(40);
    assert_eq!(world.initiates(), 0, "one person is not two");
}

#[test]
fn a_race_comes_to_one_end() {
    for story in STORIES {
        story.tell();
    }
}

fn asked() -> World {
    let mut world = World::new();
    let carol = world.discord.person("carol").unwrap();
    carol.gets_role(ON_CALL_ROLE);
    world.asks("alice", ASK);
    world
}

#[test]
fn two_approvers_at_once_open_one_window() {
    for _ in 0..3 {
        let mut world = asked();
        let card = world.card();
        let answers = world.click_together(&card, &[("bob", "Approve"), ("carol", "Approve")]);
        let told: Vec<_> = answers.iter().map(|answer| world.answered(answer)).collect();
        let lost = told.iter().filter(|text| text.contains("did not count")).count();
        assert_eq!(lost, 1, "{told:#?}");
        assert!(
            told.iter().any(|text| text.contains("was approved by")),
            "{told:#?}"
        );
        world.minutes(65);
        assert_eq!(world.told(), TOLD);
        assert_eq!(world.initiates(), 1);
    }
}

#[test]
fn approval_and_withdrawal_at_once() {
    for _ in 0..3 {
        let mut world = asked();
        let card = world.card();
        let approve = world
            .discord
            .person("bob")
            .unwrap()
            .clicks(card.id, "Approve")
            .unwrap();
        let withdraw = world
            .discord
            .person("alice")
            .unwrap()
            .slash("/jit withdraw request:1")
            .unwrap();
        world.after(&approve);
        world.after(&withdraw);
        world.minutes(65);
        let told = world.told();
        if told.contains(&"withdrawn".to_owned()) {
            assert_eq!(told, ["asked", "withdrawn"]);
            assert_eq!(world.initiates(), 0);
            assert!(world.answered(&approve).contains("was withdrawn"));
        } else {
            assert_eq!(told, TOLD);
            assert!(world.answered(&withdraw).contains("was approved by"));
        }
    }
}

#[test]
fn approval_and_denial_at_once() {
    for _ in 0..3 {
        let mut world = asked();
        let card = world.card();
        let opened = world.clicks("carol", &card, "Deny");
        let form = world.outside.block_on(opened.modal()).unwrap();
        let approve = world
            .discord
            .person("bob")
            .unwrap()
            .clicks(card.id, "Approve")
            .unwrap();
        let deny = world
            .discord
            .person("carol")
            .unwrap()
            .submits(&form, &[("reason", "no")])
            .unwrap();
        world.after(&approve);
        world.after(&deny);
        world.minutes(65);
        let (loser, decided) = if world.told().contains(&"denied".to_owned()) {
            (&approve, "was denied by")
        } else {
            (&deny, "was approved by")
        };
        let told = world.answered(loser);
        assert!(told.contains("did not count") && told.contains(decided), "{told}");
    }
}

#[test]
fn an_approval_at_the_deadline_comes_too_late() {
    let mut world = asked();
    let card = world.card();
    world.clock.advance(Duration::from_secs(30 * 60));
    // The timer is due and has not run yet.
    let click = world
        .discord
        .person("bob")
        .unwrap()
        .clicks(card.id, "Approve")
        .unwrap();
    world.after(&click);
    let told = world.answered(&click);
    assert!(told.contains("did not count"), "{told}");
    world.minutes(65);
    assert_eq!(world.told(), ["asked", "lapsed"]);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn an_approval_just_before_the_deadline_counts() {
    let mut world = asked();
    let card = world.card();
    world.clock.advance(Duration::from_secs(30 * 60 - 1));
    world.clicks("bob", &card, "Approve");
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn a_reaction_that_comes_after_the_decision_is_answered_by_direct_message() {
    let mut world = asked();
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.reacts("carol", &card, "❌");
    assert!(
        world.direct_message("carol").contains("decided"),
        "{:?}",
        world.discord.dms("carol")
    );
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

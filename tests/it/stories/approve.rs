//! Who may approve, and how many it takes.

use portcullis::{
    domain::record::Fact,
    sandbox::discord::{Permissions, world::ON_CALL_ROLE},
};

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[TWO, REACTION];

const TWO: Story = Story::new(
    "two approvals",
    two,
    &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closed",
    ],
);

const REACTION: Story = Story::new("approved by a reaction", reaction, TOLD);

const ASK_DB: &str = "/jit request vm:db-01 port:ssh for:30m from:198.51.100.7 reason:INC-42 slow queries";

fn two(world: &mut World) {
    world.asks("alice", ASK_DB);
    world.until_told("approval", 1, |world| {
        let card = world.card();
        world.clicks("bob", &card, "Approve");
    });
    world.seconds(30);
    assert_eq!(world.initiates(), 0, "one approval is not enough");
    world.approves("carol");
    world.minutes(2);
    assert!(world.is_open("db-01", 22));
    world.minutes(30);
    assert!(!world.is_open("db-01", 22));
}

fn reaction(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("approved", 1, |world| {
        let card = world.card();
        world.reacts("bob", &card, "✅");
    });
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
}

#[test]
fn two_approvals_of_two_people() {
    TWO.tell();
}

#[test]
fn approved_by_a_reaction() {
    REACTION.tell();
}

#[test]
fn the_same_person_counts_once() {
    let mut world = World::new();
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    let again = world.clicks("bob", &world.card(), "Approve");
    assert!(world.answered(&again).contains("each person counts once"));
    assert_eq!(world.told(), ["asked", "approval"]);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn nobody_approves_their_own_request() {
    let mut world = World::new();
    world.asks("bob", ASK);
    let card = world.card();
    let click = world.clicks("bob", &card, "Approve");
    assert!(world.answered(&click).contains("your own"));
    world.reacts("bob", &card, "✅");
    assert!(world.direct_message("bob").contains("your own"));
    assert_eq!(world.told(), ["asked", "vote not counted", "vote not counted"]);
    world.minutes(40);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn a_click_of_somebody_without_rights_is_answered_and_recorded() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    let click = world.clicks("mallory", &card, "Approve");
    assert!(world.answered(&click).contains("not an approver"));
    assert!(
        click.message().unwrap().only_for.is_some(),
        "only mallory reads it"
    );
    assert_eq!(world.told(), ["asked", "vote not counted"]);
    assert!(world.discord.dms("mallory").is_empty());
    world.denies("mallory", "I say so").unwrap();
    assert_eq!(world.told(), ["asked", "vote not counted", "vote not counted"]);
    assert!(world.card().offers("Approve"), "the card still waits");
}

#[test]
fn a_reaction_of_somebody_without_rights_is_recorded_told_once_and_removed() {
    let mut world = World::new();
    world
        .discord
        .set_bot_permissions(Permissions::INVITED | Permissions::MANAGE_MESSAGES);
    world.asks("alice", ASK);
    let card = world.card();
    world.reacts("mallory", &card, "✅");
    assert_eq!(world.told(), ["asked", "vote not counted"]);
    assert!(world.direct_message("mallory").contains("did not count"));
    assert_eq!(world.discord.dms("mallory").len(), 1);
    let left = world.card().reactions.get("✅").cloned().unwrap_or_default();
    assert!(!left.contains(&"mallory".to_owned()), "{left:?}");
    world.reconcile();
    world.restart();
    world.reconcile();
    world.settle();
    assert_eq!(world.discord.dms("mallory").len(), 1, "told once");
    assert_eq!(world.told(), ["asked", "vote not counted"]);
}

#[test]
fn a_reaction_that_the_bot_may_not_remove_stays_and_is_told_once_all_the_same() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.reacts("mallory", &card, "✅");
    world.minutes(10);
    world.restart();
    world.reconcile();
    world.settle();
    assert_eq!(world.discord.dms("mallory").len(), 1, "told once");
    assert_eq!(world.told(), ["asked", "vote not counted"]);
}

#[test]
fn rights_are_those_at_the_click() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let bob = world.discord.person("bob").unwrap();
    bob.loses_role(ON_CALL_ROLE);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    assert!(matches!(
        world.records().last().unwrap().entry.fact,
        Fact::VoteRefused { .. }
    ));
}

#[test]
fn other_emoji_say_nothing() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.reacts("bob", &card, "👍");
    world.reacts("mallory", &card, "🎉");
    assert_eq!(world.told(), ["asked"]);
}

//! The gateway delivers an event twice.

use super::{ASK, TOLD};
use crate::harness::World;

#[test]
fn a_command_or_a_click_that_is_delivered_twice_acts_once() {
    let mut world = World::new();
    let asked = world.types("alice", ASK);
    assert!(world.discord.deliver_again(&asked.id().to_string()));
    world.heard();
    world.settle();
    assert_eq!(world.cards().len(), 1);
    let card = world.card();
    let click = world.clicks("bob", &card, "Approve");
    assert!(world.discord.deliver_again(&click.id().to_string()));
    world.heard();
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
    assert_eq!(world.initiates(), 1);
}

/// The first life took the event and died before it acknowledged it; the next one gets it again.
#[test]
fn an_event_that_a_dead_bot_had_taken_is_done_by_the_next() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    let click = world
        .discord
        .person("bob")
        .unwrap()
        .clicks(card.id, "Approve")
        .unwrap();
    world.start();
    assert!(world.discord.deliver_again(&click.id().to_string()));
    world.after(&click);
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn a_reaction_that_is_delivered_twice_counts_once() {
    let mut world = World::new();
    world.asks(
        "alice",
        "/jit request vm:db-01 port:ssh for:30m from:198.51.100.7 reason:INC-42 slow queries",
    );
    let card = world.card();
    world.reacts("bob", &card, "✅");
    assert!(world.discord.deliver_again("✅"));
    world.heard();
    world.settle();
    assert_eq!(world.told(), ["asked", "approval"]);
    assert_eq!(world.initiates(), 0, "one person is not two");
}

//! 👀 and Claim: an approver says that they are looking at it.

use portcullis::sandbox::discord::world::ON_CALL_ROLE;

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[CLAIMED, BY_REACTION];

const CLAIMED: Story = Story::new(
    "somebody claims a request and denies it",
    claimed,
    &["asked", "claimed", "denied"],
);

const BY_REACTION: Story = Story::new(
    "somebody looks at a request and lets it go",
    by_reaction,
    &["asked", "claimed", "let go", "lapsed"],
);

fn claimed(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("claimed", 1, |world| {
        let card = world.card();
        world.clicks("bob", &card, "Claim");
    });
    assert!(
        world.card().text().contains("is looking at it, since"),
        "{}",
        world.card().text()
    );
    world.until_told("denied", 1, |world| {
        _ = world.denies("bob", "Not during the sale");
    });
    world.minutes(40);
}

fn by_reaction(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card();
    world.until_told("claimed", 1, |world| world.reacts("bob", &card, "👀"));
    assert!(world.card().text().contains("is looking at it"));
    world.until_told("let go", 1, |world| {
        world.unreacts("bob", &card, "👀");
        world.reconcile();
        world.settle();
    });
    assert!(!world.card().text().contains("is looking at it"));
    world.minutes(40);
    assert_eq!(world.initiates(), 0, "looking is no approval");
}

#[test]
fn claimed_with_a_button() {
    CLAIMED.tell();
}

#[test]
fn claimed_with_a_reaction_and_let_go_with_it() {
    BY_REACTION.tell();
}

#[test]
fn a_second_approver_takes_it_over() {
    let mut world = World::new();
    world.discord.person("carol").unwrap().gets_role(ON_CALL_ROLE);
    world.asks("alice", ASK);
    let card = world.card();
    let bob = world.clicks("bob", &card, "Claim");
    assert!(world.answered(&bob).contains("says that you are looking at it"));
    let again = world.clicks("bob", &world.card(), "Claim");
    assert!(world.answered(&again).contains("says already"));
    world.clicks("carol", &world.card(), "Claim");
    assert!(world.line("claimed").contains("in place of"));
    let gone = world.presses("bob", &bob, "Let it go");
    assert!(gone.contains("nothing to let go"), "{gone}");
    assert_eq!(world.told(), ["asked", "claimed", "claimed"]);
    world.minutes(40);
}

#[test]
fn only_approvers_claim_and_nobody_their_own() {
    let mut world = World::new();
    world.asks("bob", ASK);
    let card = world.card();
    let own = world.clicks("bob", &card, "Claim");
    assert!(world.answered(&own).contains("your own"));
    let mallory = world.clicks("mallory", &card, "Claim");
    assert!(world.answered(&mallory).contains("not an approver"));
    assert!(
        mallory.message().unwrap().only_for.is_some(),
        "only mallory reads it"
    );
    world.reacts("mallory", &card, "👀");
    assert_eq!(world.discord.dms("mallory").len(), 1);
    world.restart();
    world.reconcile();
    world.settle();
    assert_eq!(world.discord.dms("mallory").len(), 1, "told once");
    assert_eq!(
        world.told(),
        [
            "asked",
            "claim not counted",
            "claim not counted",
            "claim not counted"
        ]
    );
    world.minutes(40);
}

#[test]
fn a_look_while_the_bot_was_down_is_seen_later() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    world
        .discord
        .person("bob")
        .unwrap()
        .reacts(card.id, "👀")
        .unwrap();
    world.start();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "claimed"]);
    world.seconds(5);
    world.crash();
    world
        .discord
        .person("bob")
        .unwrap()
        .unreacts(card.id, "👀")
        .unwrap();
    world.start();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "claimed", "let go"]);
    world.minutes(40);
}

/// A reminder is due every five minutes at first; a claim holds it for ten.
#[test]
fn a_claim_holds_the_reminders_for_a_while() {
    const REMINDED: &str = r#"
[[rule]]
name = "production"
vms = ["tag:env=prod"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
answer_within = "1h"
remind_every = "5m"
"#;
    let reminders = |world: &World| {
        let cards = world.cards();
        cards
            .into_iter()
            .filter(|message| message.embeds.is_empty())
            .count()
    };
    let mut world = World::under(REMINDED);
    world.asks("alice", ASK);
    let card = world.card();
    world.minutes(4);
    world.clicks("bob", &card, "Claim");
    world.minutes(9);
    assert_eq!(reminders(&world), 0, "somebody is looking at it");
    world.minutes(3);
    assert_eq!(reminders(&world), 1, "the next one comes at its own time");
    world.minutes(60);
}

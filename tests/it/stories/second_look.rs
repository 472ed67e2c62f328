//! A risky access: the facts are repeated, and only a second button counts.

use super::{TOLD, risky_rule};
use crate::harness::{Story, World, world::RULES as SANDBOX};

pub(super) static STORIES: &[Story] = &[CONFIRMED];

const RULES: &str = risky_rule!(
    approvals = 1,
    r#"second_look = { wider_than = "/32", longer_than = "2h" }"#
);

const ASK_WIDE: &str = "/jit request vm:web-01 port:22 for:1h from:198.51.100.0/28 reason:INC-42 disk full";

const CONFIRMED: Story = Story::new("approved after a second look", confirmed, TOLD).under(RULES);

fn confirmed(world: &mut World) {
    world.asks("alice", ASK_WIDE);
    assert!(world.card().text().contains("needs a second look"));
    world.until_told("approved", 1, |world| {
        let card = world.card();
        let first = world.clicks("bob", &card, "Approve");
        assert_eq!(world.times_told("approved"), 0, "the first button does not count");
        world.presses("bob", &first, "Confirm");
    });
    assert!(world.line("approval").contains("after a second look"));
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
}

#[test]
fn approved_after_a_second_look() {
    CONFIRMED.tell();
}

#[test]
fn the_facts_are_repeated_to_the_approver_alone() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK_WIDE);
    let first = world.clicks("bob", &world.card(), "Approve");
    let message = first.message().unwrap();
    assert!(message.only_for.is_some());
    let text = message.text();
    for part in [
        "wider than /32",
        "SSH 22",
        "web-01",
        "198.51.100.0/28",
        "1h",
        "INC-42",
        "press Confirm",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(world.told(), ["asked"], "nothing is said yet");
    world.minutes(40);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn what_is_narrow_and_short_needs_none() {
    let mut world = World::under(RULES);
    world.asks("alice", "/jit request vm:web-01 port:22 for:2h from:198.51.100.7");
    world.approves("bob");
    world.minutes(130);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn a_reaction_does_not_count_and_the_voter_is_told_once() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK_WIDE);
    let card = world.card();
    world.reacts("bob", &card, "✅");
    assert!(
        world.direct_message("bob").contains("second look"),
        "{}",
        world.direct_message("bob")
    );
    world.seconds(30);
    world.restart();
    world.reconcile();
    world.settle();
    assert_eq!(world.discord.dms("bob").len(), 1, "told once");
    assert_eq!(world.told(), ["asked", "vote not counted"]);
    // A no needs no second look.
    world.reacts("bob", &card, "❌");
    assert_eq!(world.told(), ["asked", "vote not counted", "denied"]);
}

#[test]
fn the_confirmation_is_judged_anew() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK_WIDE);
    let first = world.clicks("bob", &world.card(), "Approve");
    let bob = world.discord.person("bob").unwrap();
    bob.loses_role(portcullis::sandbox::discord::world::ON_CALL_ROLE);
    let said = world.presses("bob", &first, "Confirm");
    assert!(said.contains("not an approver"), "{said}");
    let first = world.clicks("carol", &world.card(), "Approve");
    world.denies("carol", "Not now");
    let said = world.presses("carol", &first, "Confirm");
    assert!(said.contains("was denied by"), "{said}");
    world.minutes(40);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn nobody_confirms_their_own_request_or_without_rights() {
    let mut world = World::under(RULES);
    world.asks("bob", ASK_WIDE);
    let own = world.clicks("bob", &world.card(), "Approve");
    assert!(world.answered(&own).contains("your own"));
    let mallory = world.clicks("mallory", &world.card(), "Approve");
    assert!(world.answered(&mallory).contains("not an approver"));
    world.minutes(40);
}

/// The rule wanted no second look when it was asked, and wants one now.
#[test]
fn a_second_look_that_came_after_the_question_holds_too() {
    let (sections, _) = SANDBOX.split_once("[[rule]]").unwrap();
    let before = RULES.replace("second_look", "# second_look");
    let mut world = World::under(&before);
    world.asks("alice", ASK_WIDE);
    world.restart_with(&format!("{sections}\n{RULES}"));
    let first = world.clicks("bob", &world.card(), "Approve");
    assert!(
        world.answered(&first).contains("Look twice"),
        "{}",
        world.answered(&first)
    );
    world.presses("bob", &first, "Confirm");
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

//! An approver takes an approval back before anything is decided.

use portcullis::{
    domain::record::Fact,
    sandbox::discord::{Permissions, world::BOB},
};

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_BUTTON, BY_REACTION, WHILE_DOWN];

/// Two approvals are needed for a database.
const ASK_DB: &str = "/jit request vm:db-01 port:ssh for:30m from:198.51.100.7 reason:INC-42 slow queries";

const TWICE: &[&str] = &["asked", "approval", "approval taken back", "approval", "lapsed"];

const BY_BUTTON: Story = Story::new("an approval is taken back with a button", by_button, TWICE);

const BY_REACTION: Story = Story::new("an approval is taken back with its reaction", by_reaction, TWICE);

const WHILE_DOWN: Story = Story::new(
    "a reaction is taken off the card while the bot is down",
    while_down,
    &["asked", "approval", "approval taken back", "lapsed"],
);

fn by_button(world: &mut World) {
    world.asks("alice", ASK_DB);
    world.votes("bob", 1);
    world.until_told("approval taken back", 1, |world| {
        let card = world.card();
        let again = world.clicks("bob", &card, "Approve");
        world.presses("bob", &again, "Take my vote back");
    });
    assert!(world.card().text().contains("2 more approvals are needed"));
    world.votes("carol", 2);
    world.minutes(40);
    assert_eq!(world.initiates(), 0, "what was taken back does not count");
}

fn by_reaction(world: &mut World) {
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.until_told("approval", 1, |world| world.reacts("bob", &card, "✅"));
    world.until_told("approval taken back", 1, |world| {
        world.unreacts("bob", &card, "✅");
        world.reconcile();
        world.settle();
    });
    assert!(
        world
            .line("approval taken back")
            .contains("2 more approvals are needed")
    );
    world.votes("carol", 2);
    world.minutes(40);
    assert_eq!(world.initiates(), 0);
}

fn while_down(world: &mut World) {
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.until_told("approval", 1, |world| world.reacts("bob", &card, "✅"));
    world.seconds(5);
    world.crash();
    world
        .discord
        .person("bob")
        .unwrap()
        .unreacts(card.id, "✅")
        .unwrap();
    world.start();
    world.reconcile();
    world.settle();
    assert!(world.line("approval taken back").contains("found gone"));
    world.minutes(40);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn taken_back_with_a_button() {
    BY_BUTTON.tell();
}

#[test]
fn taken_back_with_its_reaction() {
    BY_REACTION.tell();
}

#[test]
fn a_reaction_that_went_while_the_bot_was_down_takes_its_vote_along() {
    WHILE_DOWN.tell();
}

#[test]
fn what_a_reaction_only_repeats_stands() {
    let mut world = World::new();
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.reacts("bob", &card, "✅");
    world.unreacts("bob", &card, "✅");
    assert_eq!(world.told(), ["asked", "approval"]);
    world.seconds(5);
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "approval"]);
}

#[test]
fn what_a_button_repeats_does_not_go_with_the_reaction() {
    let mut world = World::new();
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.reacts("bob", &card, "✅");
    world.clicks("bob", &world.card(), "Approve");
    world.unreacts("bob", &card, "✅");
    assert_eq!(
        world.told(),
        ["asked", "approval"],
        "one person, one vote, and it stands"
    );
    let again = world.clicks("bob", &world.card(), "Approve");
    let said = world.presses("bob", &again, "Take my vote back");
    assert!(said.contains("took your approval of request 1 back"), "{said}");
    assert_eq!(world.told(), ["asked", "approval", "approval taken back"]);
}

/// The reaction still stands beside what was taken back, because the bot may not remove it.
#[test]
fn a_reaction_that_still_stands_does_not_vote_again() {
    let mut world = World::new();
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.reacts("bob", &card, "✅");
    let again = world.clicks("bob", &world.card(), "Approve");
    world.presses("bob", &again, "Take my vote back");
    world.seconds(30);
    world.restart();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "approval", "approval taken back"]);
    // Given anew, it counts.
    world.unreacts("bob", &card, "✅");
    world.reacts("bob", &card, "✅");
    assert_eq!(
        world.told(),
        ["asked", "approval", "approval taken back", "approval"]
    );
}

#[test]
fn moderators_who_clear_reactions_take_the_votes_of_reactions_back() {
    for one_kind in [true, false] {
        let mut world = World::new();
        world
            .discord
            .set_everyone_permissions(Permissions::EVERYONE | Permissions::MANAGE_MESSAGES);
        world.asks("alice", ASK_DB);
        let card = world.card();
        world.reacts("bob", &card, "✅");
        let carol = world.discord.person("carol").unwrap();
        carol.clears_reactions(card.id, one_kind.then_some("✅")).unwrap();
        world.heard();
        world.settle();
        assert_eq!(world.told(), ["asked", "approval", "approval taken back"]);
        assert!(world.line("approval taken back").contains("were cleared"));
        world.reacts("bob", &card, "✅");
        carol.removes_reaction_of(BOB, card.id, "✅").unwrap();
        world.heard();
        world.settle();
        assert!(world.line("approval taken back").contains("taken off the card"));
        world.minutes(40);
        assert_eq!(world.initiates(), 0);
    }
}

#[test]
fn what_has_decided_stands() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.reacts("bob", &card, "✅");
    world.unreacts("bob", &card, "✅");
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world.minutes(65);
    assert_eq!(world.told(), super::TOLD);
    let mut denied = World::new();
    denied.asks("alice", ASK);
    let card = denied.card();
    denied.reacts("bob", &card, "❌");
    denied.unreacts("bob", &card, "❌");
    assert_eq!(denied.told(), ["asked", "denied"]);
}

#[test]
fn nobody_takes_back_what_they_have_not_said_or_too_late() {
    let mut world = World::new();
    world.asks("alice", ASK_DB);
    let counted = {
        let card = world.card();
        world.clicks("bob", &card, "Approve")
    };
    let row = counted.message().unwrap();
    assert!(row.offers("Take my vote back"));
    world.clock.advance(std::time::Duration::from_secs(30 * 60));
    let said = world.presses("bob", &counted, "Take my vote back");
    assert!(said.contains("Nothing was taken back"), "{said}");
    world.settle();
    assert_eq!(world.told(), ["asked", "approval", "lapsed"]);
}

/// Bob takes his approval back while Carol gives the last one: it is decided with both, or it waits.
#[test]
fn taking_back_and_the_last_approval_at_once() {
    for _ in 0..3 {
        let mut world = World::new();
        world.asks("alice", ASK_DB);
        let card = world.card();
        let counted = world.clicks("bob", &card, "Approve");
        let back = world.discord.person("bob").unwrap();
        let back = back
            .clicks(counted.message().unwrap().id, "Take my vote back")
            .unwrap();
        let last = world.discord.person("carol").unwrap();
        let last = last.clicks(card.id, "Approve").unwrap();
        world.after(&back);
        world.after(&last);
        world.minutes(45);
        let told = world.told();
        if told.contains(&"approved".to_owned()) {
            assert!(
                world.answered(&back).contains("was approved by"),
                "{}",
                world.answered(&back)
            );
            assert_eq!(world.initiates(), 1);
        } else {
            assert_eq!(world.initiates(), 0);
            assert!(told.contains(&"approval taken back".to_owned()), "{told:?}");
        }
    }
}

#[test]
fn a_list_that_cannot_be_read_takes_nothing_back() {
    use portcullis::sandbox::discord::{Fault, FaultKind, Matcher, RouteKind};

    let mut world = World::new();
    world.asks("alice", ASK_DB);
    let card = world.card();
    world.reacts("bob", &card, "✅");
    world.seconds(5);
    world.discord.fault(Fault::always(
        Matcher::from(RouteKind::GetReactions),
        FaultKind::Status { status: 503 },
    ));
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "approval"]);
    world.discord.faults_off();
    assert!(
        !world
            .records()
            .iter()
            .any(|record| matches!(record.entry.fact, Fact::TakenBack { .. }))
    );
}

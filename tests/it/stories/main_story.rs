//! Alice asks, Bob approves, Azure opens, an hour later it is closed: without a crash, and with one at every call.

use super::{ASK, TOLD};
use crate::harness::{Story, World};

static MAIN: Story = Story::new("the main story", tell, TOLD);

/// The story, with whatever a person would repeat: a command without an answer, a click that did nothing.
fn tell(world: &mut World) {
    world.asks("alice", ASK);
    assert!(!world.is_open("web-01", 22), "open before anybody approved");
    world.approves("bob");
    world.minutes(5);
    assert!(
        world.is_open("web-01", 22),
        "open after the approval: {:#?}",
        world.trail()
    );
    world.minutes(60);
    assert!(!world.is_open("web-01", 22), "shut at the end");
    assert!(world.card().buttons().is_empty(), "the card is at its end");
}

#[test]
fn a_request_is_approved_opened_and_closed() {
    let mut world = World::new();
    tell(&mut world);
    assert_eq!(world.told(), TOLD);
    assert_eq!(world.initiates(), 1, "one write for one approval");
}

#[test]
fn a_crash_at_any_call_changes_nothing_in_the_end() {
    let points = MAIN.points();
    assert!(points.len() > 20, "the story calls the outside: {}", points.len());
    let count = points.len();
    let missed = Story::survive_all(points.into_iter().map(|point| (&MAIN, point)).collect());
    eprintln!("{count} crash points, {} not reached again", missed.len());
    assert!(
        missed.len() * 4 < count,
        "too many crash points were not reached: {missed:#?}"
    );
}

#[test]
fn a_reaction_approves_as_the_button_does() {
    let mut world = World::new();
    world.types("alice", ASK);
    let card = world.card();
    world.reacts("bob", &card, "✅");
    world.seconds(10);
    assert!(world.is_open("web-01", 22));
    world.seconds(3700);
    assert_eq!(world.told(), TOLD);
}

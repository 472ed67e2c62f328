//! Nobody answers.

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[LAPSES];

const LAPSES: Story = Story::new("nobody answers", tell, &["asked", "lapsed"]);

fn tell(world: &mut World) {
    world.asks("alice", ASK);
    world.minutes(29);
    assert!(world.card().offers("Approve"));
    world.minutes(2);
    assert!(world.card().text().contains("lapsed"));
    assert_eq!(world.initiates(), 0);
}

#[test]
fn nobody_answers() {
    LAPSES.tell();
}

#[test]
fn it_lapses_while_the_bot_is_down_and_a_later_reaction_does_not_count() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    world.clock.advance(std::time::Duration::from_secs(45 * 60));
    world
        .discord
        .person("bob")
        .unwrap()
        .reacts(card.id, "✅")
        .unwrap();
    world.start();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "lapsed"]);
    assert_eq!(world.initiates(), 0);
}

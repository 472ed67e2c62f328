//! What happens while the bot is down is noticed when it is back.

use portcullis::{
    domain::{record::Fact, vote::Via},
    sandbox::azure::{Fault, FaultKind, Matcher},
};

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[REACTED];

const REACTED: Story = Story::new("approved by a reaction while the bot was down", reacted, TOLD);

fn reacted(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    world
        .discord
        .person("bob")
        .unwrap()
        .reacts(card.id, "✅")
        .unwrap();
    world.start();
    world.reconcile();
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
    let read_later = world.records().iter().any(|record| {
        matches!(
            &record.entry.fact,
            Fact::Voted {
                via: Via::ReactionReadLater,
                ..
            }
        )
    });
    assert!(read_later, "the record says how it was counted");
}

#[test]
fn a_reaction_given_meanwhile_counts() {
    REACTED.tell();
}

#[test]
fn a_no_beats_a_yes() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    for (who, emoji) in [("bob", "✅"), ("bob", "❌")] {
        world.discord.person(who).unwrap().reacts(card.id, emoji).unwrap();
    }
    world.start();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked", "denied"]);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn a_stranger_is_told_once_that_it_does_not_count() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    world
        .discord
        .person("mallory")
        .unwrap()
        .reacts(card.id, "✅")
        .unwrap();
    world.start();
    for _ in 0..3 {
        world.reconcile();
        world.settle();
    }
    assert_eq!(world.told(), ["asked", "vote not counted"]);
    assert_eq!(world.discord.dms("mallory").len(), 1);
}

#[test]
fn who_left_the_server_does_not_count() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.crash();
    let bob = world.discord.person("bob").unwrap();
    bob.reacts(card.id, "✅").unwrap();
    bob.leaves();
    world.start();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked"]);
}

#[test]
fn a_window_that_ended_meanwhile_is_told_closed() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    world.crash();
    world.clock.advance(std::time::Duration::from_secs(5 * 3600));
    world.start();
    world.reconcile();
    world.minutes(2);
    assert_eq!(world.told(), TOLD);
    assert!(world.card().buttons().is_empty());
}

#[test]
fn a_start_without_azure_knows_the_machines_of_the_last_run() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::on(Matcher::any(), FaultKind::ServerError { status: 503 }));
    world.restart();
    world.looks_at_azure();
    assert!(
        world
            .offered("alice", "/jit request vm:web", "vm")
            .contains(&"web-01".to_owned())
    );
    world.clock.advance(std::time::Duration::from_secs(600));
    world.asks("alice", ASK);
    world.azure.clear_faults();
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
}

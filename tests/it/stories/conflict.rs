//! Two people want the same port of the same machine: Azure keeps one request, so everybody is told before.

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[TAKES_ITS_PLACE];

const TAKES_ITS_PLACE: Story = Story::new(
    "somebody else's window takes the place of the first",
    takes_its_place,
    &[
        "asked", "approval", "approved", "opening", "opened", "asked", "approval", "approved", "opening",
        "opened", "closed", "closed",
    ],
);

const CAROLS: &str = "/jit request vm:web-01 port:22 for:30m from:203.0.113.9 reason:INC-43 also me";

fn takes_its_place(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    world.asks("carol", CAROLS);
    let card = world.card().text();
    assert!(
        card.contains("has a window for `198.51.100.7`"),
        "the approver knows: {card}"
    );
    let own = world.own_message("carol").text();
    assert!(
        own.contains("when yours opens, theirs ends"),
        "who asks knows: {own}"
    );
    world.approves("bob");
    let told = world.direct_message("alice");
    assert!(
        told.contains("ends when the new one opens"),
        "the owner knows: {told}"
    );
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    let line = world.line("closed");
    assert!(line.contains("request 2 took its place"), "{line}");
    let address = "198.51.100.7".parse().unwrap();
    assert!(!world.azure.reachable("web-01", 22, address));
    world.minutes(60);
}

#[test]
fn a_newer_window_of_somebody_else_is_announced_to_all() {
    TAKES_ITS_PLACE.tell();
}

/// The owner's inbox is closed: they are told where they asked, and pinged.
#[test]
fn an_owner_with_a_closed_inbox_is_told_in_the_channel() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    world.discord.person("alice").unwrap().dms_closed(true);
    world.asks("carol", CAROLS);
    world.approves("bob");
    let told: Vec<_> = world.in_general().iter().map(|message| message.text()).collect();
    assert!(
        told.iter()
            .any(|text| text.contains("ends when the new one opens")),
        "{told:#?}"
    );
    world.minutes(40);
}

/// Nobody is alarmed by their own second request.
#[test]
fn nobody_is_told_of_themselves() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    world.asks(
        "alice",
        "/jit request vm:web-01 port:22 for:30m from:203.0.113.9 reason:INC-44 from home",
    );
    world.approves("bob");
    world.minutes(5);
    assert_eq!(world.direct_message("alice"), "");
    assert!(world.line("closed").contains("request 2 took its place"));
}

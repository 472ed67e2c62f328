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
    let told = world.direct_message("alice");
    assert!(
        told.contains("asks for SSH 22 on **web-01** (request 2)") && told.contains("if it is approved"),
        "the owner knows before anybody says yes: {told}"
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

/// What was opened in the portal is a conflict too, although nobody of Discord can be told.
#[test]
fn a_window_of_the_portal_is_known_to_who_asks_and_who_approves() {
    let mut world = World::new();
    let until = portcullis::clock::Clock::now(&*world.clock) + chrono::TimeDelta::hours(2);
    assert!(world.azure.portal_opens("web-01", 22, "203.0.113.9", until));
    world.seconds(10);
    world.reconcile();
    world.settle();
    let detail = world.is_told("alice", "/jit vms search:web-01");
    assert!(
        detail.contains("SSH 22 from `203.0.113.9`: open until")
            && detail.contains("not by Portcullis but by eve@"),
        "{detail}"
    );
    world.asks("alice", ASK);
    let card = world.card().text();
    assert!(
        card.contains("opened SSH 22 on **web-01** for `203.0.113.9` until")
            && card.contains("not through Portcullis"),
        "{card}"
    );
    let own = world.own_message("alice").text();
    assert!(own.contains("Portcullis cannot tell them"), "{own}");
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    let other = "203.0.113.9".parse().unwrap();
    assert!(!world.azure.reachable("web-01", 22, other));
    world.minutes(60);
}

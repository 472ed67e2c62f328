//! The requester's own message: the answer for 15 minutes, then a direct message, then the channel.

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[INBOX, CHANNEL];

const INBOX: Story = Story::new("after 15 minutes a direct message tells", inbox, TOLD);

const CHANNEL: Story = Story::new("a closed inbox is told in the channel", channel, TOLD);

fn inbox(world: &mut World) {
    world.asks("alice", ASK);
    world.minutes(20);
    world.approves("bob");
    world.minutes(5);
    let told = world.direct_message("alice");
    assert!(told.contains("is open") && told.contains("ssh"), "{told}");
    world.minutes(60);
    let [own, notice] = &world.discord.dms("alice")[..] else {
        panic!("one message, kept up to date, and the notice before the end");
    };
    assert!(own.text().contains("is over"), "{}", own.text());
    assert!(notice.text().contains("ends soon"), "{}", notice.text());
    assert!(world.in_general().is_empty());
}

fn channel(world: &mut World) {
    world.discord.person("alice").unwrap().dms_closed(true);
    world.asks("alice", ASK);
    world.minutes(20);
    world.approves("bob");
    world.minutes(5);
    let posted = world.in_general();
    assert_eq!(posted.len(), 1, "one message: {posted:#?}");
    let alice = world.discord.person("alice").unwrap().id();
    assert!(posted[0].pings.people.iter().all(|person| *person == alice));
    assert!(!posted[0].pings.people.is_empty());
    assert!(!posted[0].text().contains("ssh "), "how to connect is private");
    world.minutes(60);
    let [own, notice] = &world.in_general()[..] else {
        panic!("one message, kept up to date, and the notice before the end");
    };
    assert!(own.text().contains("is over"), "{}", own.text());
    assert!(!notice.text().contains("ssh "), "how to connect is private");
}

#[test]
fn after_15_minutes_a_direct_message_tells() {
    INBOX.tell();
}

#[test]
fn a_closed_inbox_is_told_in_the_channel() {
    CHANNEL.tell();
}

#[test]
fn the_answer_follows_the_request_through_its_life() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let own = |world: &World| world.own_message("alice").text();
    assert!(
        own(&world).contains("was sent to the approvers"),
        "{}",
        own(&world)
    );
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    assert!(own(&world).contains("not open yet"), "{}", own(&world));
    world.seconds(20);
    let open = own(&world);
    assert!(
        open.contains("is open") && open.contains("port `22`") && open.contains("ssh"),
        "{open}"
    );
    world.types("alice", "/jit close");
    world.minutes(3);
    assert!(own(&world).contains("is over"), "{}", own(&world));
    assert!(
        world.discord.dms("alice").is_empty(),
        "within the 15 minutes nobody is written to"
    );
}

#[test]
fn status_and_list_say_how_it_stands() {
    let mut world = World::new();
    assert!(!world.is_told("alice", "/jit status").is_empty());
    world.asks("alice", ASK);
    assert!(world.is_told("alice", "/jit status").contains("web-01"));
    assert!(
        world
            .is_told("dan", "/jit list which:pending whose:all")
            .contains("web-01")
    );
    assert!(
        !world
            .is_told("dan", "/jit list which:pending whose:mine")
            .contains("web-01")
    );
    world.approves("bob");
    world.minutes(2);
    assert!(
        world
            .is_told("alice", "/jit list which:active")
            .contains("web-01")
    );
    world.minutes(65);
    assert!(world.is_told("alice", "/jit list which:past").contains("web-01"));
    assert!(
        world
            .is_told("alice", "/jit status request:99")
            .contains("no request")
    );
    assert!(world.is_told("mallory", "/jit help").contains("/jit request"));
}

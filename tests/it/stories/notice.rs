//! The requester is told before the end, while more time can still be asked for.

use std::fmt::Write as _;

use portcullis::sandbox::discord::{Fault, FaultKind, Matcher, RouteKind, SeenMessage};

use super::{ASK, TOLD};
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[BEFORE_THE_END, IN_THE_CHANNEL];

const BEFORE_THE_END: Story = Story::new("told ten minutes before the end", before_the_end, TOLD);

const IN_THE_CHANNEL: Story = Story::new(
    "told before the end in the channel, because the inbox is closed",
    in_the_channel,
    TOLD,
);

const SOON: &str = "ends soon";

fn notices(world: &World) -> Vec<SeenMessage> {
    let mut all = world.discord.dms("alice");
    all.extend(world.in_general());
    all.retain(|message| message.text().contains(SOON));
    all
}

fn before_the_end(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(49);
    assert!(notices(world).is_empty());
    world.minutes(2);
    let told = notices(world);
    assert_eq!(told.len(), 1, "{told:#?}");
    let text = told[0].text();
    assert!(text.contains("SSH 22 on **web-01** closes"), "{text}");
    let labels: Vec<_> = told[0].buttons().into_iter().map(|button| button.label).collect();
    assert_eq!(labels, ["Connect", "Extend", "I'm done"]);
    world.minutes(15);
    assert_eq!(notices(world).len(), 1, "once");
}

fn in_the_channel(world: &mut World) {
    world.discord.person("alice").unwrap().dms_closed(true);
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(51);
    let told = notices(world);
    assert_eq!(told.len(), 1, "{told:#?}");
    let alice = world.discord.person("alice").unwrap().id();
    assert!(told[0].pings.people.iter().eq([&alice]), "{told:#?}");
    world.minutes(15);
    assert_eq!(notices(world).len(), 1, "once");
}

fn open(world: &mut World, ask: &str) {
    world.asks("alice", ask);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
}

#[test]
fn told_ten_minutes_before_the_end() {
    BEFORE_THE_END.tell();
}

#[test]
fn told_in_the_channel_where_the_inbox_is_closed() {
    IN_THE_CHANNEL.tell();
}

/// The button is in a direct message, where Discord sends no roles.
#[test]
fn extended_from_the_notice() {
    let mut world = World::new();
    open(&mut world, ASK);
    world.minutes(46);
    let notice = notices(&world).remove(0);
    let opened = world.clicks("alice", &notice, "Extend");
    let sent = world
        .fills("alice", &opened, &[("longer", "30m"), ("reason", "")])
        .unwrap();
    let answer = world.answered(&sent);
    assert!(answer.contains("longer by 30m"), "{answer}");
    world.approves("bob");
    world.minutes(31);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    let told = notices(&world);
    assert_eq!(
        told.len(),
        2,
        "the longer access has an end of its own: {told:#?}"
    );
    assert!(
        told[1].text().contains("Request 2 ends soon"),
        "{}",
        told[1].text()
    );
    world.minutes(15);
}

#[test]
fn done_from_the_notice() {
    let mut world = World::new();
    open(&mut world, ASK);
    world.minutes(46);
    let notice = notices(&world).remove(0);
    world.clicks("alice", &notice, "I'm done");
    world.minutes(2);
    assert!(!world.is_open("web-01", 22), "{:#?}", world.trail());
    let answer = world.clicks("alice", &notice, "I'm done");
    assert!(
        world.answered(&answer).contains("nothing that can be closed"),
        "{}",
        world.answered(&answer)
    );
}

#[test]
fn no_notice_of_what_was_closed_before() {
    let mut world = World::new();
    open(&mut world, ASK);
    world.types("alice", "/jit close");
    world.minutes(60);
    assert!(notices(&world).is_empty());
}

#[test]
fn no_notice_of_what_was_made_longer() {
    let mut world = World::new();
    open(&mut world, ASK);
    world.asks("alice", "/jit extend for:1h");
    world.approves("bob");
    world.minutes(50);
    assert!(notices(&world).is_empty(), "{:#?}", notices(&world));
    world.minutes(65);
    assert_eq!(notices(&world).len(), 1, "only of the longer one");
}

/// More time was asked for, and nobody has answered yet: the notice says so.
#[test]
fn the_notice_names_the_request_for_more_time() {
    let mut world = World::new();
    open(&mut world, ASK);
    world.minutes(40);
    world.asks("alice", "/jit extend for:30m");
    world.minutes(6);
    let text = notices(&world).remove(0).text();
    assert!(
        text.contains("Request 2 asks for more time and waits for an answer"),
        "{text}"
    );
    world.minutes(15);
}

#[test]
fn no_notice_of_an_access_that_is_no_longer_than_it() {
    let mut world = World::new();
    open(&mut world, &ASK.replace("for:1h", "for:10m"));
    world.minutes(10);
    assert!(notices(&world).is_empty());
}

#[test]
fn a_rule_says_how_long_before_or_that_there_is_none() {
    let with = |line: &str| {
        RULES.replacen(
            "name = \"production\"",
            &format!("name = \"production\"\nnotice_before = \"{line}\""),
            1,
        )
    };
    let mut world = World::with_rules(&with("off"));
    open(&mut world, ASK);
    world.minutes(60);
    assert!(notices(&world).is_empty());
    drop(world);

    let mut world = World::with_rules(&with("30m"));
    open(&mut world, ASK);
    world.minutes(26);
    assert_eq!(notices(&world).len(), 1);
    world.minutes(35);
    drop(world);

    // What the rules say when it rings counts.
    let mut world = World::with_rules(&with("30m"));
    open(&mut world, ASK);
    world.restart_with(&with("5m"));
    world.minutes(40);
    assert!(notices(&world).is_empty());
    world.minutes(11);
    assert_eq!(notices(&world).len(), 1);
    world.minutes(15);
}

/// Discord posts it, the answer is lost, and Discord is away for longer than it remembers what was posted.
#[test]
fn posted_once_although_nobody_heard_of_it() {
    let mut world = World::new();
    open(&mut world, ASK);
    let post = || Matcher::from(RouteKind::CreateMessage).with_body(SOON);
    let lost = world.discord.fault(Fault::next(1, post(), FaultKind::DropAfter));
    world
        .discord
        .fault(Fault::always(post(), FaultKind::Status { status: 503 }));
    world.minutes(50);
    world.discord.fault_off(lost);
    world.discord.faults_off();
    world.minutes(4);
    let told = notices(&world);
    let mut shown = String::new();
    for message in &told {
        _ = write!(shown, "{}", message.text());
    }
    assert_eq!(told.len(), 1, "{shown}");
    world.minutes(15);
}

/// The bot sleeps over the time of the notice: it is given while it is of use, and not after the end.
#[test]
fn a_notice_that_comes_late_or_too_late() {
    for (asleep, told) in [(53, 1), (70, 0)] {
        let mut world = World::new();
        open(&mut world, ASK);
        world.crash();
        world
            .clock
            .advance(std::time::Duration::from_secs((asleep - 5) * 60));
        world.start();
        world.reconcile();
        world.settle();
        assert_eq!(notices(&world).len(), told, "after {asleep} minutes");
        world.minutes(20);
        assert_eq!(notices(&world).len(), told);
    }
}

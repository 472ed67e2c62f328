//! An approver grants less than was asked: a shorter time, or fewer addresses.

use super::{TOLD, risky_rule};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[SHORTER];

const ONE: &str = risky_rule!(approvals = 1, "");
const TWO: &str = risky_rule!(approvals = 2, "");
const RISKY: &str = risky_rule!(approvals = 1, "second_look = { always = true }");

const ASK: &str = "/jit request vm:web-01 port:22 for:2h from:198.51.100.0/28 reason:INC-42 disk full";

const LESS: &[&str] = &[
    "asked", "narrowed", "approval", "approved", "opening", "opened", "closed",
];

const SHORTER: Story = Story::new("approved for less", shorter, LESS).under(ONE);

/// Presses "Approve with less" on the newest card and sends the form; the answer as it reads then.
fn grants(world: &mut World, who: &str, length: &str, source: &str) -> String {
    let card = world.card();
    let opened = world.clicks(who, &card, "Approve with less");
    let sent = world.fills(who, &opened, &[("length", length), ("source", source)]);
    sent.map(|sent| world.answered(&sent)).unwrap_or_default()
}

fn shorter(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("approved", 1, |world| {
        grants(world, "bob", "30m", "198.51.100.7");
    });
    assert!(world.line("narrowed").contains("30m instead of 2h"));
    assert!(
        world.card().text().contains("30m instead of 2h"),
        "{}",
        world.card().text()
    );
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    let own = world.own_message("alice").text();
    assert!(own.contains("Less is granted than was asked"), "{own}");
    world.minutes(30);
    assert!(!world.is_open("web-01", 22), "the shorter time is over");
}

#[test]
fn approved_for_less() {
    SHORTER.tell();
}

#[test]
fn more_is_refused_with_what_is_possible() {
    let mut world = World::under(ONE);
    world.asks("alice", ASK);
    for (length, source, why) in [
        ("3h", "", "the same or less"),
        ("", "198.51.100.0/27", "that or a part of it"),
        ("", "203.0.113.7", "that or a part of it"),
        ("soon", "", "a length is written like"),
        ("", "here", "Nothing was approved"),
        ("", "2001:db8::1", "IPv6"),
        ("1s", "", "at least 10"),
    ] {
        let said = grants(&mut world, "bob", length, source);
        assert!(said.contains(why), "{length} {source}: {said}");
    }
    assert_eq!(world.told(), ["asked"]);
    let said = grants(&mut world, "mallory", "30m", "");
    assert!(said.contains("not an approver"), "{said}");
    assert!(!world.card().text().contains("instead of"));
    world.minutes(40);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn an_empty_form_approves_all_that_is_asked() {
    let mut world = World::under(ONE);
    world.asks("alice", ASK);
    grants(&mut world, "bob", "", "");
    world.minutes(125);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn an_earlier_approval_of_more_counts_and_a_later_one_approves_what_is_left() {
    let mut world = World::under(TWO);
    world.asks("alice", ASK);
    world.votes("carol", 1);
    grants(&mut world, "bob", "20m", "");
    let told = world.told();
    assert_eq!(
        told[..5],
        ["asked", "approval", "narrowed", "approval", "approved"]
    );
    world.minutes(25);
    assert!(!world.is_open("web-01", 22));
}

/// Narrowed for good: whoever approved after it approved no more than that.
#[test]
fn what_was_narrowed_stays_so_when_the_approval_is_taken_back() {
    let mut world = World::under(TWO);
    world
        .discord
        .person("dan")
        .unwrap()
        .gets_role(portcullis::sandbox::discord::world::ON_CALL_ROLE);
    world.asks("alice", ASK);
    grants(&mut world, "bob", "20m", "198.51.100.7");
    let again = world.clicks("bob", &world.card(), "Approve");
    world.presses("bob", &again, "Take my vote back");
    assert!(world.card().text().contains("20m instead of 2h"));
    world.votes("carol", 2);
    world.approves("dan");
    world.minutes(25);
    assert!(!world.is_open("web-01", 22));
    assert_eq!(world.initiates(), 1);
}

#[test]
fn less_of_something_risky_is_confirmed_as_less() {
    let mut world = World::under(RISKY);
    world.asks("alice", ASK);
    let opened = world.clicks("bob", &world.card(), "Approve with less");
    let sent = world
        .fills("bob", &opened, &[("length", "30m"), ("source", "198.51.100.7")])
        .unwrap();
    let text = world.answered(&sent);
    assert!(text.contains("for 30m from `198.51.100.7`"), "{text}");
    assert_eq!(world.told(), ["asked"]);
    world.presses("bob", &sent, "Confirm");
    world.minutes(35);
    assert_eq!(world.told(), LESS);
}

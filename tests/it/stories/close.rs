//! A window is closed before its end.

use portcullis::domain::{record::Fact, window::Ended};

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_REQUESTER, NARROW];

const TOLD: &[&str] = &[
    "asked", "approval", "approved", "opening", "opened", "closing", "closed",
];

const BY_REQUESTER: Story = Story {
    name: "closed by who asked",
    tell: by_requester,
    told: TOLD,
};

const NARROW: Story = Story {
    name: "closed where the JIT policy allows no other source",
    tell: narrow,
    told: &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closing", "closed",
    ],
};

fn opened() -> World {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world
}

fn by_requester(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    world.minutes(8);
    assert!(
        world.azure.allow_rules("web-01").is_empty(),
        "{:#?}",
        world.trail()
    );
    assert!(world.card().buttons().is_empty());
}

/// Only the window's own source may be sent: it stays open for the shortest time that Azure takes, and nobody
/// is told that it is closed before it is.
fn narrow(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:db-01 port:5432 for:30m from:198.51.100.7 reason:INC-9 vacuum",
    );
    world.until_told("approval", 1, |world| {
        let card = world.card();
        world.clicks("bob", &card, "Approve");
    });
    world.approves("carol");
    world.minutes(5);
    assert!(world.is_open("db-01", 5432), "{:#?}", world.trail());
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    for _ in 0..80 {
        world.seconds(5);
        let open = world.is_open("db-01", 5432);
        let told = world.times_told("closed") > 0;
        assert!(
            !(open && told),
            "told closed while it is open: {:#?}",
            world.trail()
        );
    }
    assert!(!world.is_open("db-01", 5432), "shut long before its end");
}

fn closed_by(world: &World) -> Option<String> {
    world
        .records()
        .iter()
        .find_map(|record| match &record.entry.fact {
            Fact::Closed {
                how: Ended::ClosedBy(by),
                ..
            } => Some(by.name.clone()),
            _ => None,
        })
}

#[test]
fn closed_by_who_asked() {
    BY_REQUESTER.tell();
}

#[test]
fn closed_where_only_its_own_source_may_be_sent() {
    NARROW.tell();
}

#[test]
fn closed_by_the_button_of_the_own_message() {
    let mut world = opened();
    let own = world.own_message("alice");
    world.clicks("alice", &own, "Close now");
    world.minutes(3);
    assert_eq!(world.told(), TOLD);
    assert_eq!(closed_by(&world).as_deref(), Some("alice"));
}

#[test]
fn closed_by_an_approver_on_the_card() {
    let mut world = opened();
    let card = world.card();
    let answer = world.clicks("bob", &card, "Close now");
    assert!(world.answered(&answer).contains("Closing"));
    world.minutes(3);
    assert_eq!(closed_by(&world).as_deref(), Some("bob"));
    let again = world.is_told("alice", "/jit close request:1");
    assert!(again.contains("nothing that can be closed"), "{again}");
}

#[test]
fn closed_by_an_administrator() {
    let mut world = opened();
    world.types("carol", "/jit close request:1");
    world.minutes(3);
    assert_eq!(closed_by(&world).as_deref(), Some("carol"));
}

#[test]
fn not_closed_by_a_stranger() {
    let mut world = opened();
    let told = world.is_told("mallory", "/jit close request:1");
    assert!(told.contains("was not closed"), "{told}");
    let card = world.card();
    let click = world.clicks("mallory", &card, "Close now");
    assert!(world.answered(&click).contains("was not closed"));
    world.minutes(3);
    assert!(world.is_open("web-01", 22));
}

#[test]
fn closed_while_it_is_opening() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    assert_eq!(world.told().last().unwrap(), "opening");
    world.types("alice", "/jit close request:1");
    world.minutes(10);
    assert!(!world.is_open("web-01", 22));
    assert!(world.azure.allow_rules("web-01").is_empty());
    assert_eq!(world.told().last().unwrap(), "closed");
    assert!(world.card().buttons().is_empty());
}

#[test]
fn two_people_close_at_once() {
    let mut world = opened();
    let card = world.card();
    let answers = world.click_together(&card, &[("alice", "Close now"), ("bob", "Close now")]);
    let told: Vec<_> = answers.iter().map(|answer| world.answered(answer)).collect();
    assert!(
        told.iter().any(|text| text.contains("being closed already")),
        "{told:#?}"
    );
    world.minutes(3);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn a_close_that_azure_refuses_leaves_the_window_to_its_end_and_alerts() {
    use portcullis::sandbox::azure::{Fault, FaultKind};
    let mut world = opened();
    world.expects_error("given up");
    world.azure.fault(Fault::on("initiate", FaultKind::Forbidden));
    world.types("alice", "/jit close request:1");
    world.minutes(3);
    assert!(world.is_open("web-01", 22));
    assert_eq!(world.times_told("closed"), 0, "{:#?}", world.trail());
    world.minutes(60);
    assert!(!world.is_open("web-01", 22));
    assert_eq!(world.times_told("closed"), 1);
}

//! Nobody says from where: the last address of this person is offered, and nothing is ever sent without one.

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[CONFIRMED];

const CONFIRMED: Story = Story::new(
    "the last source is confirmed",
    confirmed,
    &[
        "asked", "approval", "approved", "opening", "opened", "closed", "asked", "approval", "approved",
        "opening", "opened", "closed",
    ],
);

const ASK_WITHOUT: &str = "/jit request vm:web-02 port:22 for:30m reason:INC-43 again";
const USE: &str = "Use 198.51.100.7";

fn confirmed(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(65);
    world.until_told("asked", 2, |world| {
        // The offer may stand already, from before a crash.
        if !world.own_message("alice").offers(USE) {
            world.types("alice", ASK_WITHOUT);
        }
        let own = world.own_message("alice");
        if own.offers(USE) {
            world.clicks("alice", &own, USE);
        }
    });
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-02", 22));
    world.minutes(30);
    assert!(world.line("opened").contains("198.51.100.7"));
}

#[test]
fn the_last_source_is_offered_and_confirmed() {
    CONFIRMED.tell();
}

#[test]
fn without_any_source_it_is_explained_how_to_find_one() {
    let mut world = World::new();
    let told = world.is_told("alice", ASK_WITHOUT);
    assert!(
        told.contains("Nothing was asked") && told.contains("from:"),
        "{told}"
    );
    assert!(told.contains("what is my IPv4 address"), "{told}");
    assert!(world.records().is_empty() && world.cards().is_empty());
}

#[test]
fn an_offer_that_nobody_confirms_is_over_after_15_minutes() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.until_told("withdrawn", 1, |world| _ = world.types("alice", "/jit withdraw"));
    world.types("alice", ASK_WITHOUT);
    let own = world.own_message("alice");
    assert!(own.offers(USE), "{}", own.text());
    let cards = world.cards().len();
    world.minutes(16);
    // The message can be pressed for as long as it stands.
    world.clicks("alice", &own, USE);
    world.seconds(5);
    assert_eq!(world.cards().len(), cards, "nothing was sent");
    assert_eq!(world.told(), ["asked", "withdrawn"]);
}

#[test]
fn whose_source_was_never_approved_is_not_offered_to_others() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(65);
    let told = world.is_told("carol", ASK_WITHOUT);
    assert!(
        told.contains("the address from which you connect is not known"),
        "{told}"
    );
    assert_eq!(world.told(), TOLD);
}

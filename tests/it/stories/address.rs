//! Nobody says from where, and a page of the bot sees it: looking has no effect, and only its button takes the address.

use portcullis::sandbox::discord::SeenMessage;
use reqwest::{Method, StatusCode};

use super::ASK;
use crate::harness::{Story, Visit, World};

pub(super) static STORIES: &[Story] = &[SHOWN, LOOKED_AT_BY_OTHERS, TYPED_INSTEAD];

const TOLD: &[&str] = &["asked", "approval", "approved", "opening", "opened", "closed"];

const SHOWN: Story = Story::new("the page sees the address", shown, TOLD);
const LOOKED_AT_BY_OTHERS: Story = Story::new(
    "a preview and a scanner look at the link first",
    looked_at_by_others,
    TOLD,
);
const TYPED_INSTEAD: Story = Story::new("typed after the page was shown", typed_instead, TOLD);

pub(super) const ASK_WITHOUT: &str = "/jit request vm:web-02 port:22 for:30m reason:INC-43 again";
pub(super) const HOME: &str = "203.0.113.9";

/// The draft with its link, asked for if it does not stand yet. `None`: it is sent already.
pub(super) fn draft(world: &mut World) -> Option<(SeenMessage, String)> {
    if world.times_told("asked") > 0 {
        return None;
    }
    let standing = |world: &World| {
        let newest = world.own_messages("alice").pop()?;
        let link = world.link(&newest)?;
        Some((newest, link))
    };
    if standing(world).is_none() {
        world.types("alice", ASK_WITHOUT);
    }
    standing(world)
}

/// Alice asks and gets her link.
pub(super) fn link(world: &mut World) -> String {
    draft(world).expect("the draft has a link").1
}

pub(super) fn goes_on(world: &mut World) {
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-02", 22), "{:#?}", world.trail());
    assert!(world.line("opened").contains(HOME), "{}", world.line("opened"));
    world.minutes(30);
}

fn shown(world: &mut World) {
    world.until_told("asked", 1, |world| {
        let Some((_, link)) = draft(world) else { return };
        let Some(page) = world.visits(Visit::to(&link, HOME)) else {
            return;
        };
        assert!(
            page.says("Is this your address?") && page.says(HOME),
            "{}",
            page.page
        );
        world.visits(Visit::to(&link, HOME).presses(HOME));
    });
    goes_on(world);
}

fn looked_at_by_others(world: &mut World) {
    world.until_told("asked", 1, |world| {
        let Some((_, link)) = draft(world) else { return };
        for _ in 0..2 {
            world.visits(Visit::to(&link, "198.51.100.99").by(Method::HEAD));
            world.visits(Visit::to(&link, "198.51.100.99"));
        }
        assert_eq!(world.times_told("asked"), 0, "a look has no effect");
        world.visits(Visit::to(&link, HOME).presses(HOME));
    });
    goes_on(world);
}

fn typed_instead(world: &mut World) {
    let mut shown = None;
    world.until_told("asked", 1, |world| {
        let Some((draft, link)) = draft(world) else { return };
        world.visits(Visit::to(&link, "198.51.100.99"));
        shown = Some(link);
        let opened = world.clicks("alice", &draft, "Type the address");
        world.fills("alice", &opened, &[("source", HOME)]);
    });
    let link = shown.expect("the draft had a link");
    if let Some(late) = world.visits(Visit::to(&link, "198.51.100.99").presses("198.51.100.99")) {
        assert_eq!(late.status, StatusCode::GONE);
    }
    goes_on(world);
}

#[test]
fn the_page_sees_the_address_and_its_button_takes_it() {
    SHOWN.tell();
}

#[test]
fn a_look_spends_nothing() {
    LOOKED_AT_BY_OTHERS.tell();
}

#[test]
fn a_restart_between_page_and_button_changes_nothing() {
    let mut world = World::new();
    let link = link(&mut world);
    let page = world.visits(Visit::to(&link, HOME)).unwrap();
    assert!(page.asks(), "{}", page.page);
    world.restart();
    world.settle();
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK, "{}", done.page);
    goes_on(&mut world);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn whoever_types_the_address_has_used_the_link() {
    TYPED_INSTEAD.tell();
}

#[test]
fn the_message_in_discord_goes_on_by_itself() {
    let mut world = World::new();
    let link = link(&mut world);
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK);
    assert!(
        done.says("Request 1 was sent") && done.says(HOME),
        "{}",
        done.page
    );
    assert!(done.says("You can close this page"), "{}", done.page);
    let own = world.own_message("alice");
    assert!(own.text().contains("was sent to the approvers"), "{}", own.text());
    assert!(world.link(&own).is_none(), "the link is gone from the message");
    assert!(world.card().text().contains(HOME));
}

#[test]
fn what_the_page_shows() {
    let mut world = World::new();
    let link = link(&mut world);
    let page = world.visits(Visit::to(&link, HOME)).unwrap();
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "SSH 22 on web-02",
        "alice",
        "30m",
        "UTC",
        "Use 203.0.113.9",
        "close the page",
    ] {
        assert!(page.says(part), "{part}: {}", page.page);
    }
    let head = world.visits(Visit::to(&link, HOME).by(Method::HEAD)).unwrap();
    assert_eq!((head.status, head.page.as_str()), (StatusCode::OK, ""));
}

/// Where there is no page, nobody is told of one.
#[test]
fn without_a_page_the_address_is_typed() {
    let mut world = World::new();
    world.door = None;
    world.restart();
    let told = world.is_told("alice", ASK_WITHOUT);
    assert!(!told.contains("Use my address"), "{told}");
    let own = world.own_message("alice");
    assert!(world.link(&own).is_none() && own.offers("Type the address"));
    world.clicks("alice", &own, "Withdraw");
}

/// All ways stand side by side for who has asked before.
#[test]
fn the_last_address_and_the_page_are_offered_together() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.types("alice", ASK_WITHOUT);
    let own = world.own_message("alice");
    let labels: Vec<_> = own.buttons().into_iter().map(|button| button.label).collect();
    assert_eq!(
        labels,
        [
            "Use 198.51.100.7",
            "Type another address",
            "Use my address",
            "Withdraw"
        ]
    );
    assert!(own.text().contains("do not pass it on"), "{}", own.text());
}

//! The same once more, with one click.

use super::ASK;
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[AFTER_A_DENIAL, AFTER_ITS_END];

const AFTER_A_DENIAL: Story = Story::new(
    "asked again after a denial",
    after_a_denial,
    &[
        "asked", "denied", "asked", "approval", "approved", "opening", "opened", "closed",
    ],
);

const AFTER_ITS_END: Story = Story::new(
    "asked again after its end, from the inbox",
    after_its_end,
    &[
        "asked", "approval", "approved", "opening", "opened", "closed", "asked", "approval", "approved",
        "opening", "opened", "closed",
    ],
);

fn after_a_denial(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("denied", 1, |world| _ = world.denies("bob", "not now"));
    let own = world.own_message("alice");
    let offer = own.text();
    assert!(
        offer.contains("asks for SSH 22 on **web-01** from `198.51.100.7` for 1h, because: INC-42 disk full"),
        "{offer}"
    );
    world.until_told("asked", 2, |world| _ = world.clicks("alice", &own, "Ask again"));
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
}

fn after_its_end(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(65);
    let own = own_in_the_inbox(world);
    world.until_told("asked", 2, |world| _ = world.clicks("alice", &own, "Ask again"));
    world.approves("bob");
    world.minutes(65);
}

/// The message that took over from the answer; the notice before the end is another one.
fn own_in_the_inbox(world: &World) -> portcullis::sandbox::discord::SeenMessage {
    let mut found = world.discord.dms("alice").into_iter();
    found
        .rfind(|message| message.offers("Ask again"))
        .expect("the answer goes on in the inbox")
}

#[test]
fn asked_again_after_a_denial() {
    AFTER_A_DENIAL.tell();
}

#[test]
fn asked_again_from_the_inbox() {
    AFTER_ITS_END.tell();
}

#[test]
fn offered_once_a_request_is_over_and_not_before() {
    let mut world = World::new();
    world.asks("alice", ASK);
    assert!(!world.own_message("alice").offers("Ask again"));
    world.types("alice", "/jit withdraw");
    assert!(world.own_message("alice").offers("Ask again"));
    world.asks("alice", ASK);
    world.approves("bob");
    world.seconds(30);
    assert!(!world.own_message("alice").offers("Ask again"));
    let shown = world.types("alice", "/jit status request:1").message().unwrap();
    assert!(shown.offers("Ask again"), "{}", shown.text());
    let shown = world.types("bob", "/jit status request:1").message().unwrap();
    assert!(!shown.offers("Ask again"), "{}", shown.text());
    world.minutes(2);
    world.types("alice", "/jit close request:2");
    world.minutes(3);
    assert!(world.own_message("alice").offers("Ask again"));
}

#[test]
fn nobody_answered_so_it_is_asked_again() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.minutes(31);
    assert_eq!(world.told(), ["asked", "lapsed"]);
    let own = own_in_the_inbox(&world);
    let answer = world.clicks("alice", &own, "Ask again");
    assert!(
        world.answered(&answer).contains("was sent to the approvers"),
        "{}",
        world.answered(&answer)
    );
    assert_eq!(world.cards().len(), 2);
    world.types("alice", "/jit withdraw");
}

/// What held when it was first asked does not hold for ever: the rules of today judge.
#[test]
fn judged_by_the_rules_and_the_roles_of_today() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.denies("bob", "not now");
    let own = world.own_message("alice");
    world.restart_with(
        &RULES
            .replace("max_for = \"2h\"", "max_for = \"30m\"")
            .replace("default_for = \"1h\"", "default_for = \"30m\""),
    );
    let answer = world.clicks("alice", &own, "Ask again");
    let told = world.answered(&answer);
    assert!(
        told.contains("Nothing was asked") && told.contains("30m"),
        "{told}"
    );

    world.restart_with(RULES);
    world.minutes(20);
    world.asks("alice", &ASK.replace("INC-42", "INC-43"));
    world.denies("bob", "not now");
    let developer = portcullis::sandbox::discord::world::DEVELOPER_ROLE;
    world.discord.person("alice").unwrap().loses_role(developer);
    let own = world.own_message("alice");
    let answer = world.clicks("alice", &own, "Ask again");
    let told = world.answered(&answer);
    assert!(told.contains("Nothing was asked"), "{told}");
    assert_eq!(world.times_told("asked"), 2, "{:#?}", world.trail());
}

#[test]
fn a_second_click_asks_nothing_more() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.denies("bob", "not now");
    let own = world.own_message("alice");
    let click = world.clicks("alice", &own, "Ask again");
    assert!(world.discord.deliver_again(&click.id().to_string()));
    world.heard();
    world.settle();
    assert_eq!(world.times_told("asked"), 2, "one click is one request");
    let answer = world.clicks("alice", &own, "Ask again");
    let told = world.answered(&answer);
    assert!(
        told.contains("request 2 asks for the same and is not decided yet"),
        "{told}"
    );
    assert_eq!(world.times_told("asked"), 2);
    world.types("alice", "/jit withdraw");
}

#[test]
fn two_clicks_at_once_ask_once() {
    for _ in 0..3 {
        let mut world = World::new();
        world.asks("alice", ASK);
        world.denies("bob", "not now");
        let own = world.own_message("alice");
        world.click_together(&own, &[("alice", "Ask again"), ("alice", "Ask again")]);
        assert_eq!(world.times_told("asked"), 2, "{:#?}", world.trail());
        world.types("alice", "/jit withdraw");
    }
}

/// In a channel others can press the button too.
#[test]
fn only_who_asked_can_ask_again() {
    let mut world = World::new();
    world.discord.person("alice").unwrap().dms_closed(true);
    world.asks("alice", ASK);
    world.minutes(35);
    let posted = world.in_general().pop().unwrap();
    assert!(posted.offers("Ask again"), "{}", posted.text());
    let answer = world.clicks("mallory", &posted, "Ask again");
    let told = world.answered(&answer);
    assert!(told.contains("request 1 is somebody else's"), "{told}");
    let answer = world.clicks("carol", &posted, "Ask again");
    assert!(world.answered(&answer).contains("somebody else's"));
    assert_eq!(world.times_told("asked"), 1);
}

/// The machine is gone by now.
#[test]
fn a_machine_that_is_gone_is_not_asked_for() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.denies("bob", "not now");
    let own = world.own_message("alice");
    assert!(world.azure.portal_deletes_machine("web-01"));
    world.looks_at_azure();
    let answer = world.clicks("alice", &own, "Ask again");
    let told = world.answered(&answer);
    assert!(told.contains("Nothing was asked"), "{told}");
    assert_eq!(world.times_told("asked"), 1);
}

/// A draft that lapsed has no source; the last one is offered again.
#[test]
fn a_draft_is_asked_again_as_a_draft() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.types("alice", "/jit withdraw");
    world.types("alice", "/jit request vm:web-02 port:22 reason:INC-42");
    world.types("alice", "/jit withdraw request:2");
    let own = world.own_message("alice");
    assert!(own.offers("Ask again"), "{}", own.text());
    let answer = world.clicks("alice", &own, "Ask again");
    let told = world.answered(&answer);
    assert!(told.contains("waits for its source"), "{told}");
    let own = world.own_message("alice");
    world.clicks("alice", &own, "Use 198.51.100.7");
    assert_eq!(world.times_told("asked"), 2, "{:#?}", world.trail());
    world.types("alice", "/jit withdraw request:3");
}

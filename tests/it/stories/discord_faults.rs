//! Discord fails, limits, forgets, and cuts the connection.

use portcullis::sandbox::discord::{Fault, FaultKind, Matcher, Mood, RouteKind};

use super::{ASK, TOLD};
use crate::harness::World;

fn create() -> Matcher {
    RouteKind::CreateMessage.into()
}

/// The main story with a fault in Discord; everything is shown once.
fn told_despite(fault: Fault) {
    let mut world = World::new();
    world.discord.fault(fault);
    world.types("alice", ASK);
    world.minutes(3);
    assert_eq!(world.cards().len(), 1, "one card");
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
    assert!(world.card().buttons().is_empty());
}

#[test]
fn messages_fail_with_500() {
    told_despite(Fault::next(3, create(), FaultKind::Status { status: 500 }));
}

#[test]
fn messages_fail_with_500_after_they_were_posted() {
    told_despite(Fault::next(3, create(), FaultKind::StatusAfter { status: 502 }));
}

#[test]
fn answers_to_messages_are_lost() {
    told_despite(Fault::next(2, create(), FaultKind::DropAfter));
    told_despite(Fault::next(2, create(), FaultKind::DropBefore));
    told_despite(Fault::next(2, create(), FaultKind::Malformed));
}

#[test]
fn messages_are_limited() {
    told_despite(Fault::next(
        2,
        create(),
        FaultKind::RateLimited {
            retry_after: 0.2,
            global: false,
        },
    ));
}

#[test]
fn edits_fail() {
    told_despite(Fault::next(
        3,
        RouteKind::EditMessage.into(),
        FaultKind::Status { status: 503 },
    ));
    told_despite(Fault::next(
        3,
        RouteKind::EditOriginal.into(),
        FaultKind::Status { status: 500 },
    ));
}

#[test]
fn an_hour_without_discord_at_the_end_leaves_no_card_that_says_open() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(30);
    assert!(world.card().offers("Close now"));
    for route in [
        RouteKind::EditMessage,
        RouteKind::CreateMessage,
        RouteKind::CreateDm,
    ] {
        world
            .discord
            .fault(Fault::always(route.into(), FaultKind::Status { status: 503 }));
    }
    world.minutes(90);
    world.discord.faults_off();
    world.minutes(10);
    assert_eq!(world.told(), TOLD, "nothing was given up");
    assert!(world.card().buttons().is_empty(), "{}", world.card().text());
}

#[test]
fn the_thread_of_the_trail_cannot_be_made_at_once() {
    told_despite(Fault::next(
        2,
        RouteKind::ThreadFromMessage.into(),
        FaultKind::StatusAfter { status: 500 },
    ));
}

#[test]
fn an_acknowledgement_that_is_lost_does_nothing_and_can_be_repeated() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.discord.fault(Fault::next(
        5,
        RouteKind::Callback.into(),
        FaultKind::Status { status: 500 },
    ));
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    assert_eq!(
        world.told(),
        ["asked"],
        "nobody was shown anything, so nothing was done"
    );
    world.discord.faults_off();
    world.approves("bob");
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn a_deleted_card_is_posted_again_while_there_is_something_to_decide() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let first = world.card();
    world.discord.delete_message(first.id);
    // Nothing but the next change or comparison can notice it.
    world.reconcile();
    world.settle();
    world.types("carol", "/jit freeze");
    world.reconcile();
    world.settle();
    if world.cards().is_empty() {
        // A card that looks the same is not edited; the next vote brings it back.
        world.types("carol", "/jit unfreeze");
        panic!("the card is gone for good");
    }
    world.types("carol", "/jit unfreeze");
    let second = world.card();
    assert_ne!(first.id, second.id);
    world.approves("bob");
    world.minutes(65);
    assert_eq!(world.times_told("closed"), 1);
    assert_eq!(world.cards().len(), 1);
}

#[test]
fn a_card_that_is_deleted_while_open_is_posted_again_for_the_close_button() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.discord.fault(Fault::next(
        1,
        Matcher::from(RouteKind::EditMessage),
        FaultKind::MessageDeleted,
    ));
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.minutes(5);
    assert!(world.card().offers("Close now"));
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
    assert!(world.card().buttons().is_empty());
}

#[test]
fn a_deleted_thread_of_the_trail_is_opened_anew_and_goes_on() {
    let mut world = World::new();
    world.expects_error("trail's thread is gone");
    world.asks("alice", ASK);
    let thread = world.discord.threads("jit-trail")[0].id;
    world.discord.delete_channel(thread).unwrap();
    world.lines_lost = 1;
    world.approves("bob");
    world.minutes(65);
    assert_eq!(world.told(), TOLD[1..]);
}

#[test]
fn a_thread_that_fell_asleep_or_was_archived_is_written_to_all_the_same() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let thread = world.discord.threads("jit-trail")[0].id;
    world.discord.set_thread(thread, Some(true), None).unwrap();
    world.approves("bob");
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

/// The gateway's connection ends; what happens meanwhile is heard after it.
fn heard_after(mood: Mood) {
    let mut world = World::new();
    world.types("alice", ASK);
    let before = world.discord.handshakes();
    world.discord.gateway(mood);
    let again = world.outside.block_on(
        world
            .discord
            .wait_until(crate::harness::world::PATIENCE, |discord| {
                (discord.handshakes() != before && discord.bots_connected() > 0).then_some(())
            }),
    );
    assert!(again.is_some(), "the bot comes back after {mood:?}");
    world.reconcile();
    world.approves("bob");
    world.minutes(65);
    assert_eq!(world.told(), TOLD, "after {mood:?}");
}

#[test]
fn discord_asks_to_reconnect() {
    heard_after(Mood::Reconnect);
}

#[test]
fn the_session_is_not_valid_any_more() {
    heard_after(Mood::Invalid);
}

#[test]
fn the_session_is_not_valid_and_can_be_resumed() {
    heard_after(Mood::InvalidResumable);
}

#[test]
fn the_connection_is_cut() {
    heard_after(Mood::Cut);
    heard_after(Mood::Close);
}

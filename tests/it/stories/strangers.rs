//! Bots, webhooks, other servers and direct messages: none of them can ask, and none of them can approve.

use portcullis::sandbox::discord::{Guise, SeenMessage, world::ON_CALL_ROLE};

use super::ASK;
use crate::harness::World;

const ALL: [Guise; 4] = [Guise::OtherGuild, Guise::Bot, Guise::Webhook, Guise::Direct];

/// What was answered to a disguised command, as the person who sent it reads it.
fn sends(world: &mut World, who: &str, guise: Guise, command: &str) -> String {
    let person = world.discord.person(who).unwrap().disguised(guise);
    let answer = person.slash(command).unwrap();
    world.after(&answer);
    world.answered(&answer)
}

fn presses(world: &mut World, who: &str, guise: Guise, message: &SeenMessage, label: &str) -> String {
    let person = world.discord.person(who).unwrap().disguised(guise);
    let answer = person.clicks(message.id, label).unwrap();
    world.after(&answer);
    let Ok(form) = world.outside.block_on(answer.modal()) else {
        return world.answered(&answer);
    };
    // A form opens from memory and promises nothing; what counts is what comes of sending it.
    let values: Vec<_> = form
        .inputs
        .iter()
        .map(|input| (input.custom_id.as_str(), "not today"))
        .collect();
    let sent = person.submits(&form, &values).unwrap();
    world.after(&sent);
    world.answered(&sent)
}

#[test]
fn none_of_them_can_ask_or_say_anything_else() {
    let mut world = World::new();
    for guise in ALL {
        for command in [
            ASK,
            "/jit freeze reason:x",
            "/jit enable vms:api-01",
            "/jit vms",
            "/jit list",
        ] {
            let told = sends(&mut world, "carol", guise, command);
            assert!(told.contains("only works in"), "{guise:?} {command}: {told}");
        }
        let told = sends(&mut world, "alice", guise, ASK);
        assert!(told.contains("only works in"), "{guise:?}: {told}");
    }
    assert!(world.records().is_empty(), "{:#?}", world.trail());
    assert!(world.cards().is_empty());
}

#[test]
fn none_of_them_can_approve_deny_or_close() {
    let mut world = World::new();
    world.asks("alice", ASK);
    for guise in ALL {
        for label in ["Approve", "Deny"] {
            let card = world.card();
            let told = presses(&mut world, "bob", guise, &card, label);
            assert!(
                told.contains("only works in") || told.contains("not count"),
                "{guise:?} {label}: {told}"
            );
        }
    }
    // In a direct message Bob is himself, without the role: that he tried is told, and nothing else.
    let decided = |what: &String| !matches!(what.as_str(), "asked" | "vote not counted");
    assert!(!world.told().iter().any(decided), "{:#?}", world.trail());
    assert_eq!(world.initiates(), 0);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "bob himself could all the time");
    for guise in ALL {
        let card = world.card();
        let told = presses(&mut world, "bob", guise, &card, "Close now");
        assert!(
            told.contains("only works in") || told.contains("was not closed"),
            "{guise:?}: {told}"
        );
    }
    assert!(world.is_open("web-01", 22));
    world.minutes(70);
}

/// A rule may name people by their id; from elsewhere, that does not count either.
#[test]
fn somebody_named_by_id_has_no_vote_from_another_server() {
    let mut world = World::under(
        r#"
[[rule]]
name = "by name"
vms = ["web-*"]
ports = ["ssh"]
requesters = ["role:100000000000005001"]
approvers = ["user:100000000000004002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#,
    );
    world.asks("alice", ASK);
    for guise in [Guise::OtherGuild, Guise::Bot, Guise::Webhook] {
        for label in ["Approve", "Deny"] {
            let card = world.card();
            let told = presses(&mut world, "bob", guise, &card, label);
            assert!(told.contains("only works in"), "{guise:?} {label}: {told}");
        }
    }
    assert_eq!(world.told(), ["asked"], "{:#?}", world.trail());
    world.approves("bob");
    world.minutes(70);
}

#[test]
fn a_bot_with_the_role_has_no_vote_by_reaction() {
    let mut world = World::new();
    let robot = world.discord.bot_joins("robot", &[ON_CALL_ROLE]);
    world.asks("alice", ASK);
    let card = world.card();
    for emoji in ["✅", "❌"] {
        robot.reacts(card.id, emoji).unwrap();
        world.heard();
        world.settle();
    }
    assert_eq!(world.told(), ["asked"], "{:#?}", world.trail());
    // Nor when the reactions are read later, after a restart.
    world.restart();
    world.reconcile();
    world.settle();
    assert_eq!(world.told(), ["asked"], "{:#?}", world.trail());
    assert!(world.discord.dms("robot").is_empty(), "a bot is not answered");
    world.approves("bob");
    world.minutes(70);
}

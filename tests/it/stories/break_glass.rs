//! Somebody opens at once because nobody can be waited for: everybody is told, and somebody else must look at it.

use portcullis::domain::record::{By, Fact};

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BROKEN];

const RULES: &str = r#"
[[rule]]
name = "production"
vms = ["tag:env=prod"]
ports = ["ssh"]
requesters = ["role:100000000000005001", "role:100000000000005002"]
approvers = ["role:100000000000005002"] # on-call: Bob
max_for = "1h"
default_for = "30m"
sources = { within = ["198.51.100.0/24"] }
quiet = true
break_glass = { requesters = ["role:100000000000005001"] }

[[rule]]
name = "staging"
vms = ["tag:env=staging"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
sources = { within = ["198.51.100.0/24"] }
"#;

const BREAK: &str = "/jit break-glass vm:web-01 port:22 from:198.51.100.7";

const BROKEN: Story = Story::new(
    "somebody breaks the glass, and somebody else signs",
    broken,
    &[
        "asked",
        "glass broken",
        "approved",
        "opening",
        "opened",
        "closed",
        "review signed",
    ],
)
.under(RULES);

/// Types the command and sends its form; what the person is told.
fn breaks(world: &mut World, who: &str, command: &str, values: &[(&str, &str)]) -> String {
    let opened = world.types(who, command);
    let all: Vec<_> = [
        ("reason", "site is down, nobody answers"),
        ("word", "break glass"),
    ]
    .into_iter()
    .filter(|(name, _)| !values.iter().any(|(given, _)| given == name))
    .chain(values.iter().copied())
    .collect();
    match world.fills(who, &opened, &all) {
        Some(answer) => world.answered(&answer),
        None => String::new(),
    }
}

/// Presses the button on the first card and sends the form; what the person is told.
fn signs(world: &mut World, who: &str, note: &str) -> String {
    let card = world.cards()[0].clone();
    let opened = world.clicks(who, &card, "Sign the review");
    match world.fills(who, &opened, &[("note", note)]) {
        Some(answer) => world.answered(&answer),
        None => String::new(),
    }
}

fn broken(world: &mut World) {
    world.until_told("glass broken", 1, |world| _ = breaks(world, "alice", BREAK, &[]));
    let card = world.card();
    let id = |name: &str| world.discord.person(name).unwrap().id();
    for name in ["bob", "carol"] {
        assert!(
            card.pings.people.contains(&id(name)),
            "{name} is told, also under a quiet rule"
        );
    }
    assert!(!card.pings.people.contains(&id("alice")));
    for part in [
        "without an approval",
        "must look at it and sign the review",
        "site is down",
    ] {
        assert!(card.text().contains(part), "{}", card.text());
    }
    for record in world.records() {
        match (&record.entry.fact, &record.entry.by) {
            (Fact::BrokeGlass { .. }, By::Person(who)) => assert_eq!(who.name, "alice"),
            (Fact::Approved { approvers, .. }, By::Rules(rules)) => {
                assert!(approvers.is_empty());
                assert_eq!(rules[0].0, "production");
            }
            (Fact::BrokeGlass { .. } | Fact::Approved { .. }, by) => panic!("{by:?}"),
            _ => {}
        }
    }
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    let list = world.finds_out("dan", "/jit list which:past whose:all");
    assert!(list.contains("no review signed yet: request 1 by"), "{list}");
    world.minutes(30);
    assert!(!world.is_open("web-01", 22), "{:#?}", world.trail());
    world.until_told("review signed", 1, |world| {
        _ = signs(world, "bob", "the disk was full; alert added");
    });
    let card = world.cards()[0].clone();
    assert!(!card.offers("Sign the review"));
    assert!(card.text().contains("signed the review at"), "{}", card.text());
    assert!(card.text().contains("alert added"), "{}", card.text());
    let list = world.finds_out("dan", "/jit list which:past whose:all");
    assert!(!list.contains("no review signed"), "{list}");
}

#[test]
fn opened_at_once_told_to_all_and_reviewed() {
    BROKEN.tell();
}

#[test]
fn the_form_repeats_what_was_typed() {
    let mut world = World::under(RULES);
    let opened = world.types("alice", BREAK);
    let form = world.outside.block_on(opened.modal()).unwrap();
    let shown = serde_json::to_string(&form.inputs).unwrap();
    for part in [
        "web-01",
        "198.51.100.7",
        "Every approver and administrator is told at once, and somebody else must sign a review.",
        "Type BREAK GLASS to open it at once",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn refused_with_what_to_do() {
    let mut world = World::under(RULES);
    for (who, command, values, why) in [
        (
            "alice",
            BREAK,
            &[("word", "please")][..],
            "BREAK GLASS was not typed",
        ),
        (
            "bob",
            BREAK,
            &[],
            "lets other people than you open without an approval",
        ),
        (
            "alice",
            "/jit break-glass vm:stage-01 port:22 from:198.51.100.7",
            &[],
            "“staging” lets nobody open without an approval",
        ),
        (
            "alice",
            "/jit break-glass vm:web-01 port:22 from:8.8.8.8",
            &[],
            "198.51.100.0/24",
        ),
        ("mallory", BREAK, &[], "No rule lets you"),
    ] {
        let told = breaks(&mut world, who, command, values);
        assert!(told.contains(why), "{who} {command}: {told}");
    }
    assert!(world.trail().is_empty(), "{:#?}", world.trail());
    assert_eq!(world.initiates(), 0);
}

#[test]
fn never_in_a_freeze_unless_the_rule_says_so() {
    let mut world = World::under(RULES);
    world.types("carol", "/jit freeze reason:attack");
    let told = breaks(&mut world, "alice", BREAK, &[]);
    assert!(told.contains("opens nothing in one"), "{told}");
    assert_eq!(world.initiates(), 0);

    let mut world = World::under(&RULES.replace("5001\"] }", "5001\"], in_freeze = true }"));
    world.types("carol", "/jit freeze reason:attack");
    breaks(&mut world, "alice", BREAK, &[]);
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(40);
    assert!(!world.is_open("web-01", 22));
}

#[test]
fn the_review_is_somebody_elses_and_signed_once() {
    let mut world = World::under(RULES);
    breaks(&mut world, "alice", BREAK, &[]);
    world.minutes(40);
    let told = signs(&mut world, "alice", "all good");
    assert!(told.contains("you opened it yourself"), "{told}");
    let told = signs(&mut world, "mallory", "all good");
    assert!(
        told.contains("only its approvers and the administrators"),
        "{told}"
    );
    let card = world.cards()[0].clone();
    let first = world.clicks("bob", &card, "Sign the review");
    let second = world.clicks("carol", &card, "Sign the review");
    let answer = world.fills("bob", &first, &[("note", "fine")]).unwrap();
    assert!(
        world.answered(&answer).contains("You have signed"),
        "{}",
        world.answered(&answer)
    );
    let answer = world.fills("carol", &second, &[("note", "fine too")]).unwrap();
    assert!(
        world.answered(&answer).contains("has signed it already"),
        "{}",
        world.answered(&answer)
    );
    assert_eq!(world.times_told("review signed"), 1);
}

/// What nobody has signed is told every morning until somebody does.
#[test]
fn an_unsigned_review_is_told_in_every_digest() {
    let mut world = World::under(RULES);
    world.reconcile();
    breaks(&mut world, "alice", BREAK, &[]);
    world.minutes(22 * 60 + 1);
    let line = world.line("daily digest");
    assert!(
        line.contains("reviews that nobody has signed: request 1"),
        "{line}"
    );
    signs(&mut world, "carol", "looked at it");
    world.minutes(24 * 60);
    let line = world.line("daily digest");
    assert!(!line.contains("reviews that nobody"), "{line}");
}

/// The window of a broken glass is closed early by whoever could close any other.
#[test]
fn an_approver_closes_it_at_once() {
    let mut world = World::under(RULES);
    breaks(&mut world, "alice", BREAK, &[]);
    world.minutes(5);
    let card = world.cards()[0].clone();
    world.clicks("bob", &card, "Close now");
    world.minutes(5);
    assert!(!world.is_open("web-01", 22), "{:#?}", world.trail());
    assert!(world.cards()[0].offers("Sign the review"));
}

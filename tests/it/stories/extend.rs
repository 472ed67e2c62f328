//! An access is made longer: by its approvers or, the first time, by a rule that says so.

use portcullis::domain::{
    record::{By, Fact},
    window::Ended,
};

use super::ASK;
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[
    BY_APPROVAL,
    CLOSED_WHILE_ASKED,
    CLOSED_WITH_ITS_EXTENSION,
    ONCE_BY_THE_RULE,
];

const BY_APPROVAL: Story = Story::new(
    "extended by half an hour",
    by_approval,
    &[
        "asked", "approval", "approved", "opening", "opened", "asked", "approval", "approved", "opening",
        "opened", "closed", "closed",
    ],
);

const CLOSED_WHILE_ASKED: Story = Story::new(
    "closed while its extension waits for an answer",
    closed_while_asked,
    &[
        "asked", "approval", "approved", "opening", "opened", "asked", "closing", "lapsed", "closed",
    ],
);

const CLOSED_WITH_ITS_EXTENSION: Story = Story::new(
    "closed after it was extended",
    closed_with_its_extension,
    &[
        "asked", "approval", "approved", "opening", "opened", "asked", "approval", "approved", "opening",
        "opened", "closed", "closing", "closed",
    ],
);

const ONCE_BY_THE_RULE: Story = Story::new(
    "extended once by the rule itself",
    once_by_the_rule,
    &[
        "asked", "approval", "approved", "opening", "opened", "asked", "approved", "opening", "opened",
        "closed", "asked", "approval", "approved", "opening", "opened", "closed", "closed",
    ],
)
.under(ONCE);

const ONCE: &str = r#"
[[rule]]
name = "production"
vms = ["tag:env=prod"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
extend = "once"
"#;

const MORE: &str = "/jit extend for:30m";

fn open(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
}

fn by_approval(world: &mut World) {
    open(world);
    world.asks("alice", MORE);
    world.approves("bob");
    world.minutes(5);
    let line = world.line("closed");
    assert!(line.contains("extended by request 2"), "{line}");
    // The hour was over at 60 minutes; it was made longer by 30.
    world.minutes(65);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(20);
    assert!(
        !world.is_open("web-01", 22),
        "shut 90 minutes after the first approval"
    );
}

fn closed_while_asked(world: &mut World) {
    open(world);
    world.asks("alice", MORE);
    world.until_told("closing", 1, |world| {
        _ = world.types("alice", "/jit close request:1");
    });
    world.minutes(4);
    assert!(!world.is_open("web-01", 22));
    let card = world.card().text();
    assert!(card.contains("lapsed"), "{card}");
}

fn closed_with_its_extension(world: &mut World) {
    open(world);
    world.asks("alice", MORE);
    world.approves("bob");
    world.minutes(5);
    world.until_told("closing", 1, |world| {
        _ = world.types("alice", "/jit close request:2");
    });
    world.minutes(8);
    assert!(
        world.azure.allow_rules("web-01").is_empty(),
        "{:#?}",
        world.trail()
    );
}

#[test]
fn extended_by_its_approver() {
    BY_APPROVAL.tell();
}

#[test]
fn closing_it_ends_the_question_for_more() {
    CLOSED_WHILE_ASKED.tell();
}

#[test]
fn an_extension_is_closed_as_any_other() {
    CLOSED_WITH_ITS_EXTENSION.tell();
}

/// The rule decides the first time, and says so everywhere; the second time somebody must.
#[test]
fn extended_once_by_the_rule_itself() {
    ONCE_BY_THE_RULE.tell();
}

fn once_by_the_rule(world: &mut World) {
    open(world);
    world.asks("alice", MORE);
    let by: Vec<_> = world
        .records()
        .into_iter()
        .filter(
            |record| matches!(&record.entry.fact, Fact::Approved { approvers, .. } if approvers.is_empty()),
        )
        .map(|record| record.entry.by)
        .collect();
    assert!(
        matches!(by.as_slice(), [By::Rules(rules)] if rules[0].0 == "production"),
        "{by:?}"
    );
    let line = world.line("approved");
    assert!(
        line.contains("by rule production alone, without a person"),
        "{line}"
    );
    assert!(
        world
            .card()
            .text()
            .contains("extends an access once without asking"),
        "{}",
        world.card().text()
    );
    world.minutes(70);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.asks("alice", "/jit extend request:2 for:15m");
    world.minutes(5);
    assert_eq!(world.times_told("approved"), 2, "the second one waits for Bob");
    world.approves("bob");
    world.minutes(20);
    assert!(world.is_open("web-01", 22));
    world.minutes(30);
    assert!(!world.is_open("web-01", 22));
}

/// Somebody said no to an extension: the rule does not say yes to the next one in their place.
#[test]
fn the_rule_does_not_overrule_a_denial() {
    let mut world = World::new();
    open(&mut world);
    world.asks("alice", MORE);
    world.denies("bob", "an hour is enough");
    world.restart_with(&RULES.replacen(
        "name = \"production\"",
        "name = \"production\"\nextend = \"once\"",
        1,
    ));
    world.asks("alice", MORE);
    world.minutes(2);
    assert_eq!(world.times_told("approved"), 1, "{:#?}", world.trail());
}

/// What a person has taken off is not given back without one.
#[test]
fn the_rule_does_not_give_back_what_an_approver_took() {
    let mut world = World::under(ONCE);
    world.asks("alice", ASK);
    let card = world.card();
    let form = world.clicks("bob", &card, "Approve with less");
    world.fills("bob", &form, &[("length", "30m"), ("source", "")]);
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.asks("alice", MORE);
    world.minutes(2);
    assert_eq!(world.times_told("approved"), 1, "{:#?}", world.trail());
    world.approves("bob");
    world.minutes(60);
}

/// Half an hour more is little, but with what is left it is longer than what may go unseen.
#[test]
fn the_rule_does_not_decide_what_is_to_be_looked_at_twice() {
    let mut world = World::under(&ONCE.replace("extend", "second_look = { longer_than = \"1h\" }\nextend"));
    open(&mut world);
    world.asks("alice", MORE);
    world.minutes(2);
    assert_eq!(world.times_told("approved"), 1, "{:#?}", world.trail());
    let card = world.card();
    let first = world.clicks("bob", &card, "Approve");
    assert_eq!(world.times_told("approved"), 1, "{}", world.answered(&first));
    world.types("alice", "/jit withdraw request:2");
}

#[test]
fn refused_with_what_to_do() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let told = world.is_told("alice", "/jit extend request:1");
    assert!(told.contains("is waiting for an answer"), "{told}");
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    let told = world.is_told("alice", "/jit extend request:1");
    assert!(told.contains("nothing of it is open yet"), "{told}");
    world.minutes(5);
    let told = world.is_told("carol", "/jit extend request:1");
    assert!(told.contains("only who asked"), "{told}");
    let told = world.is_told("alice", "/jit extend request:1 for:soon");
    assert!(told.contains("cannot be used as `for`"), "{told}");
    let told = world.is_told("alice", "/jit extend request:1 for:2h");
    assert!(
        told.contains("2h may be left at most, of which 1h 5m fit now"),
        "{told}"
    );
    world.asks("alice", "/jit extend request:1 for:1h5m");
    let told = world.is_told("alice", "/jit extend request:1 for:10m");
    assert!(told.contains("request 2 asks for that already"), "{told}");
    world.minutes(90);
    let told = world.is_told("alice", "/jit extend request:1");
    assert!(told.contains("and is over"), "{told}");
}

/// Nobody answers until the access has ended: then there is nothing to extend, whoever clicks.
#[test]
fn it_lapses_with_what_it_was_to_extend() {
    let mut world = World::new();
    open(&mut world);
    world.minutes(45);
    world.asks("alice", MORE);
    world.minutes(12);
    let card = world.card();
    assert!(card.text().contains("lapsed"), "{}", card.text());
    assert!(card.buttons().is_empty());
    assert!(!world.is_open("web-01", 22));
    assert_eq!(world.times_told("lapsed"), 1, "{:#?}", world.trail());
}

/// The approval comes in the last second, and Azure is asked when the old end is over.
#[test]
fn approved_in_the_last_moment() {
    let mut world = World::new();
    open(&mut world);
    world.minutes(54);
    world.seconds(55);
    world.asks("alice", MORE);
    world.approves("bob");
    world.minutes(10);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    let ends: Vec<_> = world
        .records()
        .into_iter()
        .filter_map(|record| match record.entry.fact {
            Fact::Closed { how, .. } => Some(how),
            _ => None,
        })
        .collect();
    assert!(
        matches!(
            ends.as_slice(),
            [Ended::Replaced { extension: true, .. } | Ended::Expired]
        ),
        "{ends:?}"
    );
    world.minutes(40);
    assert!(!world.is_open("web-01", 22));
}

#[test]
fn two_extensions_at_once_are_one() {
    let mut world = World::new();
    open(&mut world);
    let alice = world.discord.person("alice").unwrap();
    let answers: Vec<_> = (0..2).map(|_| alice.slash(MORE).unwrap()).collect();
    for answer in &answers {
        world.after(answer);
    }
    let told: Vec<_> = answers.iter().map(|answer| world.answered(answer)).collect();
    assert_eq!(world.times_told("asked"), 2, "{told:#?}");
    assert!(
        told.iter().any(|text| text.contains("asks for that already")),
        "{told:#?}"
    );
}

/// Close and extend at once: whatever comes first, nothing is open in the end.
#[test]
fn closed_while_the_extension_opens() {
    let mut world = World::new();
    open(&mut world);
    world.asks("alice", MORE);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.types("alice", "/jit close request:1");
    world.minutes(10);
    assert!(!world.is_open("web-01", 22), "{:#?}", world.trail());
    assert!(world.azure.allow_rules("web-01").is_empty());
    assert_eq!(world.times_told("closed"), 2, "{:#?}", world.trail());
}

#[test]
fn a_freeze_holds_an_extension_back() {
    let mut world = World::new();
    open(&mut world);
    world.asks("alice", "/jit extend for:1h");
    world.types("carol", "/jit freeze reason:attack");
    world.approves("bob");
    world.minutes(10);
    assert_eq!(world.initiates(), 1);
    assert!(
        world.card().text().contains("held back by a freeze"),
        "{}",
        world.card().text()
    );
    world.minutes(50);
    assert!(!world.is_open("web-01", 22), "the old end holds");
    world.types("carol", "/jit unfreeze");
    world.minutes(2);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
    assert!(!world.is_open("web-01", 22));
}

/// The button opens a form; what is left empty comes from the rule and the request.
#[test]
fn extended_with_the_button() {
    let mut world = World::new();
    open(&mut world);
    let own = world.own_message("alice");
    let labels: Vec<_> = own.buttons().into_iter().map(|button| button.label).collect();
    assert_eq!(labels, ["Connect", "Extend", "I'm done"]);
    let opened = world.clicks("alice", &own, "Extend");
    let form = world.outside.block_on(opened.modal()).unwrap();
    let sent = world
        .discord
        .person("alice")
        .unwrap()
        .submits(&form, &[("longer", "20m"), ("reason", "")])
        .unwrap();
    world.after(&sent);
    assert!(
        world.answered(&sent).contains("longer by 20m"),
        "{}",
        world.answered(&sent)
    );
    assert!(
        world.line("asked").contains("INC-42 disk full"),
        "{}",
        world.line("asked")
    );
    world.approves("bob");
    world.minutes(5);
    assert!(world.own_message("alice").text().contains("Request 2 is open"));
}

/// In a direct message Discord sends no roles: the bot asks for those that the person has now.
#[test]
fn extended_from_a_direct_message() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.minutes(16);
    world.approves("bob");
    world.minutes(5);
    let own = world
        .discord
        .dms("alice")
        .pop()
        .expect("the answer went on in the inbox");
    let opened = world.clicks("alice", &own, "Extend");
    let form = world.outside.block_on(opened.modal()).unwrap();
    let sent = world
        .discord
        .person("alice")
        .unwrap()
        .submits(&form, &[("longer", ""), ("reason", "INC-43 it takes longer")])
        .unwrap();
    world.after(&sent);
    assert!(
        world.answered(&sent).contains("longer by 1h"),
        "{}",
        world.answered(&sent)
    );
    assert!(world.line("asked").contains("INC-43"), "{}", world.line("asked"));
    world.approves("bob");
    world.minutes(80);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(40);
}

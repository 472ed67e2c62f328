//! A rule decides alone: when all its conditions hold, and only then.

use portcullis::domain::record::{By, Fact};

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_THE_RULE, TWICE, IN_ITS_HOURS];

const RULES: &str = r#"
[[rule]]
name = "staging"
vms = ["tag:env=staging"]
requesters = ["role:100000000000005001", "role:100000000000005003"]
approvers = ["role:100000000000005002"] # on-call: Bob
max_for = "1h"
sources = { widest = "/28", within = ["198.51.100.0/24", "203.0.113.0/24"] }
auto_approve = { requesters = ["role:100000000000005001"], within = ["198.51.100.0/24"], at_most = 2, per = "8h" }

[[rule]]
name = "production"
vms = ["tag:env=prod"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
sources = { within = ["198.51.100.0/24"] }
"#;

const ASK: &str = "/jit request vm:stage-01 port:22 for:30m from:198.51.100.7";

const BY_THE_RULE: Story = Story::new(
    "approved by a rule alone",
    by_the_rule,
    &["asked", "approved", "opening", "opened", "closed"],
)
.under(RULES);

const TWICE: Story = Story::new(
    "approved by a rule alone until it was often enough",
    twice,
    &[
        "asked", "approved", "opening", "opened", "closed", "asked", "approved", "opening", "opened",
        "closed", "asked", "approval", "approved", "opening", "opened", "closed",
    ],
)
.under(RULES);

const IN_ITS_HOURS: Story = Story::new(
    "approved by a rule alone at its hours",
    in_its_hours,
    &[
        "asked", "approved", "opening", "opened", "closed", "asked", "approval", "approved", "opening", "opened",
        "closed",
    ],
)
.under(
    r#"
[[rule]]
name = "staging"
vms = ["tag:env=staging"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
sources = { within = ["198.51.100.0/24"] }
auto_approve = { within = ["198.51.100.0/24"], at_most = 9, hours = { days = ["mon-fri"], from = "08:00", to = "18:00", zone = "Europe/Berlin" } }
"#,
);

/// The world begins on a Monday at 10:00 in Berlin.
fn in_its_hours(world: &mut World) {
    const EXPLAIN: &str = "/jit explain vm:stage-01 port:22 from:198.51.100.7";
    let said = world.finds_out("alice", EXPLAIN);
    assert!(
        said.contains("It would be approved at once by what the rules say, without a person.")
            && said.contains(
                "Approves alone: from `198.51.100.0/24`, at most 9 times in 24h for each person, Mon to Fri from 08:00 to \
                 18:00 (Europe/Berlin). Here it would."
            ),
        "{said}"
    );
    world.asks("alice", ASK);
    world.minutes(8 * 60 + 1);
    let said = world.finds_out("alice", EXPLAIN);
    assert!(
        said.contains("It needs 1 approval under staging.")
            && said.contains("Not here, because it does that only at certain hours: Mon to Fri"),
        "{said}"
    );
    world.asks("alice", ASK);
    let card = world.card();
    assert!(
        card.text()
            .contains("it does that only at certain hours: Mon to Fri from 08:00 to 18:00 (Europe/Berlin)."),
        "{}",
        card.text()
    );
    world.approves("bob");
    world.minutes(40);
}

fn by_the_rule(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card();
    assert!(card.pings.people.is_empty(), "nobody has to answer");
    let labels: Vec<_> = card.buttons().into_iter().map(|button| button.label).collect();
    assert_eq!(labels, ["Close now"]);
    assert!(
        card.text().contains("approves alone what meets its conditions"),
        "{}",
        card.text()
    );
    let line = world.line("approved");
    assert!(line.contains("by rule staging alone, without a person"), "{line}");
    for record in world.records() {
        if let Fact::Approved {
            approvers, automatic, ..
        } = &record.entry.fact
        {
            assert!(approvers.is_empty() && *automatic);
            assert!(matches!(&record.entry.by, By::Rules(rules) if rules[0].0 == "staging"));
        }
    }
    world.minutes(5);
    assert!(world.is_open("stage-01", 22), "{:#?}", world.trail());
    let told = world.own_message("alice").text();
    assert!(told.contains("is open"), "{told}");
    world.minutes(30);
    assert!(!world.is_open("stage-01", 22));
}

fn twice(world: &mut World) {
    for _ in 0..2 {
        world.asks("alice", ASK);
        world.minutes(40);
    }
    world.asks("alice", ASK);
    let card = world.card();
    assert!(
        card.text()
            .contains("it does that at most 2 times in 8h for each person, and that number is reached"),
        "{}",
        card.text()
    );
    assert!(card.offers("Approve"));
    world.approves("bob");
    world.minutes(40);
}

#[test]
fn the_rule_decides_and_everything_says_so() {
    BY_THE_RULE.tell();
}

#[test]
fn outside_its_hours_people_decide() {
    IN_ITS_HOURS.tell();
}

#[test]
fn at_most_so_often_in_its_period() {
    TWICE.tell();
}

#[test]
fn after_its_period_it_decides_again() {
    let mut world = World::under(RULES);
    for _ in 0..2 {
        world.asks("alice", ASK);
        world.minutes(40);
    }
    world.minutes(7 * 60);
    world.asks("alice", ASK);
    assert_eq!(world.times_told("approved"), 3, "{:#?}", world.trail());
    world.minutes(40);
}

/// Two at once, where one is left: the second sees the first.
#[test]
fn of_two_at_once_one_is_too_many() {
    let mut world = World::under(&RULES.replace("at_most = 2", "at_most = 1"));
    let alice = world.discord.person("alice").unwrap();
    let answers = [
        alice.slash(ASK).unwrap(),
        alice
            .slash("/jit request vm:stage-01 port:22 for:20m from:198.51.100.8")
            .unwrap(),
    ];
    for answer in &answers {
        world.after(answer);
    }
    assert_eq!(world.times_told("asked"), 2);
    assert_eq!(world.times_told("approved"), 1, "{:#?}", world.trail());
    world.minutes(60);
}

#[test]
fn what_does_not_meet_a_condition_waits_for_a_person() {
    let mut world = World::under(RULES);
    for (who, command, why) in [
        (
            "alice",
            "/jit request vm:stage-01 port:22 for:30m from:203.0.113.9",
            "it does that only from `198.51.100.0/24`",
        ),
        (
            "carol",
            "/jit request vm:stage-01 port:22 for:30m from:198.51.100.9",
            "it does that for other people only",
        ),
        (
            "alice",
            "/jit request vm:stage-01,web-01 port:22 for:30m from:198.51.100.7",
            "the rule “production” is involved too, and did not",
        ),
    ] {
        world.asks(who, command);
        let card = world.card();
        assert!(card.text().contains(why), "{}", card.text());
        assert!(card.offers("Approve"));
        assert!(!card.pings.people.is_empty(), "bob is called");
    }
    assert_eq!(world.times_told("approved"), 0);
    assert_eq!(world.initiates(), 0);
}

/// During a freeze nobody's hand is spared: what a rule approved would open by itself when it is lifted.
#[test]
fn in_a_freeze_the_rule_does_not_decide() {
    let mut world = World::under(RULES);
    world.types("carol", "/jit freeze reason:attack");
    world.asks("alice", ASK);
    assert!(
        world.card().text().contains("a freeze was on"),
        "{}",
        world.card().text()
    );
    assert_eq!(world.times_told("approved"), 0);
    world.types("carol", "/jit unfreeze");
    world.minutes(5);
    assert_eq!(world.initiates(), 0, "{:#?}", world.trail());
}

/// The address that was offered is confirmed: then the rule decides as on any other request.
#[test]
fn a_draft_is_decided_when_its_source_is_confirmed() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK);
    world.minutes(40);
    let answer = world.types("alice", "/jit request vm:stage-01 port:22 for:20m");
    assert_eq!(world.times_told("approved"), 1, "a draft is decided by nobody");
    let own = answer.message().unwrap();
    world.clicks("alice", &own, "Use 198.51.100.7");
    assert_eq!(world.times_told("approved"), 2, "{:#?}", world.trail());
    world.minutes(5);
    assert!(world.is_open("stage-01", 22));
    world.minutes(20);
}

#[test]
fn anybody_concerned_closes_it_early() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK);
    world.minutes(5);
    let card = world.card();
    world.clicks("bob", &card, "Close now");
    world.minutes(5);
    assert!(!world.is_open("stage-01", 22), "{:#?}", world.trail());
}

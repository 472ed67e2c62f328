//! A rule that holds at certain hours: whoever asks, answers or looks at another hour meets the rules of that hour.

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[IN_HOURS, OVER_THE_END, STARTS_AT_NIGHT];

const OFFICE: &str = r#"
[[rule]]
name = "office hours"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
hours = { days = ["mon-fri"], from = "08:00", to = "18:00", zone = "Europe/Berlin" }
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#;

const NIGHT: &str = r#"
[[rule]]
name = "office hours"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
hours = { days = ["mon-fri"], from = "08:00", to = "18:00", zone = "Europe/Berlin" }
approvers = ["role:100000000000005002", "role:100000000000005003"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }

[[rule]]
name = "night"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002", "role:100000000000005003"]
approvals = 2
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#;

/// The world begins on a Monday at 10:00 in Berlin.
const TO_FIVE_TO_SIX: u64 = 7 * 60 + 55;

const IN_HOURS: Story = Story::new("a rule that holds at certain hours", in_hours, TOLD).under(OFFICE);

fn in_hours(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card().text();
    assert!(
        card.contains("It holds Mon to Fri from 08:00 to 18:00 (Europe/Berlin)."),
        "{card}"
    );
    world.approves("bob");
    world.minutes(TO_FIVE_TO_SIX + 10);
    let said = world.finds_out("alice", ASK);
    assert!(
        said.contains(
            "lets you ask for SSH 22 on **web-01** only at certain hours: Mon to Fri from 08:00 to 18:00"
        ),
        "{said}"
    );
    // Tuesday at 08:00 in Berlin.
    let tomorrow = "2026-11-24T07:00:00Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap();
    assert!(
        said.contains(&format!("Ask again from <t:{}:F>", tomorrow.timestamp())),
        "{said}"
    );
}

#[test]
fn a_rule_holds_at_its_hours_only() {
    IN_HOURS.tell();
}

const OVER_THE_END: Story = Story::new(
    "a request over the end of a rule's hours",
    over_the_end,
    &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closed",
    ],
)
.under(NIGHT);

fn over_the_end(world: &mut World) {
    world.minutes(TO_FIVE_TO_SIX);
    world.asks("alice", ASK);
    assert!(world.card().text().contains("1 more approval is needed."));
    world.minutes(10);
    let card = world.card().text();
    assert!(
        card.contains("2 more approvals are needed.") && card.contains("0 of 2 approvals"),
        "the card follows the clock: {card}"
    );
    let card = world.card();
    world.until_told("approval", 1, |world| _ = world.clicks("bob", &card, "Approve"));
    assert_eq!(
        world.times_told("approved"),
        0,
        "what one could say at 17:55 needs two at 18:05"
    );
    world.approves("carol");
    world.minutes(70);
}

#[test]
fn a_request_that_waits_over_the_end_is_decided_by_both_rules() {
    OVER_THE_END.tell();
}

#[test]
fn where_no_rule_holds_any_more_nobody_can_approve_but_everybody_can_deny() {
    let mut world = World::under(OFFICE);
    world.minutes(TO_FIVE_TO_SIX);
    world.asks("alice", ASK);
    world.minutes(10);
    let card = world.card();
    assert!(
        card.text()
            .contains("No rule allows this request at this hour, so nobody can approve it now."),
        "{}",
        card.text()
    );
    let answer = world.clicks("bob", &card, "Approve");
    let said = world.answered(&answer);
    assert!(
        said.contains("no rule allows request 1 now") && said.contains("outside their hours"),
        "{said}"
    );
    world.denies("bob", "too late today");
    assert!(
        world.told().contains(&"denied".to_owned()),
        "{:#?}",
        world.trail()
    );
    assert!(world.azure.calls("initiate").is_empty());
}

#[test]
fn machines_are_offered_at_their_hours_only() {
    let mut world = World::under(OFFICE);
    let offered = |world: &World| world.offered("alice", "/jit request vm:we", "vm");
    assert!(!offered(&world).is_empty());
    world.minutes(TO_FIVE_TO_SIX + 10);
    assert!(offered(&world).is_empty());
}

#[test]
fn a_start_outside_the_hours_is_refused_when_it_is_asked() {
    let mut world = World::under(OFFICE);
    // 20:30 in Berlin.
    let said = world.is_told("alice", &format!("{ASK} at:19:30"));
    assert!(
        said.contains(
            "lets you have SSH 22 on **web-01** only at certain hours: Mon to Fri from 08:00 to 18:00"
        ) && said.contains("The start that you asked for, <t:")
            && said.contains("Choose a start from <t:"),
        "{said}"
    );
    assert_eq!(world.times_told("asked"), 0);
    world.asks("alice", &format!("{ASK} at:15:30"));
    world.types("alice", "/jit withdraw request:1");
}

const STARTS_AT_NIGHT: Story = Story::new(
    "asked by day for a start at night",
    starts_at_night,
    &[
        "asked", "approval", "approval", "approved", "start", "opening", "opened", "closed",
    ],
)
.under(NIGHT);

fn starts_at_night(world: &mut World) {
    world.minutes(TO_FIVE_TO_SIX - 60);
    world.asks("alice", &format!("{ASK} at:in 2h"));
    let card = world.card();
    assert!(
        card.text().contains("2 more approvals are needed."),
        "by the rule of its start already: {}",
        card.text()
    );
    world.until_told("approval", 1, |world| _ = world.clicks("bob", &card, "Approve"));
    assert_eq!(world.times_told("approved"), 0);
    world.approves("carol");
    world.minutes(125);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(70);
}

#[test]
fn who_decides_by_day_decides_by_the_rules_of_the_start_too() {
    STARTS_AT_NIGHT.tell();
}

//! One of on-call and one of leads: a rule that wants approvals of several groups.

use portcullis::sandbox::discord::world::{LEAD_ROLE, ON_CALL_ROLE};

use super::TOLD;
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[ONE_OF_EACH, DENIED, TIGHTENED];

/// On-call is Bob, lead is Carol.
const TWO_SIDES: &str = r#"
[[rule]]
name = "two sides"
vms = ["*"]
requesters = ["role:100000000000005001"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
[[rule.groups]]
name = "on-call"
approvers = ["role:100000000000005002"]
[[rule.groups]]
name = "leads"
approvers = ["role:100000000000005003"]
"#;

const ASK: &str = "/jit request vm:web-01 port:22 for:1h from:198.51.100.7";

const ONE_OF_EACH: Story = Story::new(
    "approved by one of each group",
    one_of_each,
    &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closed",
    ],
)
.under(TWO_SIDES);

const DENIED: Story = Story::new(
    "denied by one of any group",
    denied,
    &["asked", "approval", "denied"],
)
.under(TWO_SIDES);

/// Anybody of either may approve, alone.
const ANYBODY: &str = r#"
[[rule]]
name = "two sides"
vms = ["*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002", "role:100000000000005003"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#;

const TIGHTENED: Story = Story::new(
    "the rule wants both groups after it was asked",
    tightened,
    &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closed",
    ],
)
.under(ANYBODY);

/// The rule wanted anybody when it was asked and wants both sides now: both are satisfied, or it does not open.
fn tightened(world: &mut World) {
    let (sections, _) = RULES.split_once("[[rule]]").unwrap();
    world.asks("alice", ASK);
    world.restart_with(&format!("{sections}\n{TWO_SIDES}"));
    world.votes("bob", 1);
    assert!(
        world.card().text().contains("1 of leads"),
        "{}",
        world.card().text()
    );
    world.approves("carol");
    world.minutes(65);
}

fn one_of_each(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card().text();
    assert!(
        card.contains("2 more approvals are needed: 1 of on-call and 1 of leads."),
        "{card}"
    );
    world.votes("bob", 1);
    let card = world.card().text();
    assert!(card.contains("1 more approval is needed: 1 of leads."), "{card}");
    assert!(world.line("approval").contains("1 of leads"));
    world.seconds(30);
    assert_eq!(world.initiates(), 0, "one group is not both");
    world.approves("carol");
    world.minutes(2);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
}

fn denied(world: &mut World) {
    world.asks("alice", ASK);
    world.votes("bob", 1);
    world.until_told("denied", 1, |world| {
        world.denies("carol", "Not during the sale");
    });
    world.minutes(60);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn approved_by_one_of_each_group() {
    ONE_OF_EACH.tell();
}

#[test]
fn denied_by_one_of_any_group() {
    DENIED.tell();
}

#[test]
fn two_of_one_group_are_not_one_of_each() {
    let mut world = World::under(TWO_SIDES);
    world.discord.person("dan").unwrap().gets_role(ON_CALL_ROLE);
    world.asks("alice", ASK);
    world.votes("bob", 1);
    world.votes("dan", 2);
    assert!(world.card().text().contains("1 of leads"));
    world.minutes(40);
    assert_eq!(world.told(), ["asked", "approval", "approval", "lapsed"]);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn somebody_in_both_groups_counts_for_one_and_stands_in_nobodys_way() {
    for second in ["bob", "dan"] {
        let mut world = World::under(TWO_SIDES);
        world.discord.person("carol").unwrap().gets_role(ON_CALL_ROLE);
        world.discord.person("dan").unwrap().gets_role(LEAD_ROLE);
        world.asks("alice", ASK);
        world.votes("carol", 1);
        let card = world.card().text();
        assert!(
            card.contains("1 more approval is needed: 1 of on-call or leads."),
            "{card}"
        );
        let again = world.clicks("carol", &world.card(), "Approve");
        assert!(world.answered(&again).contains("each person counts once"));
        assert_eq!(world.initiates(), 0);
        world.approves(second);
        world.minutes(70);
        assert_eq!(world.initiates(), 1);
    }
}

#[test]
fn two_approvers_at_once_of_the_two_groups_open_one_window() {
    let mut world = World::under(TWO_SIDES);
    world.asks("alice", ASK);
    let card = world.card();
    let answers = world.click_together(&card, &[("bob", "Approve"), ("carol", "Approve")]);
    let last = answers
        .iter()
        .filter(|answer| world.answered(answer).contains("the last approval needed"))
        .count();
    assert_eq!(last, 1);
    world.minutes(65);
    assert_eq!(world.initiates(), 1);
}

#[test]
fn groups_that_came_after_the_question_hold_too() {
    TIGHTENED.tell();
}

/// Somebody who was an approver when they voted, under a rule that does not name them any more.
#[test]
fn an_approval_that_todays_rule_would_not_take_does_not_complete_a_quorum() {
    let (sections, _) = RULES.split_once("[[rule]]").unwrap();
    let only_leads = TWO_SIDES.replace("5002", "5003");
    let mut world = World::under(TWO_SIDES);
    world.discord.person("dan").unwrap().gets_role(LEAD_ROLE);
    world.asks("alice", ASK);
    world.votes("bob", 1);
    world.restart_with(&format!("{sections}\n{only_leads}"));
    world.votes("carol", 2);
    assert_eq!(world.initiates(), 0, "by today's rule Bob has no say");
    world.votes("dan", 3);
    world.minutes(65);
    assert_eq!(
        world.initiates(),
        0,
        "by the rule when it was asked somebody of on-call must agree"
    );
    assert_eq!(
        world.told(),
        ["asked", "approval", "approval", "approval", "lapsed"]
    );
}

/// Discord sends the roles along with the click: those count, whatever happens until it is committed.
#[test]
fn a_role_that_goes_between_the_click_and_its_commit_counts_as_it_was() {
    let mut world = World::new();
    world.asks("alice", super::ASK);
    let card = world.card();
    let bob = world.discord.person("bob").unwrap();
    world.crash();
    let click = bob.clicks(card.id, "Approve").unwrap();
    bob.loses_role(ON_CALL_ROLE);
    world.start();
    assert!(world.discord.deliver_again(&click.id().to_string()));
    world.after(&click);
    world.minutes(65);
    assert_eq!(world.told(), TOLD);
}

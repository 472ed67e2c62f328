//! Reasons: not asked for, wanted, and offered while somebody types.

use super::TOLD;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[UNASKED];

const RULES: &str = r#"
[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
reason = { mode = "none" }

[[rule]]
name = "databases"
vms = ["db-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
reason = { mode = "required", suggestions = ["restore a backup", "look at slow queries"] }

[[rule]]
name = "leads"
vms = ["*"]
requesters = ["role:100000000000005003"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
reason = { suggestions = ["audit of the quarter"] }
"#;

const UNASKED: Story = Story::new("nobody is asked for a reason", unasked, TOLD).under(RULES);

fn unasked(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:web-01 port:22 for:30m from:198.51.100.7",
    );
    let card = world.card().text();
    assert!(!card.contains("No reason given"), "{card}");
    world.approves("bob");
    world.minutes(40);
}

#[test]
fn where_no_reason_is_asked_for_none_is_missed() {
    UNASKED.tell();
}

#[test]
fn a_reason_that_is_given_all_the_same_is_kept() {
    let mut world = World::under(RULES);
    world.asks(
        "alice",
        "/jit request vm:web-01 port:22 from:198.51.100.7 reason:INC-7 because",
    );
    assert!(world.card().text().contains("INC-7 because"));
    world.denies("bob", "no");
}

#[test]
fn reasons_are_offered_by_the_rules_that_let_this_person_ask_and_from_what_they_wrote() {
    let mut world = World::under(RULES);
    let typing = "/jit request vm:db-01 port:22 reason:";
    assert_eq!(
        world.offered("alice", typing, "reason"),
        ["restore a backup", "look at slow queries"]
    );
    assert_eq!(
        world.offered("alice", "/jit request vm:db-01 port:22 reason:SLOW", "reason"),
        ["look at slow queries"]
    );
    assert_eq!(world.offered("carol", typing, "reason"), ["audit of the quarter"]);
    assert!(world.offered("mallory", typing, "reason").is_empty());
    world.asks(
        "alice",
        "/jit request vm:db-01 port:22 from:198.51.100.7 reason:INC-9 disk full",
    );
    assert_eq!(
        world.offered("alice", typing, "reason"),
        ["restore a backup", "look at slow queries", "INC-9 disk full"]
    );
    assert!(
        !world
            .offered("carol", typing, "reason")
            .contains(&"INC-9 disk full".to_owned())
    );
    let refused = world.is_told("alice", "/jit request vm:db-01 port:22 from:198.51.100.7");
    assert!(
        refused.contains("The rule “databases” wants a reason."),
        "{refused}"
    );
    world.denies("bob", "no");
}

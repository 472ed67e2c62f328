//! Stricter limits within one rule: they show on the card, in refusals, and at the click.

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[TIGHTENED];

const RULES: &str = r#"
[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002", "role:100000000000005003"]
max_for = "4h"
sources = { widest = "/24", within = ["198.51.100.0/24", "203.0.113.0/24"] }

[[rule.limit]]
because = "the source is a whole network"
wider_than = "/32"
max_for = "30m"
approvals = 2

[[rule.limit]]
because = "it is not from the office"
outside = ["198.51.100.0/24"]
reason_required = true

[[rule.limit]]
because = "nobody is in the office"
hours = { days = ["mon-fri"], from = "18:00", to = "08:00", zone = "Europe/Berlin" }
approvals = 2
"#;

const TIGHTENED: Story = Story::new(
    "a limit within a rule",
    tightened,
    &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closed",
    ],
)
.under(RULES);

fn tightened(world: &mut World) {
    let said = world.finds_out(
        "alice",
        "/jit request vm:web-01 port:22 for:1h from:198.51.100.0/28",
    );
    assert!(
        said.contains("allows at most 30m, because the source is a whole network."),
        "{said}"
    );
    let said = world.finds_out("alice", "/jit request vm:web-01 port:22 for:1h from:203.0.113.7");
    assert!(
        said.contains("wants a reason, because it is not from the office."),
        "{said}"
    );
    world.asks("alice", "/jit request vm:web-01 port:22 from:198.51.100.0/28");
    let card = world.card().text();
    assert!(card.contains("0 of 2 approvals"), "{card}");
    assert!(
        card.contains("At most 30m and 2 approvals, because the source is a whole network."),
        "{card}"
    );
    let card = world.card();
    world.until_told("approval", 1, |world| _ = world.clicks("bob", &card, "Approve"));
    assert_eq!(world.times_told("approved"), 0);
    world.approves("carol");
    world.minutes(40);
}

#[test]
fn a_limit_tightens_what_it_is_about() {
    TIGHTENED.tell();
}

#[test]
fn a_limit_that_begins_while_a_request_waits_counts_at_the_vote() {
    let mut world = World::under(RULES);
    world.minutes(7 * 60 + 50);
    world.asks("alice", "/jit request vm:web-01 port:22 for:1h from:198.51.100.7");
    assert!(world.card().text().contains("1 more approval is needed."));
    world.minutes(15);
    let card = world.card();
    assert!(
        card.text().contains("2 more approvals are needed."),
        "{}",
        card.text()
    );
    world.clicks("bob", &card, "Approve");
    assert_eq!(world.times_told("approved"), 0);
    world.approves("carol");
    world.minutes(70);
}

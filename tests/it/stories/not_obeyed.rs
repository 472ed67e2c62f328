//! Azure accepts a close, and the window stays: that is seen by reading back, and never told as closed before it is.

use portcullis::sandbox::azure::{Fault, FaultKind, PortState};

use super::{TOLD_BY_NO_WAY, TOLD_BY_RULE, opens};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[FORGOTTEN, BESIDE, LEFT];

const FORGOTTEN: Story = Story::new(
    "closed by taking its network rule out, because Azure accepts the close and forgets it",
    forgotten,
    TOLD_BY_RULE,
);

const BESIDE: Story = Story::new(
    "closed by taking its network rule out, because the close stands beside the window",
    beside,
    TOLD_BY_RULE,
);

const LEFT: Story = Story::new(
    "left to its end, because Azure forgets the close and its rule may not be deleted",
    left,
    TOLD_BY_NO_WAY,
);

/// Lets time pass in small steps; at none of them is the window told closed while somebody could come in.
fn watched(world: &mut World, minutes: u64) {
    let who_asked = "198.51.100.7".parse().unwrap();
    for _ in 0..minutes * 6 {
        world.seconds(10);
        let told = world.times_told("closed") > 0;
        assert!(
            !told || !world.azure.reachable("web-01", 22, who_asked),
            "told closed while it is open: {:#?}",
            world.trail()
        );
    }
}

fn not_obeyed(world: &mut World, kind: FaultKind) {
    opens(world);
    world.azure.fault(Fault::on("initiate", kind));
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    watched(world, 6);
    let line = world.line("closing by rule");
    assert!(line.contains("it stayed open"), "{line}");
    assert!(
        world.azure.allow_rules("web-01").is_empty(),
        "{:#?}",
        world.trail()
    );
    assert!(
        !world.azure.deny_rules("web-01").is_empty(),
        "what keeps people out stays"
    );
    // Azure's list still has the window; its end is nothing that has to be told again.
    assert!(matches!(world.port("web-01", 22), PortState::RuleMissing { .. }));
    world.minutes(70);
}

fn forgotten(world: &mut World) {
    not_obeyed(world, FaultKind::ForgetsNewer);
}

fn beside(world: &mut World) {
    not_obeyed(world, FaultKind::KeepsOlder);
}

fn left(world: &mut World) {
    world.expects_error("it ends by itself");
    opens(world);
    world.azure.fault(Fault::on("initiate", FaultKind::ForgetsNewer));
    world.azure.fault(Fault::on("rule-delete", FaultKind::Forbidden));
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    watched(world, 20);
    assert!(world.is_open("web-01", 22));
    let line = world.line("not closed early");
    assert!(line.contains("it ends by itself"), "{line}");
    let card = world.card().text();
    assert!(
        card.contains("could not be closed early; it ends by itself"),
        "{card}"
    );
    world.minutes(50);
    assert!(!world.is_open("web-01", 22));
}

#[test]
fn closed_by_rule_where_azure_forgets_the_close() {
    FORGOTTEN.tell();
}

#[test]
fn closed_by_rule_where_the_close_stands_beside_the_window() {
    BESIDE.tell();
}

#[test]
fn left_to_its_end_where_azure_forgets_the_close() {
    LEFT.tell();
}

//! Two network security groups on the way: what comes in has to pass the one of the subnet and the one of the interface.

use portcullis::{
    domain::{record::Fact, window::Proof},
    sandbox::azure::{self, Access, AzureEmulator, SecurityRule},
};

use super::{ASK, TOLD};
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[BLOCKED_AT_THE_SUBNET, BLOCKED_LATER];

const BLOCKED_AT_THE_SUBNET: Story = Story::new(
    "a rule of the subnet keeps an open window shut for a while",
    blocked_at_the_subnet,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "still opening",
        "opened",
        "closed",
    ],
);

const BLOCKED_LATER: Story = Story::new(
    "a rule comes before an open window, and goes",
    blocked_later,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "opened",
        "open, and kept out",
        "who it was",
        "let in again",
        "closed",
    ],
);

/// web-01 stands behind two groups, and JIT writes its rules into both.
fn behind_two(before: impl FnOnce(&AzureEmulator)) -> World {
    let azure = azure::World::demo().subnet_group("web-01", Vec::new());
    World::in_azure(azure, RULES, before)
}

fn not_from_there() -> SecurityRule {
    SecurityRule::inbound("NotFromThere", 90, Access::Deny, "198.51.100.0/24", "*", &["22"])
}

fn compare(world: &mut World) {
    world.reconcile();
    world.settle();
}

fn proof(world: &World) -> Option<Proof> {
    world.records().iter().find_map(|record| match record.entry.fact {
        Fact::Opened { proof, .. } => Some(proof),
        _ => None,
    })
}

fn blocked_at_the_subnet(world: &mut World) {
    assert!(world.azure.portal_adds_rule("web-01", not_from_there()));
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(4);
    assert_eq!(world.times_told("opened"), 0, "{:#?}", world.trail());
    let line = world.line("still opening");
    assert!(line.contains("the network rules do not let it in"), "{line}");
    let said = world.finds_out("bob", "/jit rules vm:web-01 port:22");
    assert!(said.contains("**SSH 22** over TCP is closed"), "{said}");
    assert!(
        said.contains("**SSH 22** over UDP is open by JIT"),
        "the rule is about TCP only: {said}"
    );
    assert!(said.contains("`NotFromThere`"), "{said}");
    assert!(world.azure.portal_deletes_rule("web-01", "NotFromThere"));
    world.minutes(2);
    assert_eq!(world.times_told("opened"), 1, "{:#?}", world.trail());
    world.minutes(60);
}

fn blocked_later(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_adds_rule("web-01", not_from_there()));
    world.until_told("open, and kept out", 1, compare);
    let line = world.line("open, and kept out");
    assert!(
        line.contains("web-01 · SSH 22 from 198.51.100.7"),
        "which window it is: {line}"
    );
    world.until_told("who it was", 1, |world| world.minutes(6));
    let line = world.line("who it was");
    assert!(line.contains("contoso.example"), "{line}");
    let own = world.own_message("alice").text();
    assert!(
        own.contains("do not let its source in any more. `/jit rules` shows what keeps it out."),
        "{own}"
    );
    assert!(world.azure.portal_deletes_rule("web-01", "NotFromThere"));
    world.until_told("let in again", 1, compare);
    let own = world.own_message("alice").text();
    assert!(!own.contains("any more"), "{own}");
    world.minutes(60);
}

#[test]
fn a_rule_that_comes_before_an_open_window_is_told_until_it_goes() {
    BLOCKED_LATER.tell();
}

#[test]
fn the_rule_of_one_of_two_groups_is_missed_too() {
    let mut world = behind_two(|_| {});
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.azure.portal_removes_at_subnet("web-01", 22));
    compare(&mut world);
    compare(&mut world);
    assert_eq!(
        world.times_told("open, and kept out"),
        1,
        "once: {:#?}",
        world.trail()
    );
    world.minutes(60);
    assert_eq!(world.times_told("closed"), 1, "it ends as any other");
}

#[test]
fn not_told_open_while_a_rule_stands_before_the_windows() {
    BLOCKED_AT_THE_SUBNET.tell();
}

#[test]
fn both_groups_have_to_let_it_in_before_it_is_told_open() {
    let mut world = behind_two(|_| {});
    world.asks("alice", ASK);
    world.approves("bob");
    world.clock.advance(std::time::Duration::from_secs(5));
    assert!(world.azure.portal_removes_at_subnet("web-01", 22));
    world.minutes(4);
    assert_eq!(world.times_told("opened"), 0, "{:#?}", world.trail());
    let said = world.finds_out("bob", "/jit rules vm:web-01 port:22");
    assert!(said.contains("**SSH 22** is closed: JIT's deny rule"), "{said}");
    assert!(
        said.contains("At the subnet") && said.contains("At the interface"),
        "{said}"
    );
    assert!(
        said.contains("JIT's rule for one window"),
        "the one that still stands is shown: {said}"
    );
    // Somebody lets the office in at the subnet: then it passes both.
    let office = SecurityRule::inbound("Office", 200, Access::Allow, "198.51.100.0/24", "*", &["22"]);
    assert!(world.azure.portal_adds_rule_at_subnet("web-01", office));
    world.minutes(2);
    assert_eq!(proof(&world), Some(Proof::RuleStands), "{:#?}", world.trail());
    let said = world.finds_out("bob", "/jit rules vm:web-01 port:22");
    assert!(said.contains("**SSH 22** is open by JIT until <t:"), "{said}");
    world.minutes(60);
}

#[test]
fn rules_in_both_groups_are_an_open_window() {
    let mut world = behind_two(|_| {});
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert_eq!(proof(&world), Some(Proof::RuleStands));
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
    assert!(!world.is_open("web-01", 22));
}

/// A rule of a kind that did not exist when this was written: neither "open" nor "closed" is claimed of what it may
/// decide.
#[test]
fn a_rule_that_cannot_be_read_is_named_and_no_verdict_is_claimed() {
    let odd = SecurityRule::inbound("FromTheFuture", 150, Access::Allow, "*", "*", &["ssh+mosh"]);
    let mut world = behind_two(|azure| assert!(azure.portal_adds_rule_at_subnet("web-01", odd)));
    let said = world.finds_out("alice", "/jit rules vm:web-01 port:443");
    assert!(!said.contains("is open"), "{said}");
    assert!(
        said.contains("**443** is closed: JIT's deny rule"),
        "nobody gets past the interface, whatever it says: {said}"
    );
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert_eq!(
        proof(&world),
        Some(Proof::RuleStands),
        "JIT's own rule comes first"
    );
    let said = world.finds_out("alice", "/jit rules vm:web-01 port:22");
    assert!(
        said.contains("**SSH 22** is open by JIT until"),
        "nobody else gets past the interface: {said}"
    );
    assert!(said.contains("could not be read"), "but it is shown: {said}");
    world.minutes(60);
    // At both groups it may decide.
    let odd = SecurityRule::inbound("FromTheFuture2", 151, Access::Allow, "*", "*", &["ssh+mosh"]);
    assert!(world.azure.portal_adds_rule("web-01", odd));
    let said = world.finds_out("alice", "/jit rules vm:web-01 port:22");
    assert!(
        said.contains("**SSH 22** is not to be told: rule `FromTheFuture"),
        "{said}"
    );
    assert!(
        said.contains("Look at it in the Azure portal: network security group `"),
        "{said}"
    );
    assert!(!said.contains("is closed"), "{said}");
}

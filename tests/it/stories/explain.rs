//! `/jit explain` and `portcullis explain`: why the rules say what they say.

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[EXPLAINED];

const EXPLAINED: Story = Story::new("somebody has the rules explained", explained, &[]);

fn explained(world: &mut World) {
    let said = world.finds_out(
        "alice",
        "/jit explain vm:web-01 port:ssh from:198.51.100.7 for:1h",
    );
    assert!(
        said.contains("If you asked now from `198.51.100.7`, nothing would be sent."),
        "{said}"
    );
    assert!(
        said.contains("The rule “production” wants a reason such as"),
        "{said}"
    );
    assert!(
        said.contains("1. “production databases” is about other machines."),
        "{said}"
    );
    assert!(said.contains("2. “production” matches, so it governs"), "{said}");
    assert!(
        said.contains("Approve: 1 approval of <@&100000000000005002>, and never who asked."),
        "{said}"
    );
    assert!(
        said.contains("Time: 2h at most, 1h when nothing is said. An answer counts for 30m."),
        "{said}"
    );
    assert!(said.contains("More time: its approvers decide."), "{said}");
    let said = world.finds_out("alice", "/jit explain vm:stage-01 port:22");
    assert!(
        said.contains("If you asked now, the request would be sent: for 1h, 4h at most. It needs 1 approval under staging. \
                       The card would ping 3 roles."),
        "{said}"
    );
    assert!(said.contains("The source was not said"), "{said}");
}

#[test]
fn somebody_has_the_rules_explained() {
    EXPLAINED.tell();
}

#[test]
fn only_an_administrator_asks_for_somebody_else() {
    let mut world = World::new();
    let said = world.is_told("alice", "/jit explain vm:web-01 port:ssh user:bob");
    assert!(said.contains("is shown to administrators and auditors"), "{said}");
    let said = world.is_told("carol", "/jit explain vm:web-01 port:ssh user:mallory");
    assert!(
        said.contains("nothing would be sent. They would be told: No rule lets"),
        "{said}"
    );
    assert!(said.contains("“production” is for other people: <@&"), "{said}");
    assert!(said.contains("No rule is left, so the answer is no."), "{said}");
    let said = world.is_told("mallory", "/jit explain vm:web-01 port:ssh");
    assert!(said.contains("No rule concerns you and **web-01**"), "{said}");
    let said = world.is_told("alice", "/jit explain vm:nothing-01 port:ssh");
    assert!(said.contains("no machine is called `nothing-01`"), "{said}");
}

#[test]
fn the_command_line_says_the_same_without_discord() {
    let mut world = World::new();
    world.minutes(1);
    let alice = "--user=100000000000004001";
    let (code, said) = world.runs(
        &["explain", alice, "--vm=web-01", "--port=ssh", "--reason=INC-1"],
        "",
    );
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("If user:100000000000004001 asked now, the request would be sent"),
        "{said}"
    );
    assert!(said.contains("2. “production” matches, so it governs"), "{said}");
    assert!(!said.contains("**") && !said.contains("<@"), "{said}");
    let (code, said) = world.runs(&["explain", alice, "--role=1", "--vm=web-01", "--port=ssh"], "");
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("nothing would be sent. They would be told: No rule lets"),
        "{said}"
    );
    let (code, said) = world.runs(&["explain", alice, "--vm=nothing", "--port=ssh"], "");
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("No machine is called \"nothing\""), "{said}");
}

//! `/jit rules`: what the network lets in, from Azure where it tells and from the inventory where it does not.

use portcullis::sandbox::azure::{Access, BOT_CLIENT_ID, Fault, FaultKind, Grant, Power, SecurityRule};

use super::ASK;
use crate::harness::{
    Story, World,
    crash::{Call, Point, Trap, When},
};

pub(super) static STORIES: &[Story] = &[ASKED_OF_AZURE, FROM_THE_INVENTORY];

const ASKED_OF_AZURE: Story = Story::new("somebody looks at the rules in effect", asked_of_azure, &[]);

const FROM_THE_INVENTORY: Story = Story::new(
    "somebody looks at the rules where Azure does not tell them",
    from_the_inventory,
    &[],
);

/// One machine does not run; for the other one the right is missing.
fn from_the_inventory(world: &mut World) {
    world
        .azure
        .fault(Fault::on("effective-rules", FaultKind::Forbidden));
    for (machine, why, closed) in [
        ("win-02", "only for a machine that runs", "**RDP 3389** is closed"),
        (
            "web-01",
            "effectiveNetworkSecurityGroups/action",
            "**SSH 22** is closed",
        ),
    ] {
        let said = world.finds_out("carol", &format!("/jit rules vm:{machine}"));
        for part in [why, "rules of the inventory, read <t:", closed] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

#[test]
fn the_inventory_tells_the_rules_where_azure_does_not() {
    FROM_THE_INVENTORY.tell();
}

fn asked_of_azure(world: &mut World) {
    let said = world.finds_out("alice", "/jit rules vm:web-01");
    assert!(said.contains("in effect, read from Azure just now"), "{said}");
    assert!(
        said.contains("**SSH 22** is closed: JIT's deny rule keeps everybody out."),
        "{said}"
    );
    assert!(
        said.contains("**443** is closed"),
        "the ports that JIT guards: {said}"
    );
    assert!(
        said.contains("**RDP 3389** is open without JIT, which does not guard it, to few"),
        "the ports over which machines are managed: {said}"
    );
    assert!(said.contains("VirtualNetwork"), "{said}");
    assert!(said.contains("1000 deny"), "the rules themselves: {said}");
}

#[test]
fn the_rules_in_effect_are_asked_of_azure() {
    ASKED_OF_AZURE.tell();
}

#[test]
fn an_open_window_is_told_with_its_source_and_end() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    let said = world.finds_out("bob", "/jit rules vm:web-01 port:ssh");
    assert!(said.contains("**SSH 22** is open by JIT until <t:"), "{said}");
    assert!(said.contains("from `198.51.100.7` (request 1)"), "{said}");
    assert!(!said.contains("RDP"), "only the port that was asked for: {said}");
    assert!(said.contains("JIT's rule for one window"), "{said}");
    world.minutes(60);
}

#[test]
fn a_window_from_the_portal_is_told_as_not_ours() {
    let mut world = World::new();
    let until = portcullis::clock::Clock::now(&*world.clock) + chrono::TimeDelta::hours(2);
    assert!(world.azure.portal_opens("web-02", 22, "203.0.113.9", until));
    world.seconds(10);
    let said = world.finds_out("alice", "/jit rules vm:web-02 port:22");
    assert!(
        said.contains("from `203.0.113.9` (not opened by Portcullis)"),
        "{said}"
    );
    world.minutes(180);
}

#[test]
fn a_rule_that_makes_jit_pointless_is_named() {
    let mut world = World::new();
    let said = world.finds_out("alice", "/jit rules vm:web-03");
    assert!(
        said.contains("**SSH 22** is **open anyway** **to anybody**: rule `AllowSshFromAnywhere` lets `*` in and JIT protects nothing there."),
        "{said}"
    );
    // The card says so too, before anybody says yes.
    world.asks(
        "alice",
        "/jit request vm:web-03 port:22 for:1h from:198.51.100.7 reason:INC-42 disk full",
    );
    let card = world.card().text();
    assert!(
        card.contains("AllowSshFromAnywhere") && card.contains("JIT protects nothing there"),
        "{card}"
    );
}

#[test]
fn a_machine_that_does_not_run_is_told_from_the_inventory() {
    let mut world = World::new();
    let said = world.finds_out("carol", "/jit rules vm:win-02");
    assert!(said.contains("only for a machine that runs"), "{said}");
    assert!(said.contains("rules of the inventory, read <t:"), "{said}");
    assert!(said.contains("**RDP 3389** is closed: JIT's deny rule"), "{said}");
    assert!(
        world.azure.calls("effective-rules").is_empty(),
        "Azure is not asked in vain"
    );
    // The inventory does not know yet that it was stopped: then Azure says so.
    assert!(world.azure.set_power("web-01", Power::Deallocated));
    let said = world.finds_out("alice", "/jit rules vm:web-01");
    assert!(said.contains("only for a machine that runs"), "{said}");
    assert!(said.contains("**SSH 22** is closed"), "{said}");
}

#[test]
fn without_the_right_it_says_which_one_is_missing() {
    let mut world = World::new();
    let mut role = Grant::everything("/");
    role.not_actions =
        vec!["Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action".to_owned()];
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, vec![role]));
    let said = world.finds_out("alice", "/jit rules vm:web-01");
    assert!(
        said.contains(
            "Azure does not let Portcullis do `Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action`"
        ),
        "{said}"
    );
    assert!(said.contains("rules of the inventory, read"), "{said}");
}

#[test]
fn an_azure_that_is_busy_or_broken_hides_nothing_that_is_known() {
    let failed = "Azure was asked for the rules in effect and did not tell them.";
    let down = || FaultKind::ServerError { status: 503 };
    let busy = FaultKind::Throttled { retry_after: 7 };
    for (operation, kind, expected) in [
        ("effective-rules", busy, "asks Portcullis to wait until"),
        ("effective-rules", down(), failed),
        ("operation-result", down(), failed),
        ("operation-result", FaultKind::MalformedBody, failed),
    ] {
        let mut world = World::new();
        world.azure.fault(Fault::on(operation, kind));
        let said = world.finds_out("alice", "/jit rules vm:web-01");
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("**SSH 22** is closed: JIT's deny rule"), "{said}");
    }
}

#[test]
fn only_those_whose_business_it_is_may_look() {
    let mut world = World::new();
    let said = world.finds_out("mallory", "/jit rules vm:web-01");
    assert!(said.contains("shown to those who may ask for it"), "{said}");
    assert!(!said.contains("JIT's deny rule"), "{said}");
    let said = world.finds_out("alice", "/jit rules vm:nothing-01");
    assert!(said.contains("no machine is called `nothing-01`"), "{said}");
    let said = world.finds_out("alice", "/jit rules vm:web-01 port:telnet");
    assert!(said.contains("is no port"), "{said}");
    // An administrator may look at what no rule names.
    let said = world.finds_out("carol", "/jit rules vm:toy-01");
    assert!(said.contains("Network rules of toy-01"), "{said}");
}

fn forty_offices(world: &World) {
    for number in 0..40 {
        let name = format!("office-{number}");
        let source = format!("203.0.113.{number}");
        let rule = SecurityRule::inbound(&name, 200 + number, Access::Allow, &source, "*", &["22"]);
        assert!(world.azure.portal_adds_rule("web-01", rule));
    }
}

#[test]
fn a_long_list_has_pages_that_are_turned_without_asking_azure_again() {
    let mut world = World::new();
    forty_offices(&world);
    let answer = world.types("alice", "/jit rules vm:web-01");
    let first = world.answered(&answer);
    assert!(
        first.contains("`office-0`") && !first.contains("`office-39`"),
        "{first}"
    );
    assert!(
        first.contains("**SSH 22** is open without JIT, to few"),
        "{first}"
    );
    assert!(!answer.message().unwrap().offers("Previous"));
    let asked = world.azure.calls("effective-rules").len();
    let mut said = first.clone();
    for _ in 0..10 {
        let shown = answer.message().unwrap();
        if !shown.offers("Next") {
            break;
        }
        world.clicks("alice", &shown, "Next");
        said.push_str(&world.answered(&answer));
    }
    for number in 0..40 {
        assert!(said.contains(&format!("`office-{number}`")), "{number}: {said}");
    }
    let last = world.answered(&answer);
    assert!(last.contains("`DenyAllInBound`"), "{last}");
    for _ in 0..10 {
        let shown = answer.message().unwrap();
        if !shown.offers("Previous") {
            break;
        }
        world.clicks("alice", &shown, "Previous");
    }
    assert_eq!(world.answered(&answer), first);
    assert_eq!(world.azure.calls("effective-rules").len(), asked);
}

#[test]
fn a_list_that_is_too_old_says_so() {
    let mut world = World::new();
    forty_offices(&world);
    let answer = world.types("alice", "/jit rules vm:web-01");
    world.minutes(26 * 60);
    world.reconcile();
    let shown = answer.message().unwrap();
    world.clicks("alice", &shown, "Next");
    let said = world.answered(&answer);
    assert!(said.contains("not kept any more"), "{said}");
}

/// The person types once; the bot dies while it asks Azure, and the answer comes all the same.
#[test]
fn an_answer_survives_a_crash_while_azure_is_asked() {
    for when in [When::Before, When::After] {
        let mut world = World::new();
        let point = Point {
            call: Call::Azure {
                operation: "effective-rules",
                nth: 0,
            },
            when,
        };
        world.trap = Some(Trap::set(&world, &point));
        let answer = world.types("alice", "/jit rules vm:web-01");
        world.settle();
        assert_eq!(world.crashes, 1, "{point}");
        let said = world.answered(&answer);
        assert!(said.contains("**SSH 22** is closed"), "{point}: {said}");
    }
}

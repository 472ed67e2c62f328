//! The Defender plan that just-in-time access is part of.

use portcullis::{
    domain::{
        plan::Plan as Level,
        record::{By, Fact},
    },
    sandbox::azure::{
        BOT_CLIENT_ID, Fault, FaultKind, Grant, Matcher, Plan, SANDBOX_SUBSCRIPTION, STAGING_SUBSCRIPTION,
    },
};

use crate::harness::{World, world::RULES};

pub(super) const ENABLE: [&str; 5] = ["azure", "plan", "enable", "--subscription", SANDBOX_SUBSCRIPTION];

/// The demo world, in which developers may also ask for what has no plan.
fn with_a_rule_for_everything() -> World {
    World::with_rules(&format!(
        "{RULES}\n[[rule]]\nname = \"rest\"\nvms = [\"*\"]\nrequesters = [\"role:100000000000005001\"]\n\
         approvers = [\"role:100000000000005002\"]\nmax_for = \"1h\"\nsources = {{ within = [\"198.51.100.0/24\"] }}\n"
    ))
}

/// An identity that may also write plans.
fn may_pay(world: &World) {
    assert!(
        world
            .azure
            .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")])
    );
}

#[test]
fn the_plans_are_shown_with_what_they_mean() {
    let mut world = World::new();
    let told = world.is_told("carol", "/jit plan");
    for line in [
        "**Production**: Defender for Servers Plan 2, JIT works.",
        "**Staging**: Defender for Servers Plan 2, JIT works. 1 machine has a plan of its own: build-02 (no plan).",
        "**Playground**: no plan, JIT does not work.",
        "portcullis azure plan enable --subscription",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let told = world.is_told("mallory", "/jit plan");
    assert!(
        told.contains("1 machine has a plan of its own.") && !told.contains("build-02"),
        "{told}"
    );
}

#[test]
fn machines_are_asked_for_one_by_one_only_where_the_plan_covers_some() {
    let world = World::new();
    let asked = world.azure.calls("pricing-get");
    let of_machines: Vec<_> = asked
        .iter()
        .filter(|call| call.path.contains("virtualMachines/"))
        .collect();
    assert!(!of_machines.is_empty());
    assert!(
        of_machines
            .iter()
            .all(|call| call.path.contains(STAGING_SUBSCRIPTION)),
        "{of_machines:#?}"
    );
}

#[test]
fn the_trial_is_shown_as_long_as_it_lasts() {
    let mut world = World::new();
    may_pay(&world);
    let (code, printed) = world.runs(&ENABLE, SANDBOX_SUBSCRIPTION);
    assert_eq!(code, 0, "{printed}");
    world.settle();
    world.looks_around();
    let told = world.is_told("carol", "/jit plan");
    assert!(
        told.contains(
            "**Playground**: Defender for Servers Plan 2, JIT works. The free trial has 30 days left."
        ),
        "{told}"
    );
    world.minutes(31 * 24 * 60);
    world.looks_around();
    let told = world.is_told("carol", "/jit plan");
    assert!(
        told.contains("**Playground**: Defender for Servers Plan 2, JIT works.") && !told.contains("trial"),
        "{told}"
    );
}

#[test]
fn a_request_that_the_plan_makes_impossible_says_what_it_needs() {
    let mut world = with_a_rule_for_everything();
    for machine in ["toy-01", "build-02"] {
        let told = world.is_told(
            "alice",
            &format!("/jit request vm:{machine} port:22 from:198.51.100.7"),
        );
        assert!(
            told.contains("Nothing was asked") && told.contains("Defender for Servers Plan 2"),
            "{machine}: {told}"
        );
        assert!(told.contains("/jit plan"), "{told}");
    }
}

#[test]
fn an_opening_that_azure_refuses_without_the_plan_says_what_it_needs() {
    let mut world = World::new();
    world.azure.set_plan(STAGING_SUBSCRIPTION, Plan::P1);
    world.looks_around();
    world.asks("alice", "/jit request vm:stage-01 port:22 from:198.51.100.7");
    world.approves("bob");
    world.minutes(2);
    let line = world.line("failed");
    for part in [
        "JIT needs Defender for Servers Plan 2",
        &format!("portcullis azure plan enable --subscription {STAGING_SUBSCRIPTION}"),
        "Azure said:",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn a_plan_that_cannot_be_read_hides_no_machine() {
    let mut world = World::new();
    let pricing = Matcher::operation("pricing-get").in_subscription(STAGING_SUBSCRIPTION);
    world.azure.fault(Fault::on(pricing, FaultKind::Forbidden));
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(told.contains("Configured 10"), "{told}");
    let told = world.is_told("carol", "/jit plan");
    assert!(
        told.contains("**Staging**: Azure does not let Portcullis do `Microsoft.Security/pricings/read`"),
        "{told}"
    );
    assert!(
        told.contains("**Production**: Defender for Servers Plan 2"),
        "{told}"
    );
}

#[test]
fn an_operator_switches_the_plan_on_and_the_running_bot_tells_it() {
    let mut world = with_a_rule_for_everything();
    may_pay(&world);
    let (code, printed) = world.runs(&ENABLE, &format!("{SANDBOX_SUBSCRIPTION}\n"));
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed.contains("It costs money") && printed.contains("1 machine now"),
        "{printed}"
    );
    assert!(
        printed.contains("Defender for Servers Plan 2 is on now"),
        "{printed}"
    );
    world.settle();
    assert_eq!(world.told(), ["switching the plan on", "plan switched on"]);
    let records = world.records();
    let by_root = By::Operator("root".to_owned());
    assert!(
        records.iter().all(|record| record.entry.by == by_root),
        "{records:#?}"
    );
    assert!(matches!(
        records[0].entry.fact,
        Fact::PlanAsked {
            before: Level::Free,
            ..
        }
    ));
    assert!(matches!(
        records[1].entry.fact,
        Fact::PlanSet { after: Level::P2, .. }
    ));
    world.looks_around();
    assert!(
        world
            .is_told("carol", "/jit plan")
            .contains("**Playground**: Defender for Servers Plan 2, JIT works.")
    );
    let (code, printed) = world.runs(&ENABLE, "");
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("is on there already"), "{printed}");
    assert_eq!(world.azure.calls("pricing-put").len(), 1);
    assert_eq!(world.records().len(), 2);
}

#[test]
fn without_the_typed_id_nothing_is_switched_on() {
    let mut world = World::new();
    may_pay(&world);
    for typed in ["", "\n", "yes\n", STAGING_SUBSCRIPTION] {
        let (code, printed) = world.runs(&ENABLE, typed);
        assert_eq!(code, 1, "{printed}");
        assert!(
            printed.contains("Nothing was changed, because the id was not typed."),
            "{printed}"
        );
    }
    assert!(world.azure.calls("pricing-put").is_empty());
    world.settle();
    assert!(world.records().is_empty());
}

#[test]
fn without_the_right_the_refusal_is_recorded_with_the_role_that_mends_it() {
    let mut world = World::new();
    let (code, printed) = world.runs(&ENABLE, SANDBOX_SUBSCRIPTION);
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("Microsoft.Security/pricings/write") && printed.contains("--features plan"),
        "{printed}"
    );
    world.settle();
    assert_eq!(world.told(), ["switching the plan on", "plan not switched on"]);
}

#[test]
fn a_lost_answer_is_read_back() {
    let mut world = World::new();
    may_pay(&world);
    world
        .azure
        .fault(Fault::once("pricing-put", FaultKind::DropAfterEffect));
    let (code, printed) = world.runs(&ENABLE, SANDBOX_SUBSCRIPTION);
    assert_eq!(code, 0, "{printed}");
    world.settle();
    assert_eq!(world.told(), ["switching the plan on", "plan switched on"]);
    assert_eq!(world.azure.calls("pricing-put").len(), 1);
}

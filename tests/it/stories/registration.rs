//! A subscription in which nobody has ever used Defender for Cloud: what is missing is said, with what to do.

use portcullis::sandbox::azure::{
    AzureEmulator, BOT_CLIENT_ID, Grant, Plan, SANDBOX_SUBSCRIPTION, STAGING_SUBSCRIPTION, World as Azure,
};

use crate::harness::{World, world::RULES};

/// What has to be done, in every sentence about it.
const REMEDY: &str = "az provider register --namespace Microsoft.Security";

/// The bot starts beside a staging subscription that was never registered.
fn unregistered() -> World {
    World::in_azure(Azure::demo(), RULES, |azure: &AzureEmulator| {
        assert!(azure.set_registered(STAGING_SUBSCRIPTION, false));
    })
}

fn says_what_to_do(text: &str) {
    assert!(
        text.contains("has never used this service of Azure") && text.contains(REMEDY),
        "{text}"
    );
}

#[test]
fn the_lists_name_the_subscription_and_show_the_others() {
    let mut world = unregistered();
    let told = world.is_told("alice", "/jit vms search:0");
    says_what_to_do(&told);
    assert!(told.contains("web-01"), "the others are shown: {told}");
    let told = world.is_told("carol", "/jit plan");
    says_what_to_do(&told);
    assert!(
        told.contains("**Production**: Defender for Servers Plan 2"),
        "{told}"
    );
}

#[test]
fn doctor_says_what_to_do() {
    let world = unregistered();
    let (code, printed) = world.runs(&["doctor"], "");
    assert_eq!(code, 1, "{printed}");
    says_what_to_do(&printed);
    assert!(printed.contains(STAGING_SUBSCRIPTION), "{printed}");
}

#[test]
fn a_request_there_is_refused_with_what_to_do() {
    let mut world = unregistered();
    let told = world.is_told("alice", "/jit request vm:stage-01 port:22 from:198.51.100.7");
    assert!(told.contains("Nothing was asked"), "{told}");
    says_what_to_do(&told);
    assert!(world.records().is_empty());
}

#[test]
fn it_works_as_soon_as_it_is_registered() {
    let mut world = unregistered();
    world.azure.set_registered(STAGING_SUBSCRIPTION, true);
    world.looks_at_azure();
    world.asks(
        "alice",
        "/jit request vm:stage-01 port:22 for:30m from:198.51.100.7",
    );
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("stage-01", 22), "{:#?}", world.trail());
    world.minutes(40);
}

#[test]
fn an_opening_that_is_refused_for_it_is_told_so() {
    let mut world = World::new();
    world.asks(
        "alice",
        "/jit request vm:stage-01 port:22 for:30m from:198.51.100.7",
    );
    world.azure.set_registered(STAGING_SUBSCRIPTION, false);
    world.approves("bob");
    world.minutes(5);
    let line = world.line("failed");
    assert!(
        line.contains("has never used") && line.contains("Microsoft.Security"),
        "{line}"
    );
    assert_eq!(world.initiates(), 1, "it is not tried again and again");
}

#[test]
fn the_plan_of_such_a_subscription_is_not_switched_on() {
    let world = World::new();
    world
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")]);
    world.azure.set_registered(SANDBOX_SUBSCRIPTION, false);
    let enable = ["azure", "plan", "enable", "--subscription", SANDBOX_SUBSCRIPTION];
    let (code, printed) = world.runs(&enable, SANDBOX_SUBSCRIPTION);
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("Nothing was changed"), "{printed}");
    says_what_to_do(&printed);
}

/// Somebody takes one machine out of its subscription's plan, and puts it back again.
#[test]
fn a_machine_that_is_opted_out_and_in_again_is_followed() {
    let mut world = World::new();
    let ask = "/jit request vm:stage-01 port:22 for:30m from:198.51.100.7";
    assert!(world.azure.set_plan_of("stage-01", Some(Plan::Free)));
    world.looks_at_azure();
    let told = world.is_told("carol", "/jit plan");
    assert!(told.contains("stage-01 (no plan)"), "{told}");
    // It is in a JIT policy all the same; Azure refuses when it comes to opening.
    world.asks("alice", ask);
    world.approves("bob");
    world.minutes(5);
    let line = world.line("failed");
    assert!(line.contains("Defender for Servers Plan 2"), "{line}");
    assert!(world.azure.set_plan_of("stage-01", None));
    world.looks_at_azure();
    world.asks("alice", ask);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("stage-01", 22), "{:#?}", world.trail());
    world.minutes(40);
}

//! Azure refuses, throttles, fails, hangs up, and forgets.

use portcullis::sandbox::azure::{Fault, FaultKind, HoldPoint};

use super::{ASK, TOLD};
use crate::harness::{Story, World, world::PATIENCE};

pub(super) static STORIES: &[Story] = &[REFUSED, THROTTLED, HANGS_UP, STUCK, UNCONFIRMED];

const REFUSED: Story = Story::new(
    "Azure refuses",
    refused,
    &["asked", "approval", "approved", "opening", "failed"],
);

const THROTTLED: Story = Story::new("Azure throttles", throttled, TOLD);

const HANGS_UP: Story = Story::new("Azure opens, and the answer is lost", hangs_up, TOLD);

const STUCK: Story = Story::new(
    "Azure never says that it is open",
    stuck,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "still opening",
        "closed",
    ],
);

const UNCONFIRMED: Story = Story::new(
    "Azure does not say that it is shut",
    unconfirmed,
    &[
        "asked",
        "approval",
        "approved",
        "opening",
        "opened",
        "not confirmed shut",
        "closed",
    ],
);

fn approved(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
}

fn refused(world: &mut World) {
    world.azure.fault(Fault::on("initiate", FaultKind::Forbidden));
    approved(world);
    world.minutes(5);
    assert!(!world.is_open("web-01", 22));
    assert!(
        world
            .line("failed")
            .contains("jitNetworkAccessPolicies/initiate/action` on `/subscriptions/"),
        "{}",
        world.line("failed")
    );
    assert!(world.card().text().contains("failed"), "{}", world.card().text());
    assert!(world.card().buttons().is_empty());
}

fn throttled(world: &mut World) {
    world
        .azure
        .fault(Fault::once("initiate", FaultKind::Throttled { retry_after: 7 }));
    approved(world);
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
}

fn hangs_up(world: &mut World) {
    world
        .azure
        .fault(Fault::once("initiate", FaultKind::DropAfterEffect));
    approved(world);
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
}

/// Approved with one fault on `initiate`; the window opens all the same, and everything is told once.
fn opens_despite(kind: FaultKind) -> World {
    let mut world = World::new();
    world.azure.fault(Fault::once("initiate", kind));
    approved(&mut world);
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
    world
}

#[test]
fn azure_refuses() {
    REFUSED.tell();
}

#[test]
fn azure_throttles() {
    THROTTLED.tell();
    let world = opens_despite(FaultKind::Throttled { retry_after: 30 });
    let calls = world.azure.calls("initiate");
    assert!(
        (calls[1].at - calls[0].at).num_seconds() >= 30,
        "Retry-After is obeyed"
    );
}

#[test]
fn the_answer_is_lost_after_the_effect() {
    HANGS_UP.tell();
    let world = opens_despite(FaultKind::DropAfterEffect);
    assert_eq!(world.initiates(), 1, "it is read back, not sent again");
}

#[test]
fn the_answer_is_lost_before_the_effect() {
    let world = opens_despite(FaultKind::DropBeforeEffect);
    assert_eq!(world.initiates(), 2);
}

#[test]
fn azure_fails_with_500() {
    opens_despite(FaultKind::ServerError { status: 500 });
    opens_despite(FaultKind::ServerError { status: 503 });
}

#[test]
fn the_answer_is_not_what_was_expected() {
    for kind in [
        FaultKind::MalformedBody,
        FaultKind::TruncatedBody,
        FaultKind::OversizedBody { bytes: 40_000_000 },
    ] {
        let world = opens_despite(kind);
        assert_eq!(world.initiates(), 1);
    }
    opens_despite(FaultKind::Html);
}

#[test]
fn azure_commits_after_the_caller_is_gone() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let hold = world.azure.hold("initiate", HoldPoint::Before);
    let card = world.card();
    let click = world
        .discord
        .person("bob")
        .unwrap()
        .clicks(card.id, "Approve")
        .unwrap();
    let (engine, gateway) = (world.life().engine.clone(), world.life().gateway.clone());
    let work = async move {
        gateway.quiet().await;
        engine.work_until_idle().await
    };
    world.outside.block_on(click.acknowledged());
    world.life().runtime().spawn(work);
    world
        .outside
        .block_on(async { tokio::time::timeout(PATIENCE, hold.arrived()).await })
        .expect("Azure is asked");
    // The caller is gone; its call comes through later, while the next life waits for the time-out.
    world.restart();
    world.reconcile();
    world.seconds(30);
    assert!(!world.is_open("web-01", 22));
    hold.release();
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    assert_eq!(world.initiates(), 1);
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn azure_cannot_be_read_while_it_opens() {
    let mut world = World::new();
    approved(&mut world);
    world
        .azure
        .fault(Fault::on("jit-get", FaultKind::ServerError { status: 500 }).times(5));
    world.minutes(10);
    assert!(world.own_message("alice").text().contains("is open"));
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn a_request_that_stays_initiating_is_told_as_stuck_and_comes_to_an_end() {
    STUCK.tell();
}

fn stuck(world: &mut World) {
    world
        .azure
        .fault(Fault::on("initiate", FaultKind::StuckInitiating));
    approved(world);
    world.minutes(5);
    assert_eq!(world.told().last().unwrap(), "still opening");
    assert!(
        world.card().text().contains("still opening"),
        "{}",
        world.card().text()
    );
    assert_eq!(world.times_told("opened"), 0, "never told open");
    world.minutes(90);
    assert!(world.card().buttons().is_empty(), "{}", world.card().text());
}

#[test]
fn a_stuck_request_that_goes_on_is_told_as_open() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::on("initiate", FaultKind::StuckInitiating));
    approved(&mut world);
    world.minutes(10);
    world.azure.unstick();
    world.minutes(3);
    assert!(world.is_open("web-01", 22));
    assert!(world.own_message("alice").text().contains("is open"));
    world.minutes(60);
    assert_eq!(
        world.told(),
        [
            "asked",
            "approval",
            "approved",
            "opening",
            "still opening",
            "opened",
            "closed"
        ]
    );
}

#[test]
fn an_end_that_azure_does_not_bring_about_is_told_as_unconfirmed_after_15_minutes() {
    UNCONFIRMED.tell();
}

fn unconfirmed(world: &mut World) {
    world.expects_error("not confirmed that a window is shut");
    world.azure.fault(Fault::on("initiate", FaultKind::NeverRevokes));
    approved(world);
    world.minutes(60);
    world.minutes(14);
    assert_eq!(world.told().last().unwrap(), "opened");
    world.minutes(3);
    assert_eq!(world.told().last().unwrap(), "not confirmed shut");
    assert!(
        world.card().text().contains("not confirmed"),
        "{}",
        world.card().text()
    );
    world.minutes(60);
    assert_eq!(world.times_told("not confirmed shut"), 1);
    world.azure.portal_revokes("web-01", 22);
    world.minutes(5);
    assert_eq!(world.told().last().unwrap(), "closed");
}

#[test]
fn a_token_that_azure_does_not_take_any_more_is_exchanged() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.azure.revoke_tokens();
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
    assert_eq!(world.told(), TOLD);
}

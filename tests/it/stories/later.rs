//! An access that starts later: decided now, looked at again at its start.

use std::time::Duration;

use portcullis::{
    domain::record::Fact,
    sandbox::discord::{Fault, FaultKind, RouteKind, world::DEVELOPER_ROLE},
};

use super::ASK;
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[
    IN_TWO_HOURS,
    CALLED_OFF,
    ROLE_LOST,
    MACHINE_GONE,
    FROZEN,
    APPROVED_TOO_LATE,
];

const OPENED: &[&str] = &[
    "asked", "approval", "approved", "start", "opening", "opened", "closed",
];

const NOT_STARTED: &[&str] = &["asked", "approval", "approved", "not started"];

const IN_TWO_HOURS: Story = Story::new("asked for in two hours", in_two_hours, OPENED);

const CALLED_OFF: Story = Story::new(
    "called off before its start",
    called_off,
    &["asked", "approval", "approved", "called off"],
);

const ROLE_LOST: Story = Story::new("the role is lost before the start", role_lost, NOT_STARTED);

const MACHINE_GONE: Story = Story::new("the machine is gone at the start", machine_gone, NOT_STARTED);

const FROZEN: Story = Story::new(
    "frozen at the start",
    frozen,
    &[
        "asked",
        "approval",
        "approved",
        "frozen",
        "start",
        "freeze lifted",
        "opening",
        "opened",
        "closed",
    ],
);

const APPROVED_TOO_LATE: Story = Story::new(
    "approved after the start",
    approved_too_late,
    &["asked", "approval", "approved", "opening", "opened", "closed"],
);

fn later(at: &str) -> String {
    format!("{ASK} at:{at}")
}

/// Asked and approved at nine, for an hour from eleven.
fn approved(world: &mut World) {
    world.asks("alice", &later("in 2h"));
    world.approves("bob");
    assert_eq!(world.initiates(), 0);
}

fn in_two_hours(world: &mut World) {
    approved(world);
    let card = world.card().text();
    assert!(card.contains("approved, waits for its start"), "{card}");
    world.minutes(115);
    assert_eq!(
        world.initiates(),
        0,
        "Azure has no later start, so it is not asked before"
    );
    world.minutes(10);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(53);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(10);
    assert!(!world.is_open("web-01", 22), "an hour from its start");
}

fn called_off(world: &mut World) {
    approved(world);
    let own = world.own_message("alice");
    world.until_told("called off", 1, |world| {
        _ = world.clicks("alice", &own, "Withdraw");
    });
    world.minutes(200);
    assert_eq!(world.initiates(), 0);
    assert!(world.card().buttons().is_empty(), "{}", world.card().text());
}

fn role_lost(world: &mut World) {
    approved(world);
    world.discord.person("alice").unwrap().loses_role(DEVELOPER_ROLE);
    world.minutes(200);
    assert_eq!(world.initiates(), 0);
    let line = world.line("not started");
    assert!(line.contains("their roles have changed, or the rules"), "{line}");
}

fn machine_gone(world: &mut World) {
    approved(world);
    world.azure.portal_deletes_machine("web-01");
    world.looks_at_azure();
    world.minutes(200);
    assert_eq!(world.initiates(), 0);
    let line = world.line("not started");
    assert!(
        line.contains("there was no machine **web-01** any more"),
        "{line}"
    );
}

fn frozen(world: &mut World) {
    approved(world);
    world.until_told("frozen", 1, |world| {
        _ = world.types("carol", "/jit freeze reason:attack");
    });
    world.minutes(130);
    assert_eq!(world.initiates(), 0, "{:#?}", world.trail());
    let card = world.card().text();
    assert!(card.contains("held back by a freeze"), "{card}");
    world.until_told("freeze lifted", 1, |world| {
        _ = world.types("carol", "/jit unfreeze");
    });
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(50);
    assert!(!world.is_open("web-01", 22), "the end is that of the approval");
}

fn approved_too_late(world: &mut World) {
    world.asks("alice", &later("in 5m"));
    world.minutes(20);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(38);
    assert!(world.is_open("web-01", 22));
    world.minutes(7);
    assert!(
        !world.is_open("web-01", 22),
        "it ends as the card said, and not later"
    );
}

#[test]
fn asked_for_in_two_hours() {
    IN_TWO_HOURS.tell();
}

#[test]
fn called_off_by_who_asked() {
    CALLED_OFF.tell();
}

#[test]
fn not_started_without_the_role() {
    ROLE_LOST.tell();
}

#[test]
fn not_started_without_the_machine() {
    MACHINE_GONE.tell();
}

#[test]
fn held_by_a_freeze_at_its_start() {
    FROZEN.tell();
}

#[test]
fn approved_after_its_start() {
    APPROVED_TOO_LATE.tell();
}

#[test]
fn everybody_sees_when_it_starts() {
    let mut world = World::new();
    let answer = world.types("alice", &later("09:30 +00:00"));
    let own = world.answered(&answer);
    // 2026-11-23 at half past nine, and an hour later.
    let (start, end) = ("<t:1795426200:F>", "<t:1795429800:F>");
    assert!(
        own.contains(&format!("From {start}")) && own.contains(end),
        "{own}"
    );
    let card = world.card().text();
    assert!(card.contains(start) && card.contains(end), "{card}");
    assert!(
        card.contains("Approved after its start, it opens at once"),
        "{card}"
    );
    assert!(world.line("asked").contains(&format!("to start {start}")));
    world.approves("bob");
    assert!(world.line("approved").contains(&format!("to start {start}")));
    let own = world.own_message("alice");
    assert!(
        own.text().contains(&format!("It starts {start}")),
        "{}",
        own.text()
    );
    assert!(own.offers("Withdraw"));
    let told = world.is_told("alice", "/jit list");
    assert!(told.contains("waits for its start"), "{told}");
    let told = world.is_told("dan", "/jit status request:1");
    assert!(told.contains(start), "{told}");
    let told = world.is_told("alice", "/jit extend request:1");
    assert!(told.contains("and starts"), "{told}");
    world.minutes(100);
    assert_eq!(world.told(), OPENED);
}

#[test]
fn called_off_by_an_approver_or_an_administrator() {
    for who in ["bob", "carol"] {
        let mut world = World::new();
        approved(&mut world);
        let card = world.card();
        let told = world.is_told("mallory", "/jit close request:1");
        assert!(told.contains("was not closed"), "{told}");
        let answer = world.clicks(who, &card, "Call off");
        assert!(
            world.answered(&answer).contains("is called off"),
            "{}",
            world.answered(&answer)
        );
        let line = world.line("called off");
        assert!(line.contains("called it off before its start"), "{line}");
        assert!(world.own_message("alice").text().contains("called it off"));
        let again = world.is_told(who, "/jit close request:1");
        assert!(again.contains("nothing that can be closed"), "{again}");
        world.minutes(200);
        assert_eq!(world.initiates(), 0);
    }
}

#[test]
fn withdrawn_by_command() {
    let mut world = World::new();
    approved(&mut world);
    let told = world.is_told("alice", "/jit withdraw request:1");
    assert!(told.contains("You withdrew request 1"), "{told}");
    assert_eq!(world.told(), ["asked", "approval", "approved", "called off"]);
    let own = world.own_message("alice");
    assert!(own.offers("Ask again"), "{}", own.text());
}

/// The bot sleeps over the start, or over the whole time.
#[test]
fn a_start_that_is_missed_is_made_up_for_while_its_time_lasts() {
    let mut world = World::new();
    approved(&mut world);
    world.crash();
    world.clock.advance(Duration::from_secs(150 * 60));
    world.start();
    world.looks_around();
    world.reconcile();
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(20);
    assert!(world.is_open("web-01", 22));
    world.minutes(10);
    assert!(!world.is_open("web-01", 22), "its end has not moved");
    drop(world);

    let mut world = World::new();
    approved(&mut world);
    world.crash();
    world.clock.advance(Duration::from_secs(181 * 60));
    world.start();
    world.looks_around();
    world.reconcile();
    world.minutes(5);
    assert_eq!(world.told(), NOT_STARTED);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn whoever_has_left_gets_nothing() {
    let mut world = World::new();
    approved(&mut world);
    world.discord.person("alice").unwrap().leaves();
    world.minutes(125);
    assert_eq!(world.told(), NOT_STARTED);
    let line = world.line("not started");
    assert!(line.contains("not a member of this server any more"), "{line}");
    assert_eq!(world.initiates(), 0);
}

/// Without the roles of now nothing is opened; the look is made as soon as Discord answers.
#[test]
fn nothing_is_opened_before_the_member_was_looked_at() {
    let mut world = World::new();
    approved(&mut world);
    world.discord.fault(Fault::always(
        RouteKind::GetMember.into(),
        FaultKind::Status { status: 503 },
    ));
    world.minutes(140);
    assert_eq!(world.initiates(), 0, "{:#?}", world.trail());
    world.discord.faults_off();
    world.minutes(10);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(35);
    assert_eq!(world.told(), OPENED);
}

#[test]
fn the_rules_of_the_start_count() {
    let mut world = World::new();
    approved(&mut world);
    world.restart_with(
        &RULES
            .replace("max_for = \"2h\"", "max_for = \"30m\"")
            .replace("default_for = \"1h\"", "default_for = \"30m\""),
    );
    world.minutes(125);
    assert_eq!(world.told(), NOT_STARTED);
    let line = world.line("not started");
    assert!(line.contains("would have refused it"), "{line}");
    assert!(world.card().text().contains("approved, not opened"));
}

/// An answer counts until the end of what was asked for at most: after that there is nothing to approve.
#[test]
fn no_answer_until_the_end_of_its_time() {
    let mut world = World::new();
    world.asks("alice", &later("in 5m").replace("for:1h", "for:10m"));
    world.minutes(14);
    assert_eq!(world.told(), ["asked"]);
    world.minutes(2);
    assert_eq!(world.told(), ["asked", "lapsed"]);
    assert_eq!(world.initiates(), 0);
}

#[test]
fn a_draft_keeps_its_start() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.types("alice", "/jit withdraw");
    world.types(
        "alice",
        "/jit request vm:web-02 port:22 for:1h reason:INC-42 at:in 1h",
    );
    let own = world.own_message("alice");
    world.clicks("alice", &own, "Use 198.51.100.7");
    world.approves("bob");
    world.minutes(55);
    assert_eq!(world.initiates(), 0);
    world.minutes(10);
    assert!(world.is_open("web-02", 22), "{:#?}", world.trail());
    world.minutes(60);
}

#[test]
fn what_is_no_start_is_refused_with_what_to_write() {
    let mut world = World::new();
    for (at, why) in [
        ("soon", "times are UTC unless an offset"),
        ("2026-11-22 09:00", "Leave `at` out"),
        ("in 8d", "at most 7 days ahead"),
    ] {
        let told = world.is_told("alice", &later(at));
        assert!(told.contains("Nothing was asked") && told.contains(why), "{told}");
    }
    assert!(world.records().is_empty());
}

/// Nobody opens earlier what was approved for later: not lifting a freeze, and not a second approval.
#[test]
fn nothing_opens_it_before_its_start() {
    let mut world = World::new();
    approved(&mut world);
    world.types("carol", "/jit freeze reason:drill");
    world.types("carol", "/jit unfreeze");
    let card = world.card();
    assert!(!card.offers("Approve"), "{}", card.text());
    world.reconcile();
    world.minutes(30);
    assert_eq!(world.initiates(), 0);
    let started = world
        .records()
        .iter()
        .any(|record| matches!(record.entry.fact, Fact::Started { .. }));
    assert!(!started);
    world.types("alice", "/jit withdraw request:1");
}

//! A window is closed before its end.

use portcullis::{
    domain::{record::Fact, window::Ended},
    sandbox::azure::{Access, Fault, FaultKind, SecurityRule},
};

use super::{ASK, TOLD_BY_NO_WAY, TOLD_BY_RULE, opens};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_REQUESTER, NARROW, BY_RULE, LEFT];

const TOLD: &[&str] = &[
    "asked", "approval", "approved", "opening", "opened", "closing", "closed",
];

const BY_REQUESTER: Story = Story::new("closed by who asked", by_requester, TOLD);

const NARROW: Story = Story::new(
    "closed where the JIT policy allows no other source",
    narrow,
    &[
        "asked", "approval", "approval", "approved", "opening", "opened", "closing", "closed",
    ],
);

const BY_RULE: Story = Story::new(
    "closed by taking its network rule out, because Azure refuses to close it",
    by_rule,
    TOLD_BY_RULE,
);

const LEFT: Story = Story::new(
    "left to its end, because neither way closes it",
    left,
    TOLD_BY_NO_WAY,
);

fn opened() -> World {
    let mut world = World::new();
    opens(&mut world);
    world
}

fn by_requester(world: &mut World) {
    opens(world);
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    world.minutes(8);
    assert!(
        world.azure.allow_rules("web-01").is_empty(),
        "{:#?}",
        world.trail()
    );
    assert!(world.card().buttons().is_empty());
}

/// Only the window's own source may be sent: it stays open for the shortest time that Azure takes, and nobody
/// is told that it is closed before it is.
fn narrow(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:db-01 port:5432 for:30m from:198.51.100.7 reason:INC-9 vacuum",
    );
    world.until_told("approval", 1, |world| {
        let card = world.card();
        world.clicks("bob", &card, "Approve");
    });
    world.approves("carol");
    world.minutes(5);
    assert!(world.is_open("db-01", 5432), "{:#?}", world.trail());
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    for _ in 0..80 {
        world.seconds(5);
        let open = world.is_open("db-01", 5432);
        let told = world.times_told("closed") > 0;
        assert!(
            !(open && told),
            "told closed while it is open: {:#?}",
            world.trail()
        );
    }
    assert!(!world.is_open("db-01", 5432), "shut long before its end");
}

fn closed_by(world: &World) -> Option<String> {
    world
        .records()
        .iter()
        .find_map(|record| match &record.entry.fact {
            Fact::Closed {
                how: Ended::ClosedBy(by),
                ..
            } => Some(by.name.clone()),
            _ => None,
        })
}

#[test]
fn closed_by_who_asked() {
    BY_REQUESTER.tell();
}

#[test]
fn closed_where_only_its_own_source_may_be_sent() {
    NARROW.tell();
}

#[test]
fn closed_by_the_button_of_the_own_message() {
    let mut world = opened();
    let own = world.own_message("alice");
    world.clicks("alice", &own, "I'm done");
    world.minutes(3);
    assert_eq!(world.told(), TOLD);
    assert_eq!(closed_by(&world).as_deref(), Some("alice"));
}

#[test]
fn closed_by_an_approver_on_the_card() {
    let mut world = opened();
    let card = world.card();
    let answer = world.clicks("bob", &card, "Close now");
    assert!(world.answered(&answer).contains("Closing"));
    world.minutes(3);
    assert_eq!(closed_by(&world).as_deref(), Some("bob"));
    let again = world.is_told("alice", "/jit close request:1");
    assert!(again.contains("nothing that can be closed"), "{again}");
}

#[test]
fn closed_by_an_administrator() {
    let mut world = opened();
    world.types("carol", "/jit close request:1");
    world.minutes(3);
    assert_eq!(closed_by(&world).as_deref(), Some("carol"));
}

#[test]
fn not_closed_by_a_stranger() {
    let mut world = opened();
    let told = world.is_told("mallory", "/jit close request:1");
    assert!(told.contains("was not closed"), "{told}");
    let card = world.card();
    let click = world.clicks("mallory", &card, "Close now");
    assert!(world.answered(&click).contains("was not closed"));
    world.minutes(3);
    assert!(world.is_open("web-01", 22));
}

#[test]
fn closed_while_it_is_opening() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    assert_eq!(world.told().last().unwrap(), "opening");
    world.types("alice", "/jit close request:1");
    world.minutes(10);
    assert!(!world.is_open("web-01", 22));
    assert!(world.azure.allow_rules("web-01").is_empty());
    assert_eq!(world.told().last().unwrap(), "closed");
    assert!(world.card().buttons().is_empty());
}

#[test]
fn two_people_close_at_once() {
    let mut world = opened();
    let card = world.card();
    let answers = world.click_together(&card, &[("alice", "Close now"), ("bob", "Close now")]);
    let told: Vec<_> = answers.iter().map(|answer| world.answered(answer)).collect();
    assert!(
        told.iter().any(|text| text.contains("being closed already")),
        "{told:#?}"
    );
    world.minutes(3);
    assert_eq!(world.told(), TOLD);
}

/// The close is refused; the rule goes, and nothing else does.
fn by_rule(world: &mut World) {
    opens(world);
    let office = SecurityRule::inbound("office", 500, Access::Allow, "198.51.100.7", "*", &["443"]);
    world.azure.portal_adds_rule("web-01", office);
    world.azure.fault(Fault::on("initiate", FaultKind::Forbidden));
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    world.minutes(3);
    assert!(
        world.azure.allow_rules("web-01").is_empty(),
        "{:#?}",
        world.trail()
    );
    let address = "198.51.100.7".parse().unwrap();
    assert!(!world.azure.reachable("web-01", 22, address));
    assert!(
        world.azure.reachable("web-01", 443, address),
        "other people's rules stay"
    );
    let line = world.line("closing by rule");
    assert!(line.contains("initiate/action"), "{line}");
    assert!(line.contains("MicrosoftDefenderForCloud-JITRule-"), "{line}");
    assert!(
        !world.azure.deny_rules("web-01").is_empty(),
        "what keeps people out stays"
    );
    world.minutes(60);
}

fn left(world: &mut World) {
    world.expects_error("it ends by itself");
    opens(world);
    world.azure.fault(Fault::on("initiate", FaultKind::Forbidden));
    world.azure.fault(Fault::on("rule-delete", FaultKind::Forbidden));
    world.until_told("closing", 1, |world| _ = world.types("alice", "/jit close"));
    world.minutes(30);
    assert!(world.is_open("web-01", 22));
    assert_eq!(world.times_told("closed"), 0, "{:#?}", world.trail());
    let line = world.line("not closed early");
    assert!(line.contains("it ends by itself"), "{line}");
    assert_eq!(world.times_told("not confirmed shut"), 0, "its end has not come");
    let card = world.card().text();
    assert!(
        card.contains("could not be closed early; it ends by itself"),
        "{card}"
    );
    world.minutes(40);
    assert!(!world.is_open("web-01", 22));
}

#[test]
fn closed_by_rule_where_azure_refuses() {
    BY_RULE.tell();
}

#[test]
fn left_to_its_end_where_neither_way_closes_it() {
    LEFT.tell();
}

/// The close never arrives, and Azure shows the window as open: that is noticed, and the rule goes.
#[test]
fn closed_by_rule_where_azure_does_nothing() {
    let mut world = opened();
    world
        .azure
        .fault(Fault::on("initiate", FaultKind::DropBeforeEffect));
    world.types("alice", "/jit close request:1");
    world.minutes(2);
    assert!(world.is_open("web-01", 22));
    world.minutes(2);
    world.reconcile();
    world.minutes(1);
    let line = world.line("closing by rule");
    assert!(line.contains("it stayed open"), "{line}");
    assert!(world.azure.allow_rules("web-01").is_empty());
    assert_eq!(world.times_told("closed"), 1, "{:#?}", world.trail());
}

/// Behind a firewall there is no rule that may be touched: it is said so.
#[test]
fn left_to_its_end_behind_a_firewall() {
    let mut world = World::new();
    world.expects_error("it ends by itself");
    world.asks(
        "alice",
        "/jit request vm:edge-01 port:22 for:30m from:198.51.100.7 reason:INC-3 cache",
    );
    world.approves("bob");
    world.minutes(5);
    assert_eq!(world.times_told("opened"), 1, "{:#?}", world.trail());
    world.azure.fault(Fault::on("initiate", FaultKind::Forbidden));
    world.types("alice", "/jit close request:1");
    world.minutes(2);
    let line = world.line("not closed early");
    assert!(line.contains("an Azure Firewall"), "{line}");
    world.minutes(60);
    assert_eq!(world.times_told("closed"), 1);
}

#[test]
fn one_window_of_several_is_closed() {
    let mut world = World::new();
    world.asks(
        "alice",
        "/jit request vm:web-01,web-02 port:22,443 for:30m from:198.51.100.7 reason:INC-7 deploy",
    );
    world.approves("bob");
    world.minutes(5);
    let told = world.is_told("alice", "/jit close vm:web-09");
    assert!(told.contains("has no such window"), "{told}");
    let told = world.is_told("alice", "/jit close vm:web-01 port:ssh");
    assert!(
        told.contains("SSH 22 on **web-01**") && !told.contains("443"),
        "{told}"
    );
    world.minutes(3);
    assert!(!world.is_open("web-01", 22), "{:#?}", world.trail());
    assert!(world.is_open("web-01", 443) && world.is_open("web-02", 22));
    let told = world.is_told("alice", "/jit close vm:prod-web/web-02");
    assert!(told.contains("web-02"), "{told}");
    world.minutes(3);
    assert!(world.is_open("web-01", 443));
    assert!(!world.is_open("web-02", 22) && !world.is_open("web-02", 443));
    world.minutes(30);
}

/// Most groups leave sessions alone; one that is set to cuts them, and every close says which.
#[test]
fn a_close_says_what_becomes_of_sessions() {
    let mut world = opened();
    let told = world.is_told("alice", "/jit close request:1");
    assert!(told.contains("Sessions already open are not cut"), "{told}");
    world.minutes(3);
    assert!(world.azure.portal_flushes_connections("web-01", true));
    world.looks_at_azure();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    let told = world.is_told("alice", "/jit close request:2");
    assert!(told.contains("Sessions already open are cut"), "{told}");
    world.minutes(3);
}

//! The policies of `docs/policy.md`, read from that page: for each the good path, and the refusal that matters.

use crate::harness::World;

const PAGE: &str = include_str!("../../../docs/policy.md");
const WEB: &str = "/jit request vm:web-01 port:22 for:30m reason:INC-42 disk full from:";

/// A world under the rules that stand below this heading.
fn under(heading: &str) -> World {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, rest) = section.split_once("```toml\n").unwrap();
    let (rules, _) = rest.split_once("```").unwrap();
    World::under(rules)
}

#[test]
fn the_page_has_six_policies_and_nothing_else() {
    assert_eq!(PAGE.matches("```toml\n").count(), 6);
    assert_eq!(PAGE.matches("\n## ").count(), 6);
}

#[test]
fn a_team_of_one() {
    let mut world = under("A team of one");
    world.asks("alice", &format!("{WEB}198.51.100.7"));
    assert!(
        world
            .line("approved")
            .contains("by rule my machines alone, without a person")
    );
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(30);
    world.asks("alice", &format!("{WEB}203.0.113.9"));
    let card = world.card();
    assert!(
        card.text().contains("it does that only from `198.51.100.0/28`"),
        "{}",
        card.text()
    );
    let answer = world.clicks("alice", &card, "Approve");
    assert!(
        world.answered(&answer).contains("own request"),
        "{}",
        world.answered(&answer)
    );
    world.minutes(40);
    assert_eq!(world.told().last().unwrap(), "lapsed");
}

#[test]
fn on_call() {
    let mut world = under("On call");
    let told = world.is_told(
        "alice",
        "/jit request vm:web-01 port:22 from:198.51.100.7 reason:disk full",
    );
    assert!(told.contains("INC-42 disk full"), "an example helps: {told}");
    assert!(world.cards().is_empty());
    world.asks("alice", &format!("{WEB}198.51.100.7"));
    let card = world.card();
    world.minutes(11);
    assert_eq!(world.times_told("escalated"), 1);
    world.clicks("carol", &card, "Approve");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(30);
}

#[test]
fn two_people_for_production() {
    let mut world = under("Two people for production");
    let ask = "/jit request vm:db-01 port:22 from:198.51.100.7 reason:CHG-7 reindex";
    world.asks("bob", ask);
    let card = world.card();
    let answer = world.clicks("bob", &card, "Approve");
    assert!(
        world.answered(&answer).contains("own request"),
        "{}",
        world.answered(&answer)
    );
    world.types("bob", "/jit withdraw");
    world.asks("alice", ask);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.minutes(1);
    assert_eq!(world.initiates(), 0, "one of two");
    let text = world.card().text();
    assert!(text.contains("leads"), "who is missing: {text}");
    let told = world.is_told("alice", &ask.replace("port:22", "port:22,1433,5432"));
    assert!(!told.contains("Request 3"), "no more than two at once: {told}");
    world.clicks("carol", &card, "Approve");
    world.minutes(5);
    assert!(world.is_open("db-01", 22), "{:#?}", world.trail());
    world.minutes(30);
}

#[test]
fn contractors_from_one_office() {
    let mut world = under("Contractors from one office");
    for (wrong, why) in [
        ("vm:web-01 port:22 from:8.8.8.8", "203.0.113.16/28"),
        ("vm:web-01 port:3389 from:203.0.113.20", "No rule lets you"),
        ("vm:web-02 port:22 from:203.0.113.20", "No rule lets you"),
    ] {
        let told = world.is_told("alice", &format!("/jit request {wrong} reason:deploy"));
        assert!(told.contains(why), "{wrong}: {told}");
    }
    assert!(world.cards().is_empty());
    world.asks(
        "alice",
        "/jit request vm:web-01 port:22 from:203.0.113.20 reason:deploy",
    );
    world.approves("carol");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(110);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(15);
    assert!(!world.is_open("web-01", 22));
    // The world began at 10:00 in Berlin.
    world.minutes(6 * 60);
    let told = world.is_told(
        "alice",
        "/jit request vm:web-01 port:22 from:203.0.113.20 reason:deploy",
    );
    assert!(
        told.contains(
            "only at certain hours: Mon to Fri from 08:00 to 18:00 (Europe/Berlin). Ask again from <t:"
        ),
        "{told}"
    );
}

#[test]
fn break_glass() {
    let mut world = under("Break-glass");
    let sends = |world: &mut World, who: &str| {
        let opened = world.types(who, "/jit break-glass vm:web-01 port:22 from:198.51.100.7");
        let fields = [("reason", "site is down"), ("word", "BREAK GLASS")];
        let answer = world.fills(who, &opened, &fields).unwrap();
        world.answered(&answer)
    };
    let told = sends(&mut world, "alice");
    assert!(told.contains("/jit request"), "{told}");
    assert_eq!(world.initiates(), 0);
    sends(&mut world, "bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(30);
    assert!(!world.is_open("web-01", 22));
    let signs = |world: &mut World, who: &str| {
        let card = world.card();
        let opened = world.clicks(who, &card, "Sign the review");
        let answer = world
            .fills(who, &opened, &[("note", "the disk was full")])
            .unwrap();
        world.answered(&answer)
    };
    let told = signs(&mut world, "bob");
    assert!(told.contains("you opened it yourself"), "{told}");
    signs(&mut world, "carol");
    assert_eq!(world.told().last().unwrap(), "review signed");
}

#[test]
fn auto_approve_for_staging() {
    let mut world = under("Auto-approve for staging");
    for _ in 0..3 {
        world.asks(
            "alice",
            "/jit request vm:stage-01 port:22 for:10m from:198.51.100.7",
        );
        world.minutes(5);
        assert!(world.is_open("stage-01", 22), "{:#?}", world.trail());
        world.minutes(10);
    }
    world.asks(
        "alice",
        "/jit request vm:stage-01 port:22 for:10m from:198.51.100.7",
    );
    let card = world.card();
    assert!(
        card.text()
            .contains("it does that at most 3 times in 24h for each person, and that number is reached"),
        "{}",
        card.text()
    );
    assert!(card.pings.people.is_empty(), "a quiet rule");
    assert_eq!(world.times_told("approved"), 3);
    world.approves("bob");
    world.minutes(20);
    world.minutes(33 * 60);
    world.asks(
        "alice",
        "/jit request vm:stage-01 port:22 for:10m from:198.51.100.7",
    );
    let card = world.card().text();
    assert!(card.contains("it does that only at certain hours"), "{card}");
    world.approves("bob");
    world.minutes(20);
}

//! How much one person may have and ask for: they are held back with a sentence, and nobody else is hindered.

use super::TOLD;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[ONE_AT_A_TIME, GLASS_COUNTS];

const RULES: &str = r#"
[flood]
requests_per_hour = 8
waiting = 5

[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:100000000000005001", "role:100000000000005003"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
per_person = { open = 1 }

[[rule]]
name = "others"
vms = ["*"]
requesters = ["role:100000000000005001", "role:100000000000005003"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
per_person = { requests_per_hour = 7 }
"#;

const WEB: &str = "/jit request vm:web-01 port:22 for:30m from:198.51.100.7";
const API: &str = "/jit request vm:stage-01 port:22 for:30m from:198.51.100.7";

const ONE_AT_A_TIME: Story = Story::new("one port at a time", one_at_a_time, TOLD).under(RULES);

fn one_at_a_time(world: &mut World) {
    world.asks("alice", WEB);
    let other = "/jit request vm:web-02 port:22 for:30m from:198.51.100.7";
    let said = world.finds_out("alice", other);
    assert!(
        said.contains(
            "Under the rule “web” a person may have 1 port open or asked for at once, and you have 1."
        ) && said.contains("there is room at the latest <t:"),
        "{said}"
    );
    world.approves("bob");
    world.minutes(5);
    let said = world.finds_out("alice", other);
    assert!(
        said.contains("you have 1."),
        "what is open counts as what was asked for: {said}"
    );
    world.minutes(40);
}

#[test]
fn whoever_has_all_they_may_have_is_told_until_when() {
    ONE_AT_A_TIME.tell();
}

#[test]
fn when_the_window_has_ended_there_is_room_again() {
    let mut world = World::under(RULES);
    world.asks("alice", WEB);
    world.approves("bob");
    world.minutes(45);
    world.asks("alice", WEB);
    world.denies("bob", "not again");
    assert_eq!(world.times_told("asked"), 2);
}

#[test]
fn a_flood_of_one_person_stops_and_another_person_is_not_hindered() {
    let mut world = World::under(RULES);
    let mut refused = Vec::new();
    for _ in 0..40 {
        let said = world.is_told("alice", API);
        if said.starts_with("Nothing was asked.") {
            refused.push(said);
        }
    }
    assert_eq!(world.times_told("asked"), 5, "as many as may wait");
    assert_eq!(refused.len(), 35);
    assert!(
        refused[0].contains("5 requests of yours wait for an answer")
            && refused[0].contains("or ask again from <t:"),
        "{}",
        refused[0]
    );
    world.asks("carol", API);
    for number in 1..=5 {
        assert!(
            world
                .is_told("alice", &format!("/jit withdraw request:{number}"))
                .contains("withdr")
        );
    }
    // The rule counts those that were withdrawn too, and the guard counts all rules together.
    for _ in 0..3 {
        world.is_told("alice", API);
    }
    assert_eq!(world.times_told("asked"), 6 + 2);
    let said = world.is_told("alice", API);
    assert!(
        said.contains("under the rule “others” a person may send 7 requests an hour"),
        "{said}"
    );
    world.asks("alice", WEB);
    let said = world.is_told("alice", WEB);
    assert!(
        said.contains("a person may send 8 requests an hour, whatever they are for"),
        "{said}"
    );
    // Nothing of it reached Discord but the private answers: no card, no line.
    assert_eq!(world.times_told("asked"), 9);
    world.minutes(61);
    world.asks("alice", API);
    world.minutes(40);
}

#[test]
fn two_at_once_cannot_both_take_the_last_place() {
    let mut world = World::under(RULES);
    let (one, two) = (
        "/jit request vm:web-01 port:22 from:198.51.100.7",
        "/jit request vm:web-02 port:22 from:198.51.100.7",
    );
    world.type_together("alice", &[one, two]);
    assert_eq!(world.times_told("asked"), 1, "{:#?}", world.trail());
    world.minutes(40);
}

const GLASS: &str = r#"
[flood]
requests_per_hour = 3
waiting = 5

[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
per_person = { open = 1 }
break_glass = { requesters = ["role:100000000000005001"] }

[[rule]]
name = "stage"
vms = ["stage-*", "db-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
extend = "once"
break_glass = { requesters = ["role:100000000000005001"] }
"#;

/// Sends the form of `/jit break-glass`; what the person is told.
fn breaks(world: &mut World, vm: &str) -> String {
    let command = format!("/jit break-glass vm:{vm} port:22 from:198.51.100.7");
    let opened = world.types("alice", &command);
    let fields = [("reason", "the site is down"), ("word", "BREAK GLASS")];
    match world.fills("alice", &opened, &fields) {
        Some(answer) => world.answered(&answer),
        None => String::new(),
    }
}

const GLASS_COUNTS: Story = Story::new(
    "breaking the glass is no way round a limit",
    glass_counts,
    &["asked", "glass broken", "approved", "opening", "opened", "closed"],
)
.under(GLASS);

fn glass_counts(world: &mut World) {
    world.until_told("glass broken", 1, |world| _ = breaks(world, "web-01"));
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    let mut said = String::new();
    while said.is_empty() {
        said = breaks(world, "web-02");
    }
    assert!(
        said.contains(
            "Under the rule “web” a person may have 1 port open or asked for at once, and you have 1."
        ) && said.contains("there is room at the latest <t:"),
        "{said}"
    );
    assert!(!world.is_open("web-02", 22));
    world.minutes(60);
}

#[test]
fn breaking_the_glass_is_held_to_what_a_person_may_have_open() {
    GLASS_COUNTS.tell();
}

#[test]
fn asking_again_extending_and_breaking_the_glass_count_as_requests() {
    let mut world = World::under(GLASS);
    world.asks("alice", API);
    world.denies("bob", "not now");
    let own = world.own_message("alice");
    world.clicks("alice", &own, "Ask again");
    assert_eq!(world.times_told("asked"), 2);
    world.approves("bob");
    world.minutes(5);
    world.types("alice", "/jit extend request:2 for:10m");
    assert_eq!(world.times_told("asked"), 3, "{:#?}", world.trail());
    world.minutes(5);
    let held = "a person may send 3 requests an hour, whatever they are for. Ask again from <t:";
    let told = |said: String| assert!(said.contains(held), "{said}");
    told(world.is_told("alice", API));
    told(world.is_told("alice", "/jit extend request:3 for:10m"));
    told(breaks(&mut world, "stage-01"));
    let denied = world.clicks("alice", &own, "Ask again");
    told(world.answered(&denied));
    assert_eq!(world.times_told("asked"), 3, "nothing of it came through");
    let said = world.is_told("alice", "/jit explain vm:stage-01 port:22 from:198.51.100.7");
    told(said);
    world.minutes(61);
    assert!(!breaks(&mut world, "stage-01").contains(held));
    world.minutes(65);
}

#[test]
fn a_second_click_at_once_does_not_slip_past_the_limit() {
    let mut world = World::under(GLASS);
    world.asks("alice", API);
    world.types("alice", "/jit withdraw request:1");
    let own = world.own_message("alice");
    world.asks("alice", "/jit request vm:db-01 port:22 for:30m from:198.51.100.7");
    // One is left of three in this hour, and two ask for it: by a button and by a command.
    let person = world.discord.person("alice").unwrap();
    let click = person.clicks(own.id, "Ask again").unwrap();
    let typed = person.slash(WEB).unwrap();
    world.after(&click);
    world.after(&typed);
    assert_eq!(world.times_told("asked"), 3, "{:#?}", world.trail());
    world.minutes(40);
}

#[test]
fn what_waits_for_its_start_takes_a_place_already() {
    let mut world = World::under(RULES);
    world.asks("alice", &format!("{WEB} at:in 2h"));
    world.approves("bob");
    let other = "/jit request vm:web-02 port:22 for:30m from:198.51.100.7";
    let said = world.is_told("alice", other);
    assert!(said.contains("you have 1."), "{said}");
    world.types("alice", "/jit withdraw request:1");
    world.asks("alice", other);
    world.types("alice", "/jit withdraw request:2");
}

#[test]
fn a_start_that_would_be_too_much_by_then_opens_nothing() {
    let mut world = World::under(&RULES.replace("per_person = { open = 1 }", "per_person = { open = 2 }"));
    world.asks("alice", &format!("{WEB} at:in 2h"));
    world.approves("bob");
    world.minutes(20);
    world.asks("alice", &WEB.replace("web-01", "web-02").replace("30m", "2h"));
    world.approves("bob");
    world.minutes(80);
    world.restart_under(RULES);
    world.minutes(25);
    assert!(!world.is_open("web-01", 22), "{:#?}", world.trail());
    let line = world.line("not started");
    assert!(line.contains("rule open"), "{line}");
    world.minutes(60);
}

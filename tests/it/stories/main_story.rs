//! Alice asks, Bob approves, Azure opens, an hour later it is closed: without a crash, and with one at every call.

use std::time::Duration;

use crate::harness::{
    World,
    crash::{self, Point, Trap},
};

const ASK: &str = "/jit request vm:web-01 port:22 for:1h from:198.51.100.7 reason:INC-42 disk full";

/// The story, with whatever a person would repeat: a command without an answer, a click that did nothing.
fn tell(world: &mut World) {
    for _ in 0..3 {
        if !world.told().iter().any(|what| what == "asked") {
            world.types("alice", ASK);
        }
    }
    assert!(!world.is_open("web-01", 22), "open before anybody approved");
    for _ in 0..3 {
        if !world.told().iter().any(|what| what == "approved") {
            let card = world.card();
            world.clicks("bob", &card, "Approve");
        }
    }
    world.pass(Duration::from_secs(300));
    assert!(
        world.is_open("web-01", 22),
        "open after the approval: {:#?}",
        world.trail()
    );
    world.pass(Duration::from_secs(3600));
    assert!(!world.is_open("web-01", 22), "shut at the end");
}

/// What the trail says, line by line.
const TOLD: [&str; 6] = ["asked", "approval", "approved", "opening", "opened", "closed"];

#[test]
fn a_request_is_approved_opened_and_closed() {
    let mut world = World::new();
    tell(&mut world);
    assert_eq!(world.told(), TOLD);
    assert_eq!(
        world.azure.calls("initiate").len(),
        1,
        "one write for one approval"
    );
    world.judge();
}

#[test]
fn a_crash_at_any_call_changes_nothing_in_the_end() {
    let mut calm = World::new();
    let from = crash::mark(&calm);
    tell(&mut calm);
    let points = crash::points(&calm, &from);
    calm.judge();
    drop(calm);
    assert!(points.len() > 20, "the story calls the outside: {}", points.len());
    let mut missed = Vec::new();
    for point in &points {
        if !survives(point) {
            missed.push(point.to_string());
        }
    }
    eprintln!(
        "{} crash points, {} not reached again",
        points.len(),
        missed.len()
    );
    assert!(
        missed.len() * 4 < points.len(),
        "too many crash points were not reached: {missed:#?}"
    );
}

/// Tells the story with one crash. `false`: the call was not made this time (timing decides how often Azure is read).
fn survives(point: &Point) -> bool {
    eprintln!("crash {point}");
    let mut world = World::new();
    world.trap = Some(Trap::set(&world, point));
    tell(&mut world);
    world.trap = None;
    assert_eq!(world.told(), TOLD, "after a crash {point}");
    world.judge();
    world.crashes > 0
}

#[test]
fn a_reaction_approves_as_the_button_does() {
    let mut world = World::new();
    world.types("alice", ASK);
    let card = world.card();
    world.reacts("bob", &card, "✅");
    world.pass(Duration::from_secs(10));
    assert!(world.is_open("web-01", 22));
    world.pass(Duration::from_secs(3700));
    assert_eq!(world.told(), TOLD);
}

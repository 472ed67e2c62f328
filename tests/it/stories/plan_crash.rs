//! The program that switches a plan on is killed in the middle: what became of it is found out, and told.

use portcullis::sandbox::azure::{BOT_CLIENT_ID, Grant, SANDBOX_SUBSCRIPTION};

use super::plan::ENABLE;
use crate::harness::{
    World,
    crash::{self, Call, Point, When},
};

/// An identity that may also write plans.
fn rich() -> World {
    let world = World::new();
    assert!(
        world
            .azure
            .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")])
    );
    world
}

/// The crash points of the command from its first look at the plan on.
fn points() -> Vec<Point> {
    let world = rich();
    let from = crash::mark(&world);
    let (code, printed) = world.runs(&ENABLE, SANDBOX_SUBSCRIPTION);
    assert_eq!(code, 0, "{printed}");
    crash::points(&world, &from)
        .into_iter()
        .filter(
            |point| matches!(point.call, Call::Azure { operation, .. } if operation.starts_with("pricing")),
        )
        .collect()
}

const PUT: Call = Call::Azure {
    operation: "pricing-put",
    nth: 0,
};

fn is_on(world: &mut World) -> bool {
    world.looks_around();
    world
        .finds_out("carol", "/jit plan")
        .contains("**Playground**: Defender for Servers Plan 2")
}

#[test]
fn killed_at_any_call_it_ends_in_a_truth_that_is_told() {
    let points = points();
    assert!(
        points.iter().filter(|point| point.call == PUT).count() == 2,
        "{points:?}"
    );
    for point in points {
        let mut world = rich();
        assert!(
            world.dies_at(&ENABLE, SANDBOX_SUBSCRIPTION, &point),
            "{point} is reached"
        );
        world.until_due();
        let on = is_on(&mut world);
        let asked = world.times_told("switching the plan on") == 1;
        assert_eq!(on, point.call == PUT && point.when == When::After, "{point}");
        let expected: &[&str] = match (asked, on) {
            (false, _) => &[],
            (true, true) => &["switching the plan on", "plan switched on"],
            (true, false) => &["switching the plan on", "plan not switched on"],
        };
        assert_eq!(world.told(), expected, "{point}");
        if asked && !on {
            let line = world.line("plan not switched on");
            assert!(line.contains("ended before it had an answer"), "{line}");
        }
        assert_eq!(
            asked,
            point.call == PUT,
            "only what was confirmed is recorded: {point}"
        );
        assert!(
            world.azure.calls("pricing-put").len() <= 1,
            "nothing is sent again"
        );
        // The person types it again.
        let (code, printed) = world.runs(&ENABLE, SANDBOX_SUBSCRIPTION);
        assert_eq!(code, 0, "{printed}");
        world.until_due();
        assert!(is_on(&mut world));
        assert_eq!(
            world.told().last().map(String::as_str),
            Some("plan switched on"),
            "{point}"
        );
        assert_eq!(world.times_told("plan switched on"), 1, "{point}");
    }
}

#[test]
fn a_bot_that_dies_while_it_finds_out_finds_out_later() {
    for when in [When::Before, When::After] {
        let mut world = rich();
        let killed = Point {
            call: PUT,
            when: When::After,
        };
        assert!(world.dies_at(&ENABLE, SANDBOX_SUBSCRIPTION, &killed));
        let look = Point {
            call: Call::Azure {
                operation: "pricing-get",
                nth: 0,
            },
            when,
        };
        world.trap = Some(crash::Trap::set(&world, &look));
        world.until_due();
        assert_eq!(world.crashes, 1, "{look}");
        assert_eq!(
            world.told(),
            ["switching the plan on", "plan switched on"],
            "{look}"
        );
    }
}

#[test]
fn the_bot_tells_what_the_program_told_only_once() {
    let mut world = rich();
    let (code, printed) = world.runs(&ENABLE, SANDBOX_SUBSCRIPTION);
    assert_eq!(code, 0, "{printed}");
    let looks = world.azure.calls("pricing-get").len();
    world.until_due();
    assert_eq!(world.told(), ["switching the plan on", "plan switched on"]);
    assert_eq!(
        world.azure.calls("pricing-get").len(),
        looks,
        "there is nothing to find out"
    );
}

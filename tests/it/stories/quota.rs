//! Azure counts calls: lists step back before windows do, and what is shown says how old it is.

use std::time::Duration;

use portcullis::sandbox::azure::{Bucket, PRODUCTION_SUBSCRIPTION, Throttle};

use super::{ASK, TOLD};
use crate::harness::{World, world::PATIENCE};

/// Defender for Cloud answers so many more lists, and the other quotas are as good as endless.
fn only(lists: u32) -> Throttle {
    Throttle {
        security: Bucket {
            size: lists,
            refill_per_second: 0,
        },
        ..Throttle::generous()
    }
}

fn lists_of_production(world: &World) -> usize {
    let calls = world.azure.calls("jit-list");
    let own = |path: &str| path.contains(PRODUCTION_SUBSCRIPTION);
    calls.iter().filter(|call| own(&call.path)).count()
}

#[test]
fn azure_is_asked_nothing_while_it_asks_to_wait() {
    let mut world = World::new();
    world.azure.set_throttle(only(0));
    world.looks_at_azure();
    let before = lists_of_production(&world);
    world.looks_at_azure();
    assert_eq!(lists_of_production(&world), before);
    let told = world.is_told("alice", "/jit vms search:web");
    assert!(
        told.contains("web-01") && told.contains("Not read from Azure") && told.contains("was read"),
        "the older picture is shown, with its age: {told}"
    );
    world.minutes(20);
    world.azure.set_throttle(Throttle::generous());
    world.looks_at_azure();
    assert!(lists_of_production(&world) > before);
    let told = world.is_told("alice", "/jit vms search:web");
    assert!(!told.contains("Not read from Azure"), "{told}");
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(70);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn lists_wait_while_little_is_left_and_people_do_not() {
    let mut world = World::new();
    let before = lists_of_production(&world);
    // Azure refuses nothing; its answers say that fewer than twenty calls are left.
    world.azure.set_throttle(only(15));
    let engine = world.life().engine.clone();
    let mut looking = world
        .life()
        .runtime()
        .spawn(async move { engine.refresh_inventory().await });
    world.outside.block_on(async {
        let asked = world.azure.until(|azure| {
            let own = |path: &str| path.contains(PRODUCTION_SUBSCRIPTION);
            azure
                .calls("jit-list")
                .iter()
                .filter(|call| own(&call.path))
                .count()
                > before
        });
        tokio::time::timeout(PATIENCE, asked).await.unwrap();
    });
    world.asks("alice", ASK);
    world.approves("bob");
    assert_eq!(world.initiates(), 1, "a window does not wait for lists");
    assert_eq!(lists_of_production(&world), before + 1, "lists step back");
    let mut looked = None;
    for _ in 0..100 {
        world.seconds(6);
        let some_time = Duration::from_millis(100);
        let done = world
            .outside
            .block_on(async { tokio::time::timeout(some_time, &mut looking).await });
        if let Ok(done) = done {
            looked = Some(done);
            break;
        }
    }
    looked.expect("the look comes to its end").unwrap().unwrap();
    assert!(lists_of_production(&world) > before + 1);
    world.minutes(70);
    assert_eq!(world.told(), TOLD);
}

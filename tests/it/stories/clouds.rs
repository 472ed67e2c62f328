//! Azure's other clouds: a token is for the Resource Manager of one cloud, and no other takes it.

use portcullis::sandbox::azure::Cloud;

use super::{ASK, TOLD};
use crate::harness::World;

#[test]
fn a_bot_of_another_cloud_asks_for_that_clouds_tokens() {
    for (real, configured) in [(Cloud::UsGovernment, "usgov"), (Cloud::China, "china")] {
        let mut world = World::in_cloud(real, configured);
        world.looks_around();
        world.asks("alice", ASK);
        world.approves("bob");
        world.seconds(5);
        assert!(world.is_open("web-01", 22), "{configured}");
        world.minutes(61);
        assert!(!world.is_open("web-01", 22), "{configured}");
        assert_eq!(world.told(), TOLD, "{configured}");
    }
}

#[test]
fn a_bot_that_is_told_the_wrong_cloud_opens_nothing_and_says_why() {
    let mut world = World::in_cloud(Cloud::UsGovernment, "public");
    let life = world.life();
    let looked = life.runtime().block_on(life.engine.refresh_inventory());
    let told = world.is_told("alice", ASK);
    assert_eq!(world.initiates(), 0, "{told}");
    let calls = world.azure.ledger();
    assert!(
        calls.iter().all(|call| call.operation == "token"),
        "{looked:?}: {calls:#?}"
    );
    assert!(
        told.contains("has not read the machines from Azure yet"),
        "{told}"
    );
}

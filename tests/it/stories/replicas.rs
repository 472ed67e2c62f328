//! Two replicas of the bot on one PostgreSQL.

use std::time::Duration;

use portcullis::sandbox::azure::HoldPoint;
use tokio::task::JoinHandle;

use crate::harness::{World, life::Life, world::PATIENCE};

/// Lets a replica do what is due.
fn works(life: &Life) -> JoinHandle<usize> {
    let engine = life.engine.clone();
    life.runtime()
        .spawn(async move { engine.work_until_idle().await })
}

fn comes_to_rest(world: &World, work: JoinHandle<usize>) {
    world
        .outside
        .block_on(async { tokio::time::timeout(PATIENCE, work).await })
        .expect("a replica comes to rest")
        .unwrap();
}

/// Both changes are there in the end, and at no time do two replicas write the same JIT policy.
#[test]
fn two_replicas_change_one_jit_policy_one_after_the_other() {
    let Some(mut world) = World::on_postgres() else {
        return;
    };
    let other = world.replica();
    let shown = ["web-02", "web-03"].map(|machine| {
        let answer = world.types("carol", &format!("/jit disable vms:{machine}"));
        answer.message().unwrap()
    });
    let hold = world.azure.hold("jit-put", HoldPoint::Before);
    let carol = world.discord.person("carol").unwrap();
    for message in &shown {
        let click = carol.clicks(message.id, "Confirm").unwrap();
        world.outside.block_on(click.acknowledged());
    }
    let gateway = world.life().gateway.clone();
    let confirmed = world.life().runtime().spawn(async move { gateway.quiet().await });
    world.outside.block_on(confirmed).unwrap();

    // One of them is in the middle of its write; the other one has all the time that it wants.
    let first = works(world.life());
    world
        .outside
        .block_on(async { tokio::time::timeout(PATIENCE, hold.arrived()).await })
        .expect("Azure is asked");
    let second = works(&other);
    comes_to_rest(&world, second);
    assert_eq!(world.azure.calls("jit-put").len(), 1, "nobody writes beside it");
    hold.release();
    comes_to_rest(&world, first);

    // From here on both work on whatever is due, at the same time.
    for _ in 0..300 {
        world.clock.advance(Duration::from_secs(1));
        let (one, two) = (works(world.life()), works(&other));
        comes_to_rest(&world, one);
        comes_to_rest(&world, two);
    }
    other.crash();
    world.settle();
    assert_eq!(
        world.told(),
        ["configuring", "configuring", "configured", "configured"]
    );
    for gone in ["web-02", "web-03"] {
        assert!(world.azure.policy_ports(gone, "default").is_empty(), "{gone}");
    }
    assert_eq!(
        world.azure.policy_ports("web-01", "default").len(),
        2,
        "the neighbour stays"
    );
    let puts = world.azure.calls("jit-put");
    assert_eq!(puts.len(), 2);
    assert!(puts.iter().all(|put| put.effect), "none is refused: {puts:#?}");
    assert!(
        (puts[1].at - puts[0].at).num_seconds() >= 2,
        "the second waits until Azure has done the first: {puts:#?}"
    );
}

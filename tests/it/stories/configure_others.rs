//! Somebody else writes the same JIT policy at the same time.

use portcullis::sandbox::azure::{Fault, FaultKind, HoldPoint, PolicyPort};

use super::configure::{confirms, own};
use crate::harness::{Story, World, world::PATIENCE};

pub(super) static STORIES: &[Story] = &[CROSSED];

const CROSSED: Story = Story::new(
    "somebody else writes the same JIT policy in the same moment",
    crossed,
    &["configuring", "configured", "written at the same time"],
);

/// What they write changes nothing, so that the log alone can tell of it.
fn crossed(world: &mut World) {
    const SECONDS: u32 = 600;
    let ports = world.azure.policy_ports("web-01", "default");
    confirms(world, "/jit disable vms:web-02", 1);
    for _ in 0..SECONDS {
        if world.azure.policy_ports("web-02", "default").is_empty() {
            break;
        }
        world.seconds(1);
    }
    assert!(world.azure.portal_configures("web-01", "default", &ports));
    world.minutes(30);
    let line = world.line("written at the same time");
    assert!(
        line.contains("wrote the JIT policy too") && line.contains("may be lost"),
        "{line}"
    );
    assert_eq!(world.azure.policy_ports("web-01", "default"), ports);
    assert!(world.azure.policy_ports("web-02", "default").is_empty());
}

#[test]
fn a_write_in_the_same_moment_is_found_in_the_log() {
    CROSSED.tell();
}

fn hour(port: u16) -> Vec<PolicyPort> {
    vec![PolicyPort::any_source(port, "PT1H")]
}

/// Carol confirms; while the bot's call of this kind is held, somebody does something in the portal.
fn meanwhile(world: &mut World, command: &str, operation: &str, nth: usize, deed: impl Fn(&World)) {
    let shown = world.types("carol", command).message().unwrap();
    let mut hold = world.azure.hold(operation, HoldPoint::Before);
    let click = world
        .discord
        .person("carol")
        .unwrap()
        .clicks(shown.id, "Confirm")
        .unwrap();
    let (engine, gateway) = (world.life().engine.clone(), world.life().gateway.clone());
    world.outside.block_on(click.acknowledged());
    let work = world.life().runtime().spawn(async move {
        gateway.quiet().await;
        engine.work_until_idle().await
    });
    let arrived = |hold: &portcullis::sandbox::azure::Hold| {
        world
            .outside
            .block_on(async { tokio::time::timeout(PATIENCE, hold.arrived()).await })
            .expect("Azure is asked");
    };
    for _ in 0..nth {
        arrived(&hold);
        let next = world.azure.hold(operation, HoldPoint::Before);
        hold.release();
        hold = next;
    }
    arrived(&hold);
    deed(world);
    hold.release();
    world
        .outside
        .block_on(async { tokio::time::timeout(PATIENCE, work).await })
        .expect("the bot comes to rest")
        .unwrap();
}

#[test]
fn a_neighbour_that_somebody_changes_before_the_second_look_is_kept() {
    let mut world = World::new();
    meanwhile(&mut world, "/jit disable vms:web-02", "jit-get", 1, |world| {
        assert!(world.azure.portal_configures("web-01", "default", &hour(8443)));
    });
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert_eq!(world.azure.policy_ports("web-01", "default"), hour(8443));
    assert!(world.azure.policy_ports("web-02", "default").is_empty());
    assert_eq!(
        world.azure.calls("jit-put").len(),
        1,
        "nothing was written from the older list"
    );
}

#[test]
fn a_machine_that_somebody_else_changes_is_not_written_over() {
    let mut world = World::new();
    meanwhile(&mut world, "/jit disable vms:web-02", "jit-get", 0, |world| {
        assert!(world.azure.portal_configures("web-02", "default", &hour(8443)));
    });
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "not configured"]);
    assert_eq!(world.azure.policy_ports("web-02", "default"), hour(8443));
    assert!(world.azure.calls("jit-put").is_empty());
    assert!(
        own(&world).contains("Somebody else has changed web-02"),
        "{}",
        own(&world)
    );
}

#[test]
fn a_machine_that_somebody_else_brings_under_jit_is_left_to_them() {
    let mut world = World::new();
    meanwhile(&mut world, "/jit enable vms:api-01", "jit-list", 0, |world| {
        assert!(world.azure.portal_configures("api-01", "JIT_api-01", &hour(22)));
    });
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "not configured"]);
    assert!(
        world.line("not configured").contains("JIT\\_api-01"),
        "{}",
        world.line("not configured")
    );
    assert!(world.azure.calls("jit-put").is_empty());
}

#[test]
fn a_policy_that_azure_is_changing_is_waited_for() {
    let mut world = World::new();
    assert!(world.azure.portal_configures("web-01", "default", &hour(8443)));
    confirms(&mut world, "/jit disable vms:web-02", 1);
    assert!(world.azure.calls("jit-put").is_empty());
    world.minutes(1);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert_eq!(world.azure.policy_ports("web-01", "default"), hour(8443));
}

#[test]
fn two_changes_of_one_policy_are_written_one_after_the_other() {
    let mut world = World::new();
    let first = world.types("carol", "/jit disable vms:web-02").message().unwrap();
    let second = world.types("carol", "/jit disable vms:web-03").message().unwrap();
    world.clicks("carol", &first, "Confirm");
    world.clicks("carol", &second, "Confirm");
    world.minutes(5);
    assert_eq!(
        world.told(),
        ["configuring", "configuring", "configured", "configured"]
    );
    for gone in ["web-02", "web-03"] {
        assert!(world.azure.policy_ports(gone, "default").is_empty());
    }
    assert_eq!(world.azure.policy_ports("web-01", "default").len(), 2);
}

#[test]
fn what_somebody_writes_over_the_change_is_told() {
    let mut world = World::new();
    confirms(&mut world, "/jit disable vms:web-02", 1);
    // Azure has taken it and is changing the network rules.
    assert!(world.azure.portal_configures("web-02", "default", &hour(22)));
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "not configured"]);
    assert!(
        world
            .line("not configured")
            .contains("somebody else has written web-02 since")
    );
}

#[test]
fn a_neighbour_that_somebody_changes_after_the_write_is_told() {
    let mut world = World::new();
    confirms(&mut world, "/jit disable vms:web-02", 1);
    assert!(world.azure.portal_configures("web-03", "default", &hour(8443)));
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert!(
        world
            .line("configured")
            .contains("somebody else has changed web-03 there meanwhile"),
        "{}",
        world.line("configured")
    );
}

#[test]
fn a_write_inside_the_last_gap_is_found_in_the_activity_log_and_told() {
    let mut world = World::new();
    meanwhile(&mut world, "/jit disable vms:web-02", "jit-put", 0, |world| {
        assert!(world.azure.portal_configures("web-01", "default", &hour(8443)));
    });
    world.minutes(5);
    assert_eq!(
        world.azure.policy_ports("web-01", "default").len(),
        2,
        "nothing can prevent that the other write is lost"
    );
    assert_eq!(world.told(), ["configuring", "configured"]);
    world.minutes(15);
    assert_eq!(
        world.told(),
        ["configuring", "configured", "written at the same time"]
    );
    let line = world.line("written at the same time");
    assert!(line.contains("eve@") && line.contains("may be lost"), "{line}");
    let told = world.direct_message("carol");
    assert!(told.contains("what they changed may be lost"), "{told}");
}

#[test]
fn a_write_without_a_crossing_is_told_as_nothing_more() {
    let mut world = World::new();
    confirms(&mut world, "/jit disable vms:web-02", 1);
    world.minutes(30);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert_eq!(world.azure.calls("activity-log").len(), 1, "the log was read");
}

#[test]
fn what_the_bot_writes_is_not_told_as_somebody_elses_doing() {
    let mut world = World::new();
    world.reconcile();
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.reconcile();
    world.minutes(5);
    confirms(&mut world, "/jit disable vms:web-02", 1);
    world.reconcile();
    world.minutes(5);
    world.reconcile();
    world.settle();
    assert_eq!(
        world.told(),
        ["configuring", "configured", "configuring", "configured"]
    );
}

/// Where nobody can know, nothing is told, and the change is done all the same; a log that is down is not asked for ever.
#[test]
fn a_log_that_cannot_be_read_after_a_write_keeps_nothing_waiting() {
    for (kind, most) in [
        (FaultKind::Forbidden, 1),
        (FaultKind::ServerError { status: 503 }, 60),
    ] {
        let mut world = World::new();
        world.azure.fault(Fault::on("activity-log", kind));
        confirms(&mut world, "/jit disable vms:web-02", 1);
        world.minutes(6 * 60);
        let asked = world.azure.calls("activity-log").len();
        assert!((1..=most).contains(&asked), "{asked}");
        world.minutes(6 * 60);
        assert_eq!(world.azure.calls("activity-log").len(), asked, "it is let be");
        assert_eq!(world.told(), ["configuring", "configured"]);
        assert!(own(&world).contains("1 of 1 machine done"), "{}", own(&world));
    }
}

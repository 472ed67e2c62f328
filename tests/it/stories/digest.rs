//! Once a day the trail is told what the inventory shows.

use portcullis::sandbox::azure::PolicyPort;

use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[IN_THE_MORNING, OF_WHAT_IS_WRONG];

const IN_THE_MORNING: Story = Story::new("the morning's digest", in_the_morning, &["daily digest"]);

const OF_WHAT_IS_WRONG: Story = Story::new(
    "a digest of long limits and machines that are gone",
    of_what_is_wrong,
    &["daily digest"],
);

/// From nine in the morning to the next seven o'clock.
fn until_morning(world: &mut World) {
    world.reconcile();
    world.minutes(22 * 60 + 1);
}

fn in_the_morning(world: &mut World) {
    until_morning(world);
    let line = world.line("daily digest");
    assert!(line.contains("16 machines, as read from Azure <t:"), "{line}");
    assert!(
        line.contains("open without JIT: web-03 SSH 22 to `*` by rule `AllowSshFromAnywhere`"),
        "{line}"
    );
    assert!(
        line.contains("JIT policies that allow any source: default of group"),
        "{line}"
    );
    assert!(
        !line.contains("limits over 3h"),
        "three hours are no long limit: {line}"
    );
    assert!(!line.contains("not among the machines"), "{line}");
}

#[test]
fn the_digest_is_told_in_the_morning() {
    IN_THE_MORNING.tell();
}

#[test]
fn long_limits_and_machines_that_are_gone_are_named() {
    OF_WHAT_IS_WRONG.tell();
}

/// All this was so before the bot first compared, and is no news of itself.
fn of_what_is_wrong(world: &mut World) {
    let ports = [
        PolicyPort::any_source(22, "PT3H"),
        PolicyPort::any_source(3389, "PT8H"),
    ];
    assert!(world.azure.portal_configures("jump-01", "default", &ports));
    assert!(world.azure.portal_deletes_machine("web-02"));
    world.looks_at_azure();
    until_morning(world);
    let line = world.line("daily digest");
    assert!(line.contains("15 machines"), "{line}");
    assert!(
        line.contains("limits over 3h: default of group prod-web in northeurope (1 port, the longest 8h on jump-01 RDP 3389)"),
        "{line}"
    );
    assert!(
        line.contains(
            "listed in a JIT policy and not among the machines: web-02 in default of group prod-web"
        ),
        "{line}"
    );
}

#[test]
fn it_is_told_once_a_day_whatever_happens_in_between() {
    let mut world = World::new();
    until_morning(&mut world);
    for _ in 0..3 {
        world.restart();
        world.reconcile();
        world.settle();
    }
    assert_eq!(world.told(), ["daily digest"]);
    world.minutes(24 * 60);
    assert_eq!(world.told(), ["daily digest", "daily digest"]);
    // A bot that was down in the morning tells it when it is back, and the next one on time.
    world.crash();
    world.clock.advance(std::time::Duration::from_secs(26 * 3600));
    world.start();
    world.reconcile();
    world.settle();
    assert_eq!(world.times_told("daily digest"), 3);
    world.minutes(24 * 60);
    assert_eq!(world.times_told("daily digest"), 4);
}

#[test]
fn it_can_be_switched_off_or_moved() {
    let mut off = World::with_rules(&format!("{RULES}\n[trail]\ndigest_at = \"off\"\n"));
    until_morning(&mut off);
    assert_eq!(off.told(), [""; 0]);
    let mut noon = World::with_rules(&format!("{RULES}\n[trail]\ndigest_at = \"12:30\"\n"));
    noon.reconcile();
    noon.minutes(3 * 60);
    assert_eq!(noon.told(), [""; 0]);
    noon.minutes(60);
    assert_eq!(noon.told(), ["daily digest"]);
}

//! An administrator brings machines under JIT and takes them out.

use portcullis::sandbox::{
    azure::{Fault, FaultKind, Matcher, PolicyPort, STAGING_SUBSCRIPTION},
    discord::{Answer, SeenMessage},
};

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[ENABLED, THREE, DISABLED, CHANGED, REFUSED];

const ENABLED: Story = Story::new(
    "a machine comes under JIT",
    enabled,
    &["configuring", "configured"],
);

const THREE: Story = Story::new(
    "three machines come under JIT at once",
    three,
    &[
        "configuring",
        "configuring",
        "configuring",
        "configured",
        "configured",
        "configured",
    ],
);

const DISABLED: Story = Story::new(
    "a machine goes out from under JIT",
    disabled,
    &["configuring", "configured"],
);

const CHANGED: Story = Story::new(
    "the limits of a port are changed",
    changed,
    &["configuring", "configured"],
);

const REFUSED: Story = Story::new(
    "Azure refuses to have a JIT policy written",
    refused,
    &["configuring", "not configured"],
);

/// Carol types a command and confirms what she is shown, as often as it takes.
pub(super) fn confirms(world: &mut World, command: &str, policies: usize) {
    let before = world.times_told("configuring");
    world.until_told("configuring", before + policies, |world| {
        let answer = world.types("carol", command);
        press(world, &answer, "Confirm");
    });
}

/// Presses a button of an answer, if it came to be shown.
pub(super) fn press(world: &mut World, answer: &Answer, label: &str) -> Option<SeenMessage> {
    let message = answer.message().filter(|message| message.offers(label))?;
    world.clicks("carol", &message, label);
    answer.message()
}

/// Carol's own newest message, as it reads now.
pub(super) fn own(world: &World) -> String {
    world
        .discord
        .ephemerals("carol")
        .pop()
        .map(|message| message.text())
        .unwrap_or_default()
}

fn enabled(world: &mut World) {
    confirms(world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    assert_eq!(world.azure.deny_rules("api-01").len(), 1, "{:#?}", world.trail());
    assert_eq!(
        world.azure.policy_ports("api-01", "default"),
        [PolicyPort::any_source(22, "PT1H")]
    );
}

fn three(world: &mut World) {
    confirms(
        world,
        "/jit enable vms:api-01,win-03,staging-data/cache-01 limit:30m sources:198.51.100.0/24",
        3,
    );
    world.minutes(5);
    for (machine, port) in [("api-01", 22), ("win-03", 3389)] {
        let ports = world.azure.policy_ports(machine, "default");
        assert_eq!(ports.len(), 1, "{machine}: {:#?}", world.trail());
        assert_eq!(
            (ports[0].number, ports[0].max_request_access_duration.as_str()),
            (port, "PT30M")
        );
        assert_eq!(ports[0].allowed().collect::<Vec<_>>(), ["198.51.100.0/24"]);
    }
}

fn disabled(world: &mut World) {
    confirms(world, "/jit disable vms:web-02", 1);
    world.minutes(5);
    assert!(world.azure.policy_ports("web-02", "default").is_empty());
    assert!(world.azure.deny_rules("web-02").is_empty());
    assert_eq!(
        world.azure.policy_ports("web-01", "default").len(),
        2,
        "the neighbours stay"
    );
}

fn changed(world: &mut World) {
    let before = world.times_told("configuring");
    world.until_told("configuring", before + 1, |world| {
        super::configure_ports::changes(world, "web-01", 22, &[("limit", "2h")]);
    });
    world.minutes(5);
    let ports = world.azure.policy_ports("web-01", "default");
    assert_eq!(
        ports[0].max_request_access_duration,
        "PT2H",
        "{:#?}",
        world.trail()
    );
    assert_eq!(
        ports[1],
        PolicyPort::any_source(443, "PT3H"),
        "the other port stays"
    );
}

fn refused(world: &mut World) {
    world.azure.fault(Fault::on("jit-put", FaultKind::Forbidden));
    confirms(world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    assert!(world.azure.deny_rules("api-01").is_empty());
    let line = world.line("not configured");
    assert!(
        line.contains("jitNetworkAccessPolicies/write"),
        "the missing right is named: {line}"
    );
}

#[test]
fn a_machine_comes_under_jit() {
    ENABLED.tell();
}

#[test]
fn three_machines_come_under_jit_at_once() {
    THREE.tell();
}

#[test]
fn a_machine_goes_out_from_under_jit() {
    DISABLED.tell();
}

#[test]
fn the_limits_of_a_port_are_changed() {
    CHANGED.tell();
}

#[test]
fn azure_refuses_to_have_a_policy_written() {
    REFUSED.tell();
}

#[test]
fn exactly_what_will_change_is_shown_and_nothing_happens_before_the_confirmation() {
    let mut world = World::new();
    let shown = world.is_told("carol", "/jit enable vms:api-01 ports:classic limit:3h");
    for part in [
        "Nothing has been changed yet",
        "JIT policy default of group staging-web in northeurope, which is new",
        "**api-01** comes under JIT with SSH 22, RDP 3389, WINRM 5985 and WINRM-HTTPS 5986",
        "any protocol, from any address, for at most 3h",
        "3h is long for SSH 22",
        "will allow any address",
    ] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
    world.minutes(20);
    assert!(world.azure.calls("jit-put").is_empty());
    assert!(world.records().is_empty());
}

#[test]
fn a_machine_can_be_asked_for_as_soon_as_it_is_under_jit() {
    let mut world = World::new();
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(1);
    assert!(own(&world).contains("1 of 1 machine done"), "{}", own(&world));
    let told = world.is_told("carol", "/jit enable vms:api-01");
    assert!(told.contains("is under JIT already"), "{told}");
    world.asks(
        "alice",
        "/jit request vm:api-01 port:22 for:1h from:198.51.100.7 reason:INC-42 test",
    );
    world.types("alice", "/jit withdraw");
    assert!(
        world
            .offered("carol", "/jit disable vms:api", "vms")
            .contains(&"api-01".to_owned()),
        "offered at once"
    );
    assert!(
        !world
            .offered("carol", "/jit enable vms:api", "vms")
            .contains(&"api-01".to_owned())
    );
    assert!(world.offered("alice", "/jit disable vms:api", "vms").is_empty());
}

#[test]
fn machines_are_chosen_from_a_menu() {
    let mut world = World::new();
    let answer = world.types("carol", "/jit enable search:0 ports:ssh");
    let menu = answer.message().unwrap();
    assert!(menu.text().contains("can come under JIT"), "{}", menu.text());
    world.chooses("carol", &menu, "Choose machines to guard", &["0", "1", "2"]);
    let shown = answer.message().unwrap();
    assert!(
        shown.text().contains("comes under JIT with SSH 22"),
        "{}",
        shown.text()
    );
    world.clicks("carol", &shown, "Confirm");
    world.minutes(5);
    assert_eq!(world.times_told("configured"), 3, "{:#?}", world.trail());
    assert!(
        answer.message().unwrap().text().contains("3 of 3 machines done"),
        "{}",
        answer.message().unwrap().text()
    );
}

#[test]
fn one_of_three_fails_and_the_rest_is_done() {
    let mut world = World::new();
    let staging = Matcher::operation("jit-put").in_subscription(STAGING_SUBSCRIPTION);
    world.azure.fault(Fault::once(staging, FaultKind::Forbidden));
    confirms(
        &mut world,
        "/jit enable vms:api-01,win-03,staging-data/cache-01 ports:22",
        3,
    );
    world.minutes(5);
    assert_eq!(world.times_told("configured"), 2, "{:#?}", world.trail());
    assert_eq!(world.times_told("not configured"), 1);
    let told = own(&world);
    for part in [
        "2 of 3 machines done, 1 not",
        "does not let Portcullis do",
        "propose the change again",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
}

#[test]
fn throttling_only_delays() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::once("jit-put", FaultKind::Throttled { retry_after: 7 }));
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert_eq!(world.azure.calls("jit-put").len(), 2);
}

#[test]
fn an_answer_that_is_lost_after_the_effect_is_not_sent_again() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::once("jit-put", FaultKind::DropAfterEffect));
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert_eq!(world.azure.calls("jit-put").len(), 1);
}

#[test]
fn a_call_that_is_lost_before_its_effect_is_sent_again_when_no_twin_can_come() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::once("jit-put", FaultKind::DropBeforeEffect));
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "configured"]);
    let calls = world.azure.calls("jit-put");
    assert_eq!(calls.len(), 2);
    assert!((calls[1].at - calls[0].at).num_seconds() >= 70);
}

#[test]
fn a_machine_that_azure_cannot_guard_is_told_as_not_done() {
    let mut world = World::new();
    // The inventory still knows the group; it is gone by the time of the write.
    assert!(
        world
            .azure
            .set_plan(STAGING_SUBSCRIPTION, portcullis::sandbox::azure::Plan::Free)
    );
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    let line = world.line("not configured");
    assert!(line.contains("Defender for Servers Plan 2"), "{line}");
}

#[test]
fn only_administrators_configure() {
    let mut world = World::new();
    for command in [
        "/jit enable vms:api-01",
        "/jit disable vms:web-01",
        "/jit ports vm:web-01",
    ] {
        let told = world.is_told("alice", command);
        assert!(told.contains("Only the administrators"), "{told}");
    }
    assert!(world.records().is_empty());
}

#[test]
fn what_is_confirmed_twice_is_done_once() {
    let mut world = World::new();
    let answer = world.types("carol", "/jit enable vms:api-01");
    let message = answer.message().unwrap();
    world.click_together(&message, &[("carol", "Confirm"), ("carol", "Confirm")]);
    world.minutes(5);
    assert_eq!(world.told(), ["configuring", "configured"]);
    assert_eq!(world.azure.calls("jit-put").len(), 1);
}

#[test]
fn a_proposal_is_dropped_or_lapses() {
    let mut world = World::new();
    let answer = world.types("carol", "/jit enable vms:api-01");
    let message = answer.message().unwrap();
    world.clicks("carol", &message, "Cancel");
    assert!(own(&world).contains("Dropped"), "{}", own(&world));
    let late = world.types("carol", "/jit enable vms:api-01").message().unwrap();
    world.minutes(16);
    let click = world.clicks("carol", &late, "Confirm");
    assert!(
        world.answered(&click).contains("15 minutes"),
        "{}",
        world.answered(&click)
    );
    assert!(world.records().is_empty());
}

#[test]
fn what_cannot_be_enabled_is_left_out_with_its_reason() {
    let mut world = World::new();
    let told = world.is_told("carol", "/jit enable vms:api-01,web-01,toy-01,prod-data/cache-01");
    for part in [
        "**web-01** is under JIT already",
        "**toy-01** cannot come under JIT",
        "network security group",
        "**api-01** comes under JIT",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let told = world.is_told("carol", "/jit enable vms:web-01");
    assert!(told.contains("Nothing was changed"), "{told}");
    for (command, part) in [
        ("/jit enable vms:nowhere", "No machine is called `nowhere`"),
        ("/jit enable vms:cache-01", "Several machines"),
        ("/jit enable vms:api-01 ports:telnet", "names no port"),
        ("/jit enable vms:api-01 limit:2d", "no more than 24 hours"),
        ("/jit enable vms:api-01 sources:2001:db8::1", "only IPv4"),
        (
            "/jit enable search:zzzz",
            "No machine that could come under JIT is like",
        ),
        ("/jit disable vms:api-01", "is not under JIT"),
    ] {
        let told = world.is_told("carol", command);
        assert!(
            told.contains("Nothing was changed") && told.contains(part),
            "{told}"
        );
    }
}

#[test]
fn who_disables_is_warned_and_an_open_window_is_named() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    let told = world.is_told("carol", "/jit disable vms:web-01,web-03");
    for part in [
        "**web-01** goes out from under JIT, where it had SSH 22 and 443",
        "the port may then be open",
        "`AllowSshFromAnywhere` lets `*` in",
        "a window is open on SSH 22 from 198.51.100.7",
        "(request 1)",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    world.minutes(90);
}

#[test]
fn a_freeze_stops_what_could_open_a_port_and_lets_machines_be_guarded() {
    let mut world = World::new();
    world.types("carol", "/jit freeze reason:drill");
    let shown = world.types("carol", "/jit disable vms:web-02").message().unwrap();
    let click = world.clicks("carol", &shown, "Confirm");
    assert!(
        world.answered(&click).contains("A freeze is on"),
        "{}",
        world.answered(&click)
    );
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(5);
    assert_eq!(world.told(), ["frozen", "configuring", "configured"]);
    assert_eq!(world.azure.policy_ports("web-02", "default").len(), 2);
}

#[test]
fn after_its_15_minutes_the_end_comes_as_a_direct_message() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::on("jit-get", FaultKind::ServerError { status: 503 }));
    confirms(&mut world, "/jit enable vms:api-01", 1);
    world.minutes(20);
    world.azure.clear_faults();
    world.minutes(20);
    assert_eq!(world.told(), ["configuring", "configured"]);
    let told = world.direct_message("carol");
    assert!(told.contains("1 of 1 machine done"), "{told}");
}

//! How to connect is told to who asked, while it is open, and to nobody else.

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[WAY_IN];

const WAY_IN: Story = Story::new("who asked is told how to connect", way_in, TOLD);

/// Whenever it is asked for, and by whichever way: the line, the file, and nothing to anybody else.
fn way_in(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:win-01 port:rdp for:1h from:198.51.100.7 reason:INC-5 updates",
    );
    world.approves("bob");
    world.minutes(5);
    let told = world.finds_out("alice", "/jit connect request:1");
    assert!(told.contains("mstsc /v:"), "{told}");
    let told = world.finds_out("mallory", "/jit connect request:1");
    assert!(told.contains("to who asked for request 1 only"), "{told}");
    assert!(!told.contains("mstsc"), "{told}");
    world.minutes(65);
    let told = world.finds_out("alice", "/jit connect request:1");
    assert!(told.contains("Nothing of request 1 is open"), "{told}");
}

#[test]
fn the_way_in_is_told_while_it_is_open() {
    WAY_IN.tell();
}

fn open(command: &str) -> World {
    let mut world = World::new();
    world.asks("alice", command);
    world.approves("bob");
    world.minutes(5);
    world
}

#[test]
fn who_asked_gets_the_line_to_paste() {
    let mut world = open(ASK);
    let told = world.is_told("alice", "/jit connect");
    assert!(told.contains("ssh azureuser@"), "{told}");
    assert!(told.contains("from `198.51.100.7`"), "{told}");
    let own = world.own_message("alice");
    let clicked = world.clicks("alice", &own, "Connect");
    assert!(world.answered(&clicked).contains("ssh azureuser@"));
}

#[test]
fn nobody_else_is_told_and_nothing_before_it_is_open() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let told = world.is_told("alice", "/jit connect request:1");
    assert!(told.contains("Nothing of request 1 is open"), "{told}");
    world.approves("bob");
    world.minutes(5);
    for other in ["bob", "mallory"] {
        let told = world.is_told(other, "/jit connect request:1");
        assert!(told.contains("to who asked for request 1 only"), "{told}");
        assert!(!told.contains("ssh "), "{told}");
    }
    world.minutes(60);
    let told = world.is_told("alice", "/jit connect request:1");
    assert!(told.contains("Nothing of request 1 is open"), "{told}");
}

#[test]
fn remote_desktop_and_remote_shells_on_windows() {
    let mut world = open(
        "/jit request vm:win-01 port:rdp,winrm,winrm-https for:30m from:198.51.100.7 reason:INC-5 updates",
    );
    let answer = world.types("alice", "/jit connect");
    let told = world.answered(&answer);
    assert!(told.contains("mstsc /v:"), "{told}");
    let message = answer.message().unwrap();
    let file = message.file("win-01.rdp").expect("a file for the remote desktop");
    assert_eq!(file.content_type.as_deref(), Some("application/x-rdp"));
    let body = String::from_utf8(file.bytes.clone()).unwrap();
    let lines: Vec<_> = body.split("\r\n").collect();
    assert!(
        lines[0].starts_with("full address:s:") && lines[0].ends_with(":3389"),
        "{body}"
    );
    assert_eq!(
        lines[1..],
        [
            "prompt for credentials:i:1",
            "administrative session:i:1",
            "username:s:azureuser",
            ""
        ]
    );
    assert!(told.contains("TrustedHosts"), "{told}");
    assert!(told.contains("-UseSSL"), "{told}");
    assert!(told.contains("-SkipCACheck"), "{told}");
}

#[test]
fn through_the_firewall_with_its_mapped_port() {
    let mut world = open("/jit request vm:edge-01 port:22 for:30m from:198.51.100.7 reason:INC-3 cache");
    let told = world.is_told("alice", "/jit connect");
    assert!(told.contains("ssh -p "), "{told}");
    assert!(told.contains("203.0.113.250"), "{told}");
    assert!(told.contains("Azure Firewall"), "{told}");
}

#[test]
fn a_private_address_needs_a_vpn() {
    let mut world = World::new();
    world.asks(
        "alice",
        "/jit request vm:db-01 port:22 for:30m from:198.51.100.7 reason:INC-9 vacuum",
    );
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.approves("carol");
    world.minutes(5);
    let told = world.is_told("alice", "/jit connect");
    assert!(told.contains("connect through your VPN"), "{told}");
}

#[test]
fn a_machine_that_is_off_is_said_to_be_off() {
    let mut world = World::new();
    world.asks(
        "alice",
        "/jit request vm:win-02 port:rdp for:30m from:198.51.100.7 reason:INC-5 updates",
    );
    let own = world.own_message("alice").text();
    assert!(own.contains("nobody answers there until it runs"), "{own}");
    world.approves("bob");
    world.minutes(5);
    let told = world.is_told("alice", "/jit connect");
    assert!(told.contains("nobody answers there until it runs"), "{told}");
}

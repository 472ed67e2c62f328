//! An administrator lists, adds, changes and removes the ports of one machine.

use portcullis::sandbox::{azure::PolicyPort, discord::Answer};

use super::configure::press;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[ADDED, TAKEN_OUT];

const ADDED: Story = Story::new("a port is added", added, &["configuring", "configured"]);

const TAKEN_OUT: Story = Story::new(
    "a port is taken out, and the last one takes the machine along",
    taken_out,
    &["configuring", "configured", "configuring", "configured"],
);

fn added(world: &mut World) {
    world.until_told("configuring", 1, |world| {
        let fields = [("number", "8443"), ("protocol", "tcp"), ("limit", "45m")];
        if let Some(answer) = adds(world, "web-01", &fields) {
            press(world, &answer, "Confirm");
        }
    });
    world.minutes(5);
    let ports = world.azure.policy_ports("web-01", "default");
    let numbers: Vec<_> = ports.iter().map(|port| port.number).collect();
    assert_eq!(numbers, [22, 443, 8443], "{:#?}", world.trail());
    assert_eq!(ports[2].max_request_access_duration, "PT45M");
    assert_eq!(
        ports[0],
        PolicyPort::any_source(22, "PT3H"),
        "the other ports stay"
    );
}

fn takes_out(world: &mut World, machine: &str, port: u16) {
    let answer = world.types("carol", &format!("/jit ports vm:{machine}"));
    let (menu, value) = ("Take a port out", port.to_string());
    let Some(shown) = answer.message() else { return };
    if option(&shown, menu, &value).is_none() {
        return;
    }
    world.chooses("carol", &shown, menu, &[&value]);
    press(world, &answer, "Confirm");
}

fn taken_out(world: &mut World) {
    for (done, port, left) in [(1, 443, vec![22]), (2, 22, vec![])] {
        world.until_told("configuring", done, |world| takes_out(world, "web-02", port));
        world.minutes(5);
        // A bot that died meanwhile knows the machine as it was read before.
        world.looks_at_azure();
        let ports = world.azure.policy_ports("web-02", "default");
        let numbers: Vec<_> = ports.iter().map(|port| port.number).collect();
        assert_eq!(numbers, left, "{:#?}", world.trail());
    }
    assert_eq!(
        world.azure.policy_ports("web-01", "default").len(),
        2,
        "the neighbours stay"
    );
}

#[test]
fn a_port_is_added_whatever_happens() {
    ADDED.tell();
}

#[test]
fn ports_are_taken_out_whatever_happens() {
    TAKEN_OUT.tell();
}

/// Opens the form of a known port, sends it, and confirms what is shown.
pub(super) fn changes(world: &mut World, machine: &str, port: u16, fields: &[(&str, &str)]) {
    let answer = world.types("carol", &format!("/jit ports vm:{machine}"));
    let Some(menu) = answer.message() else { return };
    let Some(value) = option(&menu, "Change the limits of a port", &format!("{port}|")) else {
        return;
    };
    let opened = world
        .discord
        .person("carol")
        .unwrap()
        .selects(menu.id, "Change the limits of a port", &[&value])
        .unwrap();
    world.after(&opened);
    sends(world, &opened, fields);
    press(world, &answer, "Confirm");
}

/// Sends the form that an interaction has opened. `None`: it opened none.
fn sends(world: &mut World, opened: &Answer, fields: &[(&str, &str)]) -> Option<Answer> {
    let form = world.outside.block_on(opened.modal()).ok()?;
    let sent = world
        .discord
        .person("carol")
        .unwrap()
        .submits(&form, fields)
        .unwrap();
    world.after(&sent);
    Some(sent)
}

/// The value of a menu's option that begins so.
pub(super) fn option(
    message: &portcullis::sandbox::discord::SeenMessage,
    menu: &str,
    beginning: &str,
) -> Option<String> {
    message
        .components
        .iter()
        .filter_map(|row| row["components"].as_array())
        .flatten()
        .filter(|part| part["placeholder"].as_str() == Some(menu))
        .filter_map(|part| part["options"].as_array())
        .flatten()
        .filter_map(|option| option["value"].as_str())
        .find(|value| value.starts_with(beginning))
        .map(str::to_owned)
}

/// `None`: a crash kept the answer from coming.
fn adds(world: &mut World, machine: &str, fields: &[(&str, &str)]) -> Option<Answer> {
    let answer = world.types("carol", &format!("/jit ports vm:{machine}"));
    let menu = answer.message().filter(|menu| menu.offers("Add a port"))?;
    let opened = world.clicks("carol", &menu, "Add a port");
    sends(world, &opened, fields);
    Some(answer)
}

#[test]
fn the_ports_are_listed_with_their_limits() {
    let mut world = World::new();
    let told = world.is_told("carol", "/jit ports vm:db-01");
    for part in [
        "JIT policy default of group prod-data",
        "SSH 22 (any protocol, from any address, for at most 1h)",
        "5432 (any protocol, from 198.51.100.0/24, for at most 1h)",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let told = world.is_told("carol", "/jit ports vm:api-01");
    assert!(told.contains("is not under JIT"), "{told}");
}

#[test]
fn a_port_is_added() {
    let mut world = World::new();
    let answer = adds(
        &mut world,
        "web-01",
        &[
            ("number", "8443"),
            ("protocol", "tcp"),
            ("sources", "198.51.100.0/24, 203.0.113.7"),
            ("limit", "45m"),
        ],
    )
    .unwrap();
    let shown = answer.message().unwrap().text();
    assert!(
        shown.contains("gets 8443 (TCP, from 198.51.100.0/24 and 203.0.113.7, for at most 45m)"),
        "{shown}"
    );
    press(&mut world, &answer, "Confirm");
    world.minutes(5);
    let ports = world.azure.policy_ports("web-01", "default");
    assert_eq!(ports.len(), 3, "{:#?}", world.trail());
    assert_eq!(ports[0], PolicyPort::any_source(22, "PT3H"));
    assert_eq!(
        ports[2],
        PolicyPort {
            number: 8443,
            protocol: "TCP".to_owned(),
            allowed_source_address_prefix: None,
            allowed_source_address_prefixes: Some(vec![
                "198.51.100.0/24".to_owned(),
                "203.0.113.7".to_owned()
            ]),
            max_request_access_duration: "PT45M".to_owned(),
        }
    );
}

#[test]
fn what_is_typed_wrong_is_said_and_the_form_can_be_sent_again() {
    let mut world = World::new();
    let number = ("number", "8443");
    for (fields, part) in [
        (vec![("number", "70000")], "`70000` names no port"),
        (vec![("number", "22")], "JIT guards SSH 22 on **web-01** already"),
        (vec![number, ("protocol", "icmp")], "`icmp` is no protocol"),
        (vec![number, ("sources", "2001:db8::1")], "only IPv4"),
        (vec![number, ("sources", "Internet")], "service tag"),
        (
            vec![number, ("sources", "198.51.100.7/24")],
            "`198.51.100.0/24` if the whole network",
        ),
        (vec![number, ("limit", "1m")], "no less than 5 minutes"),
        (vec![number, ("limit", "2 days")], "no more than 24 hours"),
    ] {
        let answer = adds(&mut world, "web-01", &fields).unwrap();
        let message = answer.message().unwrap();
        let told = message.text();
        assert!(
            told.contains("Nothing was changed") && told.contains(part),
            "{part}:\n{told}"
        );
        assert!(message.offers("Add a port"), "it can be sent again");
    }
    assert!(world.records().is_empty());
}

#[test]
fn limits_are_made_narrower_and_nothing_else_changes() {
    let mut world = World::new();
    changes(
        &mut world,
        "web-02",
        443,
        &[("sources", "198.51.100.0/24"), ("limit", "")],
    );
    world.minutes(5);
    let ports = world.azure.policy_ports("web-02", "default");
    assert_eq!(ports[0], PolicyPort::any_source(22, "PT3H"));
    assert_eq!(ports[1].allowed().collect::<Vec<_>>(), ["198.51.100.0/24"]);
    assert_eq!(
        ports[1].max_request_access_duration, "PT3H",
        "what is empty stays"
    );
    changes(&mut world, "web-02", 443, &[]);
    assert!(super::configure::own(&world).contains("as you want it already"));
}

#[test]
fn a_port_is_taken_out_and_the_last_one_takes_the_machine_along() {
    let mut world = World::new();
    for (port, left) in [(443, 1), (22, 0)] {
        let answer = world.types("carol", "/jit ports vm:web-02");
        let menu = answer.message().unwrap();
        let chosen = world
            .discord
            .person("carol")
            .unwrap()
            .selects(menu.id, "Take a port out", &[&port.to_string()])
            .unwrap();
        world.after(&chosen);
        let shown = answer.message().unwrap().text();
        assert!(shown.contains("the port may then be open"), "{shown}");
        press(&mut world, &answer, "Confirm");
        world.minutes(5);
        assert_eq!(
            world.azure.policy_ports("web-02", "default").len(),
            left,
            "{:#?}",
            world.trail()
        );
    }
    assert!(
        world
            .is_told("carol", "/jit ports vm:web-02")
            .contains("is not under JIT")
    );
    assert_eq!(world.azure.policy_ports("web-01", "default").len(), 2);
}

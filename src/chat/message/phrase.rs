//! The phrases that many messages share: people, machines, ports, sources, states of the power.

use crate::domain::{
    actor::{Person, Principal},
    ids::{RoleId, UserId},
    port::Port,
    request::{Request, Target},
    source::{Source, Unusual},
    vm::{Os, Power, Vm, VmId},
};

use super::{
    alone,
    limit::{joined, listed},
    quote::quoted_within,
};

/// Azure's own limit for the name of a VM or a group is 64 or 90; longer ones are cut.
const NAME: usize = 100;

/// A person as Discord shows them by their id: the name cannot be forged, and nobody is pinged by it.
pub(super) fn person(person: &Person) -> String {
    user(person.id)
}

/// A user by id.
pub(super) fn user(id: UserId) -> String {
    format!("<@{id}>")
}

/// A role by id.
fn role(id: RoleId) -> String {
    format!("<@&{id}>")
}

/// A role or a user.
pub(super) fn principal(principal: &Principal) -> String {
    match principal {
        Principal::Role(id) => role(*id),
        Principal::User(id) => user(*id),
    }
}

/// People in a sentence.
pub(super) fn people(people: &[Person], room: usize) -> String {
    let parts: Vec<_> = people.iter().map(person).collect();
    listed(&parts, room)
}

/// Who decided that it opens: people, or rules by themselves.
pub(super) fn deciders(request: &Request, room: usize) -> String {
    if request.is_approved_by_rule() {
        return alone::by_rules(request);
    }
    people(&request.approvers(), room)
}

/// The name of a machine.
pub(super) fn machine(vm: &VmId) -> String {
    quoted_within(vm.name(), NAME)
}

/// The name of a resource group or another thing in Azure.
pub(super) fn name(raw: &str) -> String {
    quoted_within(raw, NAME)
}

/// "SSH 22 on **web-01**".
pub(super) fn door(vm: &VmId, port: Port) -> String {
    format!("{port} on **{}**", machine(vm))
}

/// The ports of one target: "SSH 22, RDP 3389".
pub(super) fn ports(target: &Target, room: usize) -> String {
    let parts: Vec<_> = target.ports.iter().map(|entry| entry.port.to_string()).collect();
    joined(&parts, ", ", room)
}

/// All doors of a request in a sentence: "SSH 22 and RDP 3389 on **web-01** and SSH 22 on **web-02**".
pub(super) fn doors_of(request: &Request, room: usize) -> String {
    let parts: Vec<_> = request
        .targets
        .iter()
        .map(|target| {
            let ports: Vec<_> = target.ports.iter().map(|entry| entry.port.to_string()).collect();
            format!("{} on **{}**", listed(&ports, 200), machine(&target.vm))
        })
        .collect();
    listed(&parts, room)
}

/// Doors for a trail line, without emphasis: "web-01 · SSH 22, RDP 3389", or "web-01 SSH 22 + web-02 SSH 22".
pub(super) fn doors_plain<'a>(doors: impl Iterator<Item = (&'a VmId, Port)>, room: usize) -> String {
    let mut parts: Vec<(&VmId, Vec<String>)> = Vec::new();
    for (vm, port) in doors {
        match parts.iter_mut().find(|(known, _)| *known == vm) {
            Some((_, ports)) => ports.push(port.to_string()),
            None => parts.push((vm, vec![port.to_string()])),
        }
    }
    let gap = if parts.len() == 1 { " · " } else { " " };
    let parts: Vec<_> = parts
        .into_iter()
        .map(|(vm, ports)| format!("{}{gap}{}", machine(vm), joined(&ports, ", ", 200)))
        .collect();
    joined(&parts, " + ", room)
}

/// Where a machine is and how it is: "group Prod-Web, Linux, running".
pub(super) fn about(id: &VmId, vm: Option<&Vm>) -> String {
    let group = format!("group {}", name(id.group()));
    match vm {
        Some(vm) => format!("{group}, {}, {}", os(vm.os), power(vm.power)),
        None => format!("{group}, not in the inventory"),
    }
}

/// The operating system in plain words.
pub(super) fn os(os: Os) -> &'static str {
    match os {
        Os::Linux => "Linux",
        Os::Windows => "Windows",
        Os::Unknown => "operating system unknown",
    }
}

/// Azure's power state in plain words.
pub(super) fn power(power: Power) -> &'static str {
    match power {
        Power::Starting => "starting",
        Power::Running => "running",
        Power::Stopping => "stopping",
        Power::Stopped => "stopped",
        Power::Deallocating => "being deallocated",
        Power::Deallocated => "stopped (deallocated)",
        Power::Unknown => "power state unknown",
    }
}

/// A source, and what is unusual about it.
pub(super) fn source(source: Source) -> String {
    let mut shown = format!("`{source}`");
    for unusual in source.unusual() {
        shown.push_str(&match unusual {
            Unusual::Private => {
                ". This is a private address: it only reaches the machine from inside the network or a VPN"
                    .to_owned()
            }
            Unusual::CarrierNat => {
                ". This is a carrier's shared address (RFC 6598): many customers may be behind it".to_owned()
            }
            Unusual::Documentation => {
                ". This is a documentation address (RFC 5737): nobody can connect from it".to_owned()
            }
            Unusual::Network { addresses } => format!(". This is a network of {addresses} addresses"),
        });
    }
    shown
}

//! What is changed, in words: the same for the proposal, its progress and the trail.

use std::time::Duration;

use crate::{
    chat::message::{limit::listed, phrase},
    domain::{
        configuration::{VmChange, Wish},
        length::Length,
        vm::{AllowedSources, JitPolicyId, JitPort, Protocol, VmId},
    },
};

/// Room for the names of machines, and for ports with their limits.
#[derive(Debug, Clone, Copy)]
struct Room {
    names: usize,
    ports: usize,
}

/// Nothing is left out: what an administrator confirms is shown whole, or not proposed.
const WHOLE: Room = Room {
    names: 100_000,
    ports: 100_000,
};
/// For the trail, whose lines have an end.
const SHORT: Room = Room {
    names: 400,
    ports: 400,
};

/// How the names of machines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emphasis {
    Bold,
    Plain,
}

/// "JIT policy default of group prod-web in westeurope".
pub(in crate::chat::message) fn place(policy: &JitPolicyId) -> String {
    format!(
        "JIT policy {} of group {} in {}",
        phrase::name(policy.name()),
        phrase::name(policy.group()),
        phrase::name(policy.location())
    )
}

/// One sentence for all machines for which the same is wanted.
pub(super) fn lines(changes: &[VmChange]) -> Vec<String> {
    grouped(changes)
        .iter()
        .map(|(vms, change)| {
            format!(
                "{} {}.",
                names_within(vms, Emphasis::Bold, WHOLE.names),
                wish(change, Number::of(vms), WHOLE)
            )
        })
        .collect()
}

/// The same without emphasis and full stops, for the trail.
pub(in crate::chat::message) fn wishes_plain(changes: &[VmChange]) -> Vec<String> {
    grouped(changes)
        .iter()
        .map(|(vms, change)| {
            format!(
                "{} {}",
                names_within(vms, Emphasis::Plain, SHORT.names),
                wish(change, Number::of(vms), SHORT)
            )
        })
        .collect()
}

#[derive(Debug, Clone, Copy)]
enum Number {
    One,
    Many,
}

impl Number {
    fn of(vms: &[&VmId]) -> Self {
        if vms.len() > 1 { Self::Many } else { Self::One }
    }
}

fn grouped(changes: &[VmChange]) -> Vec<(Vec<&VmId>, &VmChange)> {
    let mut groups: Vec<(Vec<&VmId>, &VmChange)> = Vec::new();
    for change in changes {
        let alike = groups
            .iter_mut()
            .find(|(_, other)| other.before == change.before && other.wish == change.wish);
        match alike {
            Some((vms, _)) => vms.push(&change.vm),
            None => groups.push((vec![&change.vm], change)),
        }
    }
    groups
}

/// Machines in a sentence.
pub(super) fn names(vms: &[&VmId], emphasis: Emphasis) -> String {
    names_within(vms, emphasis, SHORT.names)
}

fn names_within(vms: &[&VmId], emphasis: Emphasis, room: usize) -> String {
    let parts: Vec<_> = vms
        .iter()
        .map(|vm| match emphasis {
            Emphasis::Bold => format!("**{}**", phrase::machine(vm)),
            Emphasis::Plain => phrase::machine(vm),
        })
        .collect();
    listed(&parts, room)
}

fn wish(change: &VmChange, number: Number, room: Room) -> String {
    let verb = |one: &'static str, many: &'static str| match number {
        Number::One => one,
        Number::Many => many,
    };
    match &change.wish {
        Wish::Guard { ports: wanted, .. } => {
            format!(
                "{} under JIT with {}",
                verb("comes", "come"),
                ports(wanted, room.ports)
            )
        }
        Wish::Unguard => format!(
            "{} out from under JIT, where {} {}",
            verb("goes", "go"),
            verb("it had", "they had"),
            ports(&change.before, room.ports)
        ),
        Wish::RemovePort { port } => {
            let gone: Vec<_> = change
                .before
                .iter()
                .filter(|jit| jit.port == *port)
                .cloned()
                .collect();
            format!("{} {}", verb("loses", "lose"), ports(&gone, room.ports))
        }
        Wish::SetPort { port } => match change.before.iter().find(|jit| jit.port == port.port) {
            Some(old) => format!(
                "{} {} from ({}) to ({})",
                verb("changes", "change"),
                port.port,
                limits(old),
                limits(port)
            ),
            None => format!(
                "{} {}",
                verb("gets", "get"),
                ports(std::slice::from_ref(port), room.ports)
            ),
        },
    }
}

/// "SSH 22 and RDP 3389 (any protocol, from any address, for at most 1h)", with ports of the same limits together.
fn ports(ports: &[JitPort], room: usize) -> String {
    let mut groups: Vec<(Vec<String>, String)> = Vec::new();
    for jit in ports {
        let limits = limits(jit);
        match groups.iter_mut().find(|(_, known)| *known == limits) {
            Some((numbers, _)) => numbers.push(jit.port.to_string()),
            None => groups.push((vec![jit.port.to_string()], limits)),
        }
    }
    let parts: Vec<_> = groups
        .into_iter()
        .map(|(numbers, limits)| format!("{} ({limits})", listed(&numbers, 300)))
        .collect();
    listed(&parts, room)
}

/// "TCP, from 198.51.100.0/24, for at most 1h".
pub(super) fn limits(jit: &JitPort) -> String {
    format!(
        "{}, from {}, for at most {}",
        protocol(jit.protocol),
        sources(&jit.sources),
        length(jit.max)
    )
}

pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Any => "any protocol",
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    }
}

fn sources(sources: &AllowedSources) -> String {
    match sources {
        AllowedSources::Any => "any address".to_owned(),
        AllowedSources::Only(nets) if nets.is_empty() => "no IPv4 address".to_owned(),
        AllowedSources::Only(nets) => {
            let parts: Vec<_> = nets.iter().map(|net| source(*net)).collect();
            listed(&parts, 500)
        }
    }
}

/// A single address without its `/32`.
pub(super) fn source(net: ipnet::Ipv4Net) -> String {
    if net.prefix_len() == 32 {
        net.addr().to_string()
    } else {
        net.to_string()
    }
}

pub(super) fn length(max: Duration) -> String {
    Length::new(max).map_or_else(|_| format!("{}s", max.as_secs()), |length| length.to_string())
}

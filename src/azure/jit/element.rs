//! One machine of a JIT policy's list, as it is to be: its members and ports that are not meant stay as they came.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json, value::RawValue};

use super::{policy::port as read_port, wire::PolicyPort};
use crate::domain::{
    configuration::{VmChange, Wish},
    port::Port,
    vm::{AllowedSources, JitPort, Protocol},
};

type Members = BTreeMap<String, Box<RawValue>>;

/// The machine's new element: `Some(None)` where it goes out, `None` where the old one cannot be understood.
pub(super) fn element(change: &VmChange, old: Option<&RawValue>) -> Option<Option<Box<RawValue>>> {
    let mut members: Members = match old {
        Some(raw) => serde_json::from_str(raw.get()).ok()?,
        None => BTreeMap::from([("id".to_owned(), raw(&Value::from(change.vm.to_string()))?)]),
    };
    let mut ports: Vec<Box<RawValue>> = match members.get("ports") {
        Some(raw) => serde_json::from_str(raw.get()).ok()?,
        None => Vec::new(),
    };
    match &change.wish {
        Wish::Unguard => return Some(None),
        Wish::Guard {
            ports: wanted,
            firewall,
        } => {
            ports = wanted
                .iter()
                .map(|jit| port_element(jit, None))
                .collect::<Option<_>>()?;
            if let Some(address) = firewall {
                members.insert(
                    "publicIpAddress".to_owned(),
                    raw(&Value::from(address.to_string()))?,
                );
            }
        }
        Wish::RemovePort { port } => ports.retain(|raw| number(raw) != Some(*port)),
        Wish::SetPort { port } => match ports.iter_mut().find(|raw| number(raw) == Some(port.port)) {
            Some(known) => *known = port_element(port, Some(known))?,
            None => ports.push(port_element(port, None)?),
        },
    }
    // A machine without a port is no entry that Azure takes.
    if ports.is_empty() {
        return Some(None);
    }
    let list: Vec<_> = ports.iter().map(|raw| raw.get()).collect();
    members.insert(
        "ports".to_owned(),
        RawValue::from_string(format!("[{}]", list.join(","))).ok()?,
    );
    Some(Some(joined(&members)?))
}

/// A port with our limits; members of the old one that are not ours stay.
fn port_element(jit: &JitPort, old: Option<&RawValue>) -> Option<Box<RawValue>> {
    let mut members: Members = match old {
        Some(raw) => serde_json::from_str(raw.get()).ok()?,
        None => BTreeMap::new(),
    };
    let protocol = match jit.protocol {
        Protocol::Any => "*",
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    };
    let mut wanted = vec![
        ("number", Value::from(jit.port.number())),
        ("protocol", Value::from(protocol)),
        ("maxRequestAccessDuration", Value::from(iso(jit.max))),
    ];
    // The two exclude each other; exactly one is sent.
    members.remove("allowedSourceAddressPrefix");
    members.remove("allowedSourceAddressPrefixes");
    wanted.push(match &jit.sources {
        AllowedSources::Any => ("allowedSourceAddressPrefix", Value::from("*")),
        AllowedSources::Only(nets) => match nets.as_slice() {
            [one] => ("allowedSourceAddressPrefix", Value::from(prefix(*one))),
            nets => (
                "allowedSourceAddressPrefixes",
                json!(nets.iter().map(|net| prefix(*net)).collect::<Vec<_>>()),
            ),
        },
    });
    for (name, value) in wanted {
        members.insert(name.to_owned(), raw(&value)?);
    }
    joined(&members)
}

fn prefix(net: ipnet::Ipv4Net) -> String {
    if net.prefix_len() == 32 {
        net.addr().to_string()
    } else {
        net.to_string()
    }
}

/// `PT1H30M`; a day is `PT24H`, which the API takes as well as `P1D`.
fn iso(length: Duration) -> String {
    let seconds = length.as_secs();
    let mut text = "PT".to_owned();
    for (amount, unit) in [
        (seconds / 3600, 'H'),
        (seconds / 60 % 60, 'M'),
        (seconds % 60, 'S'),
    ] {
        if amount > 0 {
            text.push_str(&format!("{amount}{unit}"));
        }
    }
    text
}

fn number(raw: &RawValue) -> Option<Port> {
    read_port(&serde_json::from_str::<PolicyPort>(raw.get()).ok()?).map(|jit| jit.port)
}

fn raw(value: &Value) -> Option<Box<RawValue>> {
    RawValue::from_string(value.to_string()).ok()
}

fn joined(members: &Members) -> Option<Box<RawValue>> {
    let parts: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), value.get()))
        .collect();
    RawValue::from_string(format!("{{{}}}", parts.join(","))).ok()
}

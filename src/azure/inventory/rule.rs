//! One rule of a network security group, as far as it lets somebody in.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::Deserialize;
use serde_json::Value;

use super::rows::{list, text};
use crate::domain::{port::Port, text::FreeText};

/// An inbound rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) priority: u32,
    pub(super) allows: bool,
    /// Made by JIT for a window, and gone with it.
    pub(super) is_window: bool,
    over_tcp: bool,
    ports: Vec<(u16, u16)>,
    sources: Vec<String>,
    destinations: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "text")]
    name: String,
    properties: Properties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    priority: u32,
    direction: String,
    access: String,
    #[serde(default, deserialize_with = "text")]
    protocol: String,
    #[serde(default, deserialize_with = "text")]
    destination_port_range: String,
    #[serde(default, deserialize_with = "list")]
    destination_port_ranges: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    source_address_prefix: String,
    #[serde(default, deserialize_with = "list")]
    source_address_prefixes: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    destination_address_prefix: String,
    #[serde(default, deserialize_with = "list")]
    destination_address_prefixes: Vec<String>,
}

impl Rule {
    /// The inbound rule in `value`, or `None` for one that is outbound or cannot be read.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let Body { name, properties } = Body::deserialize(value).ok()?;
        if !properties.direction.eq_ignore_ascii_case("Inbound") {
            return None;
        }
        let is_window = ["MicrosoftDefenderForCloud-JITRule-", "SecurityCenter-JITRule-"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        Some(Self {
            name: cleaned(&name),
            priority: properties.priority,
            allows: properties.access.eq_ignore_ascii_case("Allow"),
            is_window,
            over_tcp: matches!(
                properties.protocol.to_ascii_lowercase().as_str(),
                "*" | "tcp" | ""
            ),
            ports: both(
                properties.destination_port_range,
                properties.destination_port_ranges,
            )
            .filter_map(|range| ports(&range))
            .collect(),
            sources: both(
                properties.source_address_prefix,
                properties.source_address_prefixes,
            )
            .collect(),
            destinations: both(
                properties.destination_address_prefix,
                properties.destination_address_prefixes,
            )
            .collect(),
        })
    }

    /// Whether the rule is about `port` over TCP, on a machine with this private address.
    pub(super) fn concerns(&self, port: Port, private: Option<Ipv4Addr>) -> bool {
        let number = port.number();
        self.over_tcp
            && self
                .ports
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&number))
            && self.destinations.iter().any(|to| reaches(to, private))
    }

    /// The source by which the rule is about half the world, as the rule writes it.
    pub(super) fn broad_source(&self) -> Option<String> {
        self.sources
            .iter()
            .find(|source| is_broad(source))
            .map(|source| cleaned(source))
    }

    /// Whether the rule is about everybody.
    pub(super) fn is_for_everybody(&self) -> bool {
        self.sources.iter().any(|source| is_everybody(source))
    }
}

fn both(one: String, several: Vec<String>) -> impl Iterator<Item = String> {
    std::iter::once(one)
        .chain(several)
        .filter(|text| !text.is_empty())
}

fn ports(range: &str) -> Option<(u16, u16)> {
    if range == "*" {
        return Some((0, u16::MAX));
    }
    let (low, high) = range.split_once('-').unwrap_or((range, range));
    Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
}

fn network(text: &str) -> Option<Ipv4Net> {
    text.parse::<Ipv4Addr>()
        .map(Ipv4Net::from)
        .or_else(|_| text.parse())
        .ok()
}

fn reaches(destination: &str, private: Option<Ipv4Addr>) -> bool {
    if is_everybody(destination) || destination == "VirtualNetwork" {
        return true;
    }
    match (network(destination), private) {
        (Some(net), Some(address)) => net.contains(&address),
        _ => false,
    }
}

fn is_everybody(text: &str) -> bool {
    matches!(text, "*" | "Any" | "any" | "Internet" | "INTERNET" | "internet")
        || network(text).is_some_and(|net| net.prefix_len() == 0)
}

/// Everybody, all of Azure's customers, or a network wider than /16.
fn is_broad(text: &str) -> bool {
    is_everybody(text)
        || text == "AzureCloud"
        || text.starts_with("AzureCloud.")
        || network(text).is_some_and(|net| net.prefix_len() < 16)
}

fn cleaned(text: &str) -> String {
    FreeText::new(text)
        .map(|text| text.to_string())
        .unwrap_or_default()
}

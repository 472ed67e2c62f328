//! Network security groups: rules in order of priority, the lowest number first.
//!
//! Must not know: JIT. It writes rules here like anybody else.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub(crate) struct Nsg {
    pub id: String,
    pub region: String,
    pub rules: Vec<SecurityRule>,
    /// Re-evaluates flows when rules change, and so cuts sessions.
    pub flush_connection: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    Allow,
    Deny,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    Inbound,
    Outbound,
}

/// One rule. Sources, destinations and ports are as Azure writes them: `*`, a tag, an address, a network, `22`, `8000-8010`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecurityRule {
    pub name: String,
    /// 100..=4096, lower first, unique per direction.
    pub priority: u16,
    pub direction: Direction,
    pub access: Access,
    /// `Tcp`, `Udp`, `Icmp` or `*`.
    pub protocol: String,
    pub sources: Vec<String>,
    pub destinations: Vec<String>,
    pub destination_ports: Vec<String>,
    #[serde(default)]
    pub description: String,
}

impl SecurityRule {
    /// A rule for inbound TCP, which is what most rules of a demo world are.
    pub fn inbound(
        name: &str,
        priority: u16,
        access: Access,
        source: &str,
        destination: &str,
        ports: &[&str],
    ) -> Self {
        Self {
            name: name.to_owned(),
            priority,
            direction: Direction::Inbound,
            access,
            protocol: "Tcp".to_owned(),
            sources: vec![source.to_owned()],
            destinations: vec![destination.to_owned()],
            destination_ports: ports.iter().map(|&port| port.to_owned()).collect(),
            description: String::new(),
        }
    }

    fn covers(&self, source: Ipv4Addr, destination: Ipv4Addr, port: u16) -> bool {
        self.direction == Direction::Inbound
            && matches!(self.protocol.as_str(), "*" | "Tcp")
            && self.sources.iter().any(|prefix| holds(prefix, source))
            && self.destinations.iter().any(|prefix| holds(prefix, destination))
            && self.destination_ports.iter().any(|range| spans(range, port))
    }
}

impl Nsg {
    /// Whether a TCP connection would be let in: the first rule that covers it decides.
    pub(crate) fn lets_in(&self, source: Ipv4Addr, destination: Ipv4Addr, port: u16) -> bool {
        let mut rules: Vec<_> = self.rules.iter().chain(DEFAULTS.iter()).collect();
        rules.sort_by_key(|rule| rule.priority);
        rules
            .into_iter()
            .find(|rule| rule.covers(source, destination, port))
            .is_some_and(|rule| rule.access == Access::Allow)
    }

    /// The lowest priority number from `first` on that no inbound rule has.
    pub(crate) fn free_from(&self, first: u16) -> u16 {
        (first..=4096)
            .find(|&priority| self.is_free(priority))
            .unwrap_or(4096)
    }

    /// The highest priority number from `last` down that no inbound rule has.
    pub(crate) fn free_down_from(&self, last: u16) -> u16 {
        (100..=last)
            .rev()
            .find(|&priority| self.is_free(priority))
            .unwrap_or(100)
    }

    fn is_free(&self, priority: u16) -> bool {
        !self
            .rules
            .iter()
            .any(|rule| rule.direction == Direction::Inbound && rule.priority == priority)
    }
}

/// The rules that every group ends with.
pub(crate) static DEFAULTS: std::sync::LazyLock<Vec<SecurityRule>> = std::sync::LazyLock::new(|| {
    let default = |name: &str, priority, direction, access, source: &str, destination: &str| SecurityRule {
        name: name.to_owned(),
        priority,
        direction,
        access,
        protocol: "*".to_owned(),
        sources: vec![source.to_owned()],
        destinations: vec![destination.to_owned()],
        destination_ports: vec!["*".to_owned()],
        description: String::new(),
    };
    use {Access::*, Direction::*};
    let net = "VirtualNetwork";
    let balancer = "AzureLoadBalancer";
    vec![
        default("AllowVnetInBound", 65000, Inbound, Allow, net, net),
        default(
            "AllowAzureLoadBalancerInBound",
            65001,
            Inbound,
            Allow,
            balancer,
            "*",
        ),
        default("DenyAllInBound", 65500, Inbound, Deny, "*", "*"),
        default("AllowVnetOutBound", 65000, Outbound, Allow, net, net),
        default("AllowInternetOutBound", 65001, Outbound, Allow, "*", "Internet"),
        default("DenyAllOutBound", 65500, Outbound, Deny, "*", "*"),
    ]
});

fn holds(prefix: &str, address: Ipv4Addr) -> bool {
    match prefix {
        "*" | "Any" | "0.0.0.0/0" => true,
        "Internet" => !address.is_private(),
        "VirtualNetwork" => address.is_private(),
        _ => prefix
            .parse::<Ipv4Net>()
            .map(|network| network.contains(&address))
            .or_else(|_| prefix.parse::<Ipv4Addr>().map(|single| single == address))
            .unwrap_or(false),
    }
}

fn spans(range: &str, port: u16) -> bool {
    if range == "*" {
        return true;
    }
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last).contains(&port),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_priority_number_decides() {
        let mut group = Nsg {
            id: String::new(),
            region: String::new(),
            rules: vec![SecurityRule::inbound(
                "deny",
                1000,
                Access::Deny,
                "*",
                "10.0.0.4",
                &["22"],
            )],
            flush_connection: false,
        };
        let outside = Ipv4Addr::new(198, 51, 100, 7);
        let machine = Ipv4Addr::new(10, 0, 0, 4);
        assert!(!group.lets_in(outside, machine, 22));
        let open = SecurityRule::inbound("open", 300, Access::Allow, "Internet", "*", &["20-30"]);
        group.rules.push(open);
        assert!(group.lets_in(outside, machine, 22));
        assert!(!group.lets_in(outside, machine, 31));
        assert_eq!(group.free_from(300), 301);
    }
}

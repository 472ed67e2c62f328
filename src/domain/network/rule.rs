//! One inbound rule of a group.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Peer;
use crate::domain::{port::Port, vm::Protocol};

/// The prefixes of the names of JIT's rules: today's, and the one until 2023.
const JIT: [&str; 2] = ["MicrosoftDefenderForCloud-JITRule", "SecurityCenter-JITRule"];

/// An inbound rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub name: String,
    pub priority: u32,
    pub access: Access,
    pub protocol: RuleProtocol,
    /// Ports of the machine.
    pub ports: Vec<PortRange>,
    pub sources: Vec<Peer>,
    pub destinations: Vec<Peer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Allow,
    Deny,
    /// A part of the rule could not be read, so it may do either; what could be read of it stands in the other
    /// fields, and what could not is as wide as it can be.
    Unread,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleProtocol {
    Any,
    Tcp,
    Udp,
    /// ICMP and others, which have no ports.
    Other,
}

/// Ports from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRange(pub u16, pub u16);

/// What a rule that JIT made is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JitRule {
    /// Keeps the ports of a machine shut.
    Deny,
    /// Lets one window in, and goes with it.
    Allow,
}

impl Rule {
    /// The rules that every group ends with, as far as they are about what comes in.
    pub fn defaults() -> [Self; 3] {
        let rule = |name: &str, priority, access, source, destination| Self {
            name: name.to_owned(),
            priority,
            access,
            protocol: RuleProtocol::Any,
            ports: vec![PortRange::ALL],
            sources: vec![source],
            destinations: vec![destination],
        };
        let inside = Peer::VirtualNetwork;
        [
            rule("AllowVnetInBound", 65_000, Access::Allow, inside.clone(), inside),
            rule(
                "AllowAzureLoadBalancerInBound",
                65_001,
                Access::Allow,
                Peer::LoadBalancer,
                Peer::Everybody,
            ),
            rule(
                "DenyAllInBound",
                65_500,
                Access::Deny,
                Peer::Everybody,
                Peer::Everybody,
            ),
        ]
    }

    /// Whether it is one of the rules that every group ends with.
    pub fn is_default(&self) -> bool {
        self.priority > 4_096
    }

    /// What it is for, if JIT made it.
    pub fn jit(&self) -> Option<JitRule> {
        let rest = JIT.iter().find_map(|prefix| self.name.strip_prefix(prefix))?;
        match rest.as_bytes().first() {
            Some(b'_') => Some(JitRule::Deny),
            Some(b'-') => Some(JitRule::Allow),
            _ => None,
        }
    }

    /// Whether it is about `port` over `protocol` on a machine with this address; `None` where that cannot be told.
    pub(super) fn concerns(&self, port: Port, protocol: Protocol, private: Option<Ipv4Addr>) -> Option<bool> {
        let protocol_fits = matches!(
            (self.protocol, protocol),
            (RuleProtocol::Any, _)
                | (RuleProtocol::Tcp, Protocol::Tcp | Protocol::Any)
                | (RuleProtocol::Udp, Protocol::Udp | Protocol::Any)
        );
        if !protocol_fits || !self.ports.iter().any(|range| range.contains(port)) {
            return Some(false);
        }
        let reached: Vec<_> = self
            .destinations
            .iter()
            .map(|destination| destination.reaches(private))
            .collect();
        if reached.contains(&Some(true)) {
            Some(true)
        } else if reached.contains(&None) {
            None
        } else {
            Some(false)
        }
    }

    /// Whether it may matter for one of `ports` of a machine with this address.
    pub fn matters(&self, ports: &[Port], private: Option<Ipv4Addr>) -> bool {
        ports
            .iter()
            .any(|port| self.concerns(*port, Protocol::Any, private) != Some(false))
    }
}

impl PortRange {
    /// Every port.
    pub const ALL: Self = Self(0, u16::MAX);

    /// The range in `text`: `*`, `22`, `8000-8010`.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" {
            return Some(Self::ALL);
        }
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        Some(Self(low.trim().parse().ok()?, high.trim().parse().ok()?))
    }

    fn contains(self, port: Port) -> bool {
        (self.0..=self.1).contains(&port.number())
    }
}

//! The resources of a tenant, as far as JIT touches them.
//!
//! Must not know: HTTP, time.

use std::{collections::BTreeMap, net::Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// How two resource ids are compared: without regard to case, as Resource Manager does.
pub(crate) fn key(id: &str) -> String {
    id.trim_end_matches('/').to_ascii_lowercase()
}

/// A subscription and the Defender for Servers plan that is switched on in it.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    /// A UUID in lower case.
    pub id: String,
    pub name: String,
    pub plan: Plan,
    /// When the plan was first switched on, if the demo world does not say so: only then there is a trial.
    pub enabled_at: Option<Instant>,
    /// Until when the plan costs nothing.
    pub trial_until: Option<Instant>,
    /// How it stands with Microsoft.Security.
    pub security: Registration,
}

/// Whether a subscription may use a resource provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registration {
    NotRegistered,
    Registering { until: Instant },
    Registered,
}

impl Registration {
    /// As Resource Manager writes it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::NotRegistered => "NotRegistered",
            Self::Registering { .. } => "Registering",
            Self::Registered => "Registered",
        }
    }
}

/// A Defender for Servers plan; JIT needs [`Plan::P2`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plan {
    Free,
    P1,
    P2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OperatingSystem {
    Linux,
    Windows,
}

/// The power states that Compute reports behind `PowerState/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Power {
    Starting,
    Running,
    Stopping,
    Stopped,
    Deallocating,
    Deallocated,
}

impl Power {
    /// The last part of the status code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Deallocating => "deallocating",
            Self::Deallocated => "deallocated",
        }
    }

    /// The status as the portal words it.
    pub fn display(self) -> &'static str {
        match self {
            Self::Starting => "VM starting",
            Self::Running => "VM running",
            Self::Stopping => "VM stopping",
            Self::Stopped => "VM stopped",
            Self::Deallocating => "VM deallocating",
            Self::Deallocated => "VM deallocated",
        }
    }
}

/// A virtual machine; a classic one has no network interface that Resource Manager knows.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub id: String,
    pub name: String,
    pub group: String,
    pub subscription: String,
    pub region: String,
    pub os: OperatingSystem,
    pub power: Power,
    pub tags: BTreeMap<String, String>,
    pub admin: Option<String>,
    pub nic: Option<String>,
    /// Set when this machine alone has another plan than its subscription.
    pub plan: Option<Plan>,
    pub classic: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Nic {
    pub id: String,
    pub region: String,
    pub machine: String,
    pub private_ip: Ipv4Addr,
    pub public_ip: Option<String>,
    pub subnet: String,
    pub nsg: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct PublicIp {
    pub id: String,
    pub region: String,
    pub address: Ipv4Addr,
    pub fqdn: Option<String>,
    /// A dynamic address is absent while its machine is deallocated.
    pub dynamic: bool,
    pub machine: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub id: String,
    pub region: String,
    pub prefix: String,
    pub subnets: Vec<Subnet>,
}

#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub id: String,
    pub prefix: String,
    pub nsg: Option<String>,
}

/// An Azure Firewall.
#[derive(Debug, Clone)]
pub(crate) struct Firewall {
    pub id: String,
    pub region: String,
    pub network: String,
    pub public_ip: Ipv4Addr,
    /// The Firewall Policy that has its rules; `None`: classic rules, which alone JIT can write.
    pub policy: Option<String>,
    pub translations: Vec<Translation>,
}

/// A DNAT rule that JIT wrote: the outside port that leads to a machine's port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Translation {
    pub name: String,
    pub source: String,
    pub outside_port: u16,
    pub destination: Ipv4Addr,
    pub port: u16,
}

impl Translation {
    /// Whether a connection from `source` is translated.
    pub(crate) fn lets(&self, source: Ipv4Addr) -> bool {
        let network = self.source.parse::<ipnet::Ipv4Net>();
        self.source == "*"
            || self.source.parse() == Ok(source)
            || network.is_ok_and(|network| network.contains(&source))
    }
}

//! Whom a rule is about, as the rule writes it.

use std::{fmt, net::Ipv4Addr};

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::set::Set;

/// A source or a destination of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Peer {
    /// `*`
    Everybody,
    /// Everything outside of the virtual network.
    Internet,
    /// The virtual network, and all networks that are joined to it.
    VirtualNetwork,
    /// Azure's probes of the load balancer; nobody connects from there.
    LoadBalancer,
    Net(Ipv4Net),
    /// Another service tag, such as `AzureCloud.WestEurope`: which addresses it has, only Azure knows.
    Tag(String),
    /// An application security group: the machines in it, which the rule does not name.
    Group(String),
    /// An IPv6 network: nothing of this kind is asked for here.
    Other(String),
}

impl Peer {
    /// The peer that `text` names.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(net) = network(text) {
            return if net.prefix_len() == 0 {
                Self::Everybody
            } else {
                Self::Net(net)
            };
        }
        match text.to_ascii_lowercase().as_str() {
            "*" | "any" => Self::Everybody,
            "internet" => Self::Internet,
            "virtualnetwork" => Self::VirtualNetwork,
            "azureloadbalancer" => Self::LoadBalancer,
            _ if text.contains("/applicationSecurityGroups/") => Self::Group(text.to_owned()),
            _ if text.contains(':') => Self::Other(text.to_owned()),
            _ => Self::Tag(text.to_owned()),
        }
    }

    /// The addresses, or `None` where only Azure knows them.
    pub(super) fn addresses(&self) -> Option<Set> {
        match self {
            Self::Everybody => Some(Set::all()),
            Self::Internet => Some(Set::all().without(&Set::private())),
            Self::VirtualNetwork => Some(Set::private()),
            Self::Net(net) => Some(Set::of(*net)),
            Self::LoadBalancer | Self::Other(_) => Some(Set::default()),
            Self::Tag(_) | Self::Group(_) => None,
        }
    }

    /// Whether it could be half the world: everybody, all of Azure's customers, or a network wider than /16.
    pub(super) fn is_broad(&self) -> bool {
        match self {
            Self::Everybody | Self::Internet => true,
            Self::Net(net) => net.prefix_len() < 16,
            Self::Tag(tag) => {
                let tag = tag.to_ascii_lowercase();
                tag == "azurecloud" || tag.starts_with("azurecloud.")
            }
            Self::VirtualNetwork | Self::LoadBalancer | Self::Group(_) | Self::Other(_) => false,
        }
    }

    /// Whether a machine with this private address is meant; `None` where that cannot be told.
    pub(super) fn reaches(&self, private: Option<Ipv4Addr>) -> Option<bool> {
        match self {
            Self::Everybody | Self::VirtualNetwork => Some(true),
            Self::Net(net) => private.map(|address| net.contains(&address)),
            Self::Group(_) => None,
            // What comes in has been given the private address by then.
            Self::Internet | Self::LoadBalancer | Self::Tag(_) | Self::Other(_) => Some(false),
        }
    }
}

fn network(text: &str) -> Option<Ipv4Net> {
    text.parse::<Ipv4Addr>()
        .map(Ipv4Net::from)
        .or_else(|_| text.parse::<Ipv4Net>().map(|net| net.trunc()))
        .ok()
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everybody => f.write_str("*"),
            Self::Internet => f.write_str("Internet"),
            Self::VirtualNetwork => f.write_str("VirtualNetwork"),
            Self::LoadBalancer => f.write_str("AzureLoadBalancer"),
            Self::Net(net) if net.prefix_len() == 32 => net.addr().fmt(f),
            Self::Net(net) => net.fmt(f),
            Self::Group(id) => f.write_str(super::name_of(id)),
            Self::Tag(text) | Self::Other(text) => f.write_str(text),
        }
    }
}

impl From<Peer> for String {
    fn from(peer: Peer) -> Self {
        match peer {
            Peer::Group(id) => id,
            peer => peer.to_string(),
        }
    }
}

impl From<String> for Peer {
    fn from(text: String) -> Self {
        Self::read(&text)
    }
}

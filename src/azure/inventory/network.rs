//! The networks around the machines, by lower-cased id.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
};

use super::{
    rows::{Configuration, Firewall, Group, Interface, Machine, Network, PublicAddress},
    rule::Rule,
};
use crate::domain::{
    text::FreeText,
    vm::{Address, Guard, Nic},
};

/// Where a machine stands in the network.
#[derive(Debug, Default)]
pub(super) struct Place<'a> {
    pub(super) address: Address,
    /// Whether something that JIT can use stands in front; `None` where a subnet could not be read.
    pub(super) guarded: Option<bool>,
    /// For each interface: its private address, and the rules of each group on the way.
    pub(super) paths: Vec<(Option<Ipv4Addr>, Vec<&'a [Rule]>)>,
    pub(super) nics: Vec<Nic>,
}

/// All networks that could be read.
#[derive(Debug, Default)]
pub(super) struct Networks {
    interfaces: HashMap<String, Interface>,
    /// The network security group of each subnet.
    subnets: HashMap<String, Option<String>>,
    public: HashMap<String, PublicAddress>,
    groups: HashMap<String, (Vec<Rule>, bool)>,
    /// The virtual networks with a firewall that JIT can use.
    behind_firewall: HashSet<String>,
}

impl Networks {
    pub(super) fn new(
        interfaces: Vec<Interface>,
        networks: Vec<Network>,
        public: Vec<PublicAddress>,
        groups: Vec<Group>,
        firewalls: &[Firewall],
    ) -> Self {
        let subnets = networks.into_iter().flat_map(|network| network.subnets);
        Self {
            interfaces: interfaces
                .into_iter()
                .map(|row| (row.id.to_lowercase(), row))
                .collect(),
            subnets: subnets
                .map(|row| {
                    let group = row.properties.group.map(|group| group.id.to_lowercase());
                    (row.id.to_lowercase(), group)
                })
                .collect(),
            public: public
                .into_iter()
                .map(|row| (row.id.to_lowercase(), row))
                .collect(),
            groups: groups
                .into_iter()
                .map(|row| {
                    let mut rules: Vec<_> = row.rules.iter().filter_map(Rule::read).collect();
                    rules.sort_by_key(|rule| rule.priority);
                    (row.id.to_lowercase(), (rules, row.flush.unwrap_or(false)))
                })
                .collect(),
            behind_firewall: firewalls
                .iter()
                .filter(|row| row.policy.is_empty())
                .flat_map(|row| &row.configurations)
                .filter_map(|row| network_of(&subnet_id(row)?))
                .collect(),
        }
    }

    /// Where `machine` stands.
    pub(super) fn place(&self, machine: &Machine) -> Place<'_> {
        let mut place = Place::default();
        let mut guards = Vec::new();
        // The primary interface comes first; with only one there is no mark.
        let (primary, others): (Vec<_>, Vec<_>) = machine.interfaces.iter().partition(|nic| nic.is_primary());
        for reference in primary.into_iter().chain(others) {
            let Some(interface) = self.interfaces.get(&reference.id.to_lowercase()) else {
                guards.push(None);
                continue;
            };
            let configuration = main_configuration(interface);
            let private = configuration.and_then(|row| row.properties.private_address.parse().ok());
            if place.paths.is_empty() {
                place.address = self.address(configuration, private);
            }
            let subnet = configuration.and_then(subnet_id);
            let (guarded, ids) = self.guards(interface, subnet.as_deref());
            guards.push(guarded);
            place
                .paths
                .push((private, ids.iter().map(|id| self.rules(id)).collect()));
            if let Ok(id) = reference.id.parse() {
                let groups = ids.iter().filter_map(|id| self.guard(id)).collect();
                place.nics.push(Nic { id, private, groups });
            }
        }
        place.guarded = if guards.contains(&Some(true)) {
            Some(true)
        } else if guards.contains(&None) {
            None
        } else {
            Some(false)
        };
        place
    }

    fn address(&self, configuration: Option<&Configuration>, private: Option<Ipv4Addr>) -> Address {
        let public = configuration
            .and_then(|row| row.properties.public_address.as_ref())
            .and_then(|reference| self.public.get(&reference.id.to_lowercase()));
        Address {
            private,
            public: public.and_then(|row| row.address.parse().ok()),
            dns: public
                .and_then(|row| FreeText::new(&row.dns))
                .map(|dns| dns.to_string()),
            firewall: None,
        }
    }

    fn guards(&self, interface: &Interface, subnet: Option<&str>) -> (Option<bool>, Vec<String>) {
        let own = Some(interface.group.to_lowercase()).filter(|id| !id.is_empty());
        let around = subnet.and_then(|id| self.subnets.get(id));
        let behind_firewall = subnet
            .and_then(network_of)
            .is_some_and(|network| self.behind_firewall.contains(&network));
        let guarded = match (&own, around) {
            (Some(_), _) | (_, Some(Some(_))) => Some(true),
            _ if behind_firewall => Some(true),
            (None, Some(None)) => Some(false),
            (None, None) => None,
        };
        let path = [around.cloned().flatten(), own].into_iter().flatten().collect();
        (guarded, path)
    }

    /// A group that could not be read is taken as one that keeps everybody out: no false alarm.
    fn rules(&self, group: &str) -> &[Rule] {
        self.groups
            .get(group)
            .map_or(&[] as &[Rule], |(rules, _)| rules.as_slice())
    }

    fn guard(&self, group: &str) -> Option<Guard> {
        Some(Guard {
            id: group.parse().ok()?,
            cuts_sessions: self.groups.get(group).is_some_and(|(_, flushes)| *flushes),
        })
    }
}

fn main_configuration(interface: &Interface) -> Option<&Configuration> {
    let mut rows = interface.configurations.iter();
    rows.clone()
        .find(|row| row.properties.primary == Some(true))
        .or_else(|| rows.next())
}

fn subnet_id(configuration: &Configuration) -> Option<String> {
    configuration
        .properties
        .subnet
        .as_ref()
        .map(|subnet| subnet.id.to_lowercase())
}

/// The id of the virtual network that a subnet is part of.
fn network_of(subnet: &str) -> Option<String> {
    subnet
        .split_once("/subnets/")
        .map(|(network, _)| network.to_owned())
}

//! The networks around the machines, by lower-cased id.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
};

use super::rows::{Configuration, Firewall, Group, Interface, Machine, Network, PublicAddress};
use crate::{
    azure::rule,
    domain::{
        network::{self, Groups, Rule},
        text::FreeText,
        vm::{Address, Guard, Nic},
    },
};

/// Where a machine stands in the network.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) address: Address,
    /// Whether something that JIT can use stands in front; `None` where a subnet could not be read.
    pub(super) guarded: Option<bool>,
    pub(super) nics: Vec<Nic>,
}

/// All networks that could be read.
#[derive(Debug, Default)]
pub(super) struct Networks {
    interfaces: HashMap<String, Interface>,
    /// The network security group of each subnet.
    subnets: HashMap<String, Option<String>>,
    public: HashMap<String, PublicAddress>,
    groups: Groups,
    /// The groups in which a change of rules cuts sessions.
    flushing: HashSet<String>,
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
        let mut rules = Groups::default();
        let mut flushing = HashSet::new();
        for row in groups {
            // Without its list nothing is known of a group: it is none without rules.
            if let Some(own) = row.rules.as_array() {
                // Resource Graph has only a group's own rules.
                let own = own.iter().filter_map(rule::read);
                rules.insert(&row.id, own.chain(Rule::defaults()).collect());
            }
            if row.flush == Some(true) {
                flushing.insert(row.id.to_lowercase());
            }
        }
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
            groups: rules,
            flushing,
            behind_firewall: firewalls
                .iter()
                .filter(|row| row.policy.is_empty())
                .flat_map(|row| &row.configurations)
                .filter_map(|row| network_of(&subnet_id(row)?))
                .collect(),
        }
    }

    /// Where `machine` stands.
    pub(super) fn place(&self, machine: &Machine) -> Place {
        let mut place = Place::default();
        let mut guards = Vec::new();
        let mut is_first = true;
        // The primary interface comes first; with only one there is no mark.
        let (primary, others): (Vec<_>, Vec<_>) = machine.interfaces.iter().partition(|nic| nic.is_primary());
        for reference in primary.into_iter().chain(others) {
            let id = reference.id.parse().ok();
            let Some(interface) = self.interfaces.get(&reference.id.to_lowercase()) else {
                guards.push(None);
                place.nics.extend(id.map(|id| Nic {
                    id,
                    private: None,
                    groups: Vec::new(),
                    unclear: true,
                }));
                continue;
            };
            let configuration = main_configuration(interface);
            let private = configuration.and_then(|row| row.properties.private_address.parse().ok());
            if std::mem::take(&mut is_first) {
                place.address = self.address(configuration, private);
            }
            let subnet = configuration.and_then(subnet_id);
            guards.push(self.guarded(interface, subnet.as_deref()));
            let around = subnet.as_ref().map(|id| self.subnets.get(id));
            let own = Some(&interface.group).filter(|id| !id.is_empty());
            let groups: [_; 2] = [
                (network::Place::Subnet, around.flatten().and_then(Option::as_ref)),
                (network::Place::Interface, own),
            ];
            place.nics.extend(id.map(|id| {
                Nic {
                    id,
                    private,
                    groups: groups
                        .into_iter()
                        .filter_map(|(place, id)| self.guard(place, id?))
                        .collect(),
                    unclear: matches!(around, None | Some(None)),
                }
            }));
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

    fn guarded(&self, interface: &Interface, subnet: Option<&str>) -> Option<bool> {
        let around = subnet.and_then(|id| self.subnets.get(id));
        let behind_firewall = subnet
            .and_then(network_of)
            .is_some_and(|network| self.behind_firewall.contains(&network));
        let has_own = !interface.group.is_empty();
        match around {
            _ if has_own || behind_firewall => Some(true),
            Some(Some(_)) => Some(true),
            Some(None) => Some(false),
            None => None,
        }
    }

    /// The rules of all groups that could be read.
    pub(super) fn groups(&self) -> &Groups {
        &self.groups
    }

    fn guard(&self, place: network::Place, group: &str) -> Option<Guard> {
        Some(Guard {
            id: group.parse().ok()?,
            place,
            cuts_sessions: self.flushing.contains(&group.to_lowercase()),
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

//! What tests ask the emulated Azure: is the port open, which rules stand, would a packet come through.

use std::net::Ipv4Addr;

use serde::Serialize;

use crate::clock::Instant;

use super::{
    emulator::AzureEmulator,
    model::{
        Model,
        jit::{AccessRequest, RequestPort, Status},
        nsg::{Access, SecurityRule},
        resources::{Machine, key},
    },
};

/// A port of a machine as JIT sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PortState {
    /// No request is in force.
    Closed,
    /// Accepted, not open yet.
    Initiating { source: String, until: Instant },
    /// The allow rule stands.
    Open {
        source: String,
        until: Instant,
        mapped_port: Option<u16>,
        justification: Option<String>,
    },
    /// JIT says open, but somebody has removed the rule.
    RuleMissing { source: String, until: Instant },
}

impl PortState {
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }
}

impl AzureEmulator {
    /// The state of a port; a machine is named by its name or its id.
    pub fn port_state(&self, machine: &str, port: u16) -> PortState {
        let model = self.settled();
        let machine = model.machine_named(machine);
        machine.map_or(PortState::Closed, |machine| model.port_state(machine, port))
    }

    /// The allow rules that JIT has written for a machine.
    pub fn allow_rules(&self, machine: &str) -> Vec<SecurityRule> {
        self.jit_rules(machine, Access::Allow)
    }

    /// The deny rules that JIT has written for a machine.
    pub fn deny_rules(&self, machine: &str) -> Vec<SecurityRule> {
        self.jit_rules(machine, Access::Deny)
    }

    /// Whether a TCP connection from `source` would reach the port, by all network rules together.
    pub fn reachable(&self, machine: &str, port: u16, source: Ipv4Addr) -> bool {
        let model = self.settled();
        let machine = model.machine_named(machine);
        machine.is_some_and(|machine| model.reachable(machine, port, source))
    }

    /// How many ports are open or opening in the whole world.
    pub fn open_ports(&self) -> usize {
        let model = self.settled();
        let policies = model.world.policies.values();
        let machines = policies
            .flat_map(|policy| &policy.requests)
            .flat_map(|r| &r.machines);
        let ports = machines.flat_map(|machine| &machine.ports);
        ports.filter(|port| port.is_live()).count()
    }

    /// Returns once `condition` holds; it is asked again after every change and every call.
    pub async fn until(&self, mut condition: impl FnMut(&Self) -> bool) {
        let mut revision = self.revision();
        loop {
            revision.mark_unchanged();
            // The sender lives in `self`, so that there is always another change to wait for.
            if condition(self) || revision.changed().await.is_err() {
                return;
            }
        }
    }

    /// The resource id of a machine.
    pub fn machine_id(&self, name: &str) -> Option<String> {
        let model = self.settled();
        model.machine_named(name).map(|machine| machine.id.clone())
    }

    fn jit_rules(&self, machine: &str, access: Access) -> Vec<SecurityRule> {
        let model = self.settled();
        let Some(machine) = model.machine_named(machine) else {
            return Vec::new();
        };
        let Some(private) = model.nic_of(machine).map(|nic| nic.private_ip.to_string()) else {
            return Vec::new();
        };
        let rules = model.nsgs_of(machine).into_iter().flat_map(|nsg| &nsg.rules);
        rules
            .filter(|rule| rule.name.contains("JITRule") && rule.access == access)
            .filter(|rule| rule.destinations.contains(&private))
            .cloned()
            .collect()
    }
}

impl Model {
    pub(super) fn port_state(&self, machine: &Machine, number: u16) -> PortState {
        let Some((request, port)) = self.live_port(machine, number) else {
            return PortState::Closed;
        };
        let (source, until) = (port.source.clone(), port.end);
        if port.status == Status::Initiating {
            return PortState::Initiating { source, until };
        }
        if !self.rule_stands(machine, port) {
            return PortState::RuleMissing { source, until };
        }
        PortState::Open {
            source,
            until,
            mapped_port: port.mapped_port,
            justification: request.justification.clone(),
        }
    }

    fn live_port(&self, machine: &Machine, number: u16) -> Option<(&AccessRequest, &RequestPort)> {
        let wanted = key(&machine.id);
        let requests = self
            .policies_of(machine)
            .into_iter()
            .flat_map(|policy| &policy.requests);
        requests
            .flat_map(|request| request.machines.iter().map(move |machine| (request, machine)))
            .filter(|(_, machine)| key(&machine.id) == wanted)
            .flat_map(|(request, machine)| machine.ports.iter().map(move |port| (request, port)))
            .filter(|(_, port)| port.number == number && port.is_live())
            // Two stand there only by a fault; the longer one is what keeps the port open.
            .max_by_key(|(_, port)| port.end)
    }

    fn rule_stands(&self, machine: &Machine, port: &RequestPort) -> bool {
        let Some(name) = &port.rule else {
            return false;
        };
        let groups = self.nsgs_of(machine);
        let in_groups = groups
            .iter()
            .all(|nsg| nsg.rules.iter().any(|rule| rule.name == *name));
        let tail = name.rsplit('-').next().unwrap_or_default();
        let in_firewall = self
            .firewall_of(machine)
            .is_none_or(|firewall| firewall.translations.iter().any(|rule| rule.name.ends_with(tail)));
        in_groups && in_firewall
    }

    fn reachable(&self, machine: &Machine, port: u16, source: Ipv4Addr) -> bool {
        let Some(nic) = self.nic_of(machine) else {
            return false;
        };
        let through = self
            .nsgs_of(machine)
            .iter()
            .all(|nsg| nsg.lets_in(source, nic.private_ip, port));
        let translated = self.firewall_of(machine).is_none_or(|firewall| {
            firewall
                .translations
                .iter()
                .any(|rule| rule.destination == nic.private_ip && rule.port == port && rule.lets(source))
        });
        through && translated
    }
}

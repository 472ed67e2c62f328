//! The state of the emulated Azure. Behaviour is a function of this state and of world time.
//!
//! Must not know: HTTP. Operations read and change it under one lock.

pub(crate) mod activity;
pub(super) mod identity;
pub(super) mod jit;
pub(super) mod nsg;
pub(super) mod resources;
mod rules;
mod settle;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::clock::{Instant, fresh_uuid};

use self::{
    activity::Activity,
    identity::{Identity, Token},
    jit::{Policy, PolicyMachine, PolicyPort},
    nsg::Nsg,
    resources::{Firewall, Machine, Nic, Plan, PublicIp, Subnet, Subscription, key},
};
use super::{options::Timing, portal::PORTAL_PERSON, world::World};

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct Model {
    pub world: World,
    pub timing: Timing,
    pub tokens: HashMap<String, Token>,
    pub activity: Vec<Activity>,
    /// Results of long-running operations: id → (ready at, answer).
    pub results: HashMap<String, LongOperation>,
    /// Whose name stands on what is done in the portal.
    pub portal_person: String,
    /// Deny rules that stand: (JIT policy, machine) → rule name.
    deny_rules: BTreeMap<(String, String), String>,
    /// JIT policies that time can still change.
    live: BTreeSet<String>,
    last_start: Option<Instant>,
}

/// A long-running operation: polled some times, then done.
#[derive(Debug, Clone)]
pub(crate) struct LongOperation {
    pub polls_left: u32,
    pub answer: serde_json::Value,
}

impl Model {
    pub(crate) fn new(world: World, timing: Timing, now: Instant) -> Self {
        let mut model = Self {
            world,
            timing,
            tokens: HashMap::new(),
            activity: Vec::new(),
            results: HashMap::new(),
            portal_person: PORTAL_PERSON.to_owned(),
            deny_rules: BTreeMap::new(),
            live: BTreeSet::new(),
            last_start: None,
        };
        let policies: Vec<String> = model.world.policies.keys().cloned().collect();
        for policy in policies {
            model.write_deny_rules(&policy, now);
        }
        model
    }

    pub(crate) fn identity(&self, client_id: &str) -> Option<&Identity> {
        self.world
            .identities
            .iter()
            .find(|identity| identity.client_id.eq_ignore_ascii_case(client_id))
    }

    pub(crate) fn machine(&self, id: &str) -> Option<&Machine> {
        self.world.machines.get(&key(id))
    }

    /// A machine by its bare name, for tests and the page; the first in order of ids if there are several.
    pub(crate) fn machine_named(&self, name: &str) -> Option<&Machine> {
        if name.starts_with('/') {
            return self.machine(name);
        }
        let mut machines = self.world.machines.values();
        machines.find(|machine| machine.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn nic_of(&self, machine: &Machine) -> Option<&Nic> {
        self.world.nics.get(&key(machine.nic.as_ref()?))
    }

    pub(crate) fn subnet(&self, id: &str) -> Option<&Subnet> {
        let wanted = key(id);
        let (network, _) = wanted.split_once("/subnets/")?;
        let network = self.world.networks.get(network)?;
        network.subnets.iter().find(|subnet| key(&subnet.id) == wanted)
    }

    pub(crate) fn public_ip_of(&self, machine: &Machine) -> Option<&PublicIp> {
        let nic = self.nic_of(machine)?;
        self.world.public_ips.get(&key(nic.public_ip.as_ref()?))
    }

    /// The keys of the network security groups on a machine's interface and on its subnet.
    pub(crate) fn nsg_keys_of(&self, machine: &Machine) -> Vec<String> {
        let Some(nic) = self.nic_of(machine) else {
            return Vec::new();
        };
        let on_subnet = self.subnet(&nic.subnet).and_then(|subnet| subnet.nsg.clone());
        let mut keys: Vec<String> = [nic.nsg.clone(), on_subnet]
            .into_iter()
            .flatten()
            .map(|id| key(&id))
            .collect();
        keys.dedup();
        keys
    }

    pub(crate) fn nsgs_of(&self, machine: &Machine) -> Vec<&Nsg> {
        let keys = self.nsg_keys_of(machine);
        keys.iter().filter_map(|nsg| self.world.nsgs.get(nsg)).collect()
    }

    pub(crate) fn firewall_key_of(&self, machine: &Machine) -> Option<String> {
        let nic = self.nic_of(machine)?;
        let subnet = key(&nic.subnet);
        let (network, _) = subnet.split_once("/subnets/")?;
        let mut firewalls = self.world.firewalls.iter();
        firewalls
            .find(|(_, firewall)| key(&firewall.network) == network)
            .map(|(id, _)| id.clone())
    }

    pub(crate) fn firewall_of(&self, machine: &Machine) -> Option<&Firewall> {
        self.world.firewalls.get(&self.firewall_key_of(machine)?)
    }

    /// The plan in force for a machine: its own, or else its subscription's.
    pub(crate) fn plan_of(&self, machine: &Machine) -> Plan {
        let own = machine.plan;
        own.unwrap_or_else(|| self.subscription_plan(&machine.subscription))
    }

    pub(crate) fn subscription_plan(&self, subscription: &str) -> Plan {
        self.subscription(subscription)
            .map_or(Plan::Free, |known| known.plan)
    }

    pub(crate) fn subscription(&self, id: &str) -> Option<&Subscription> {
        let mut subscriptions = self.world.subscriptions.iter();
        subscriptions.find(|known| known.id.eq_ignore_ascii_case(id))
    }

    /// The JIT policies that list a machine; they live in its resource group.
    pub(crate) fn policies_of(&self, machine: &Machine) -> Vec<&Policy> {
        let Machine {
            id,
            subscription,
            group,
            ..
        } = machine;
        let scope = format!("/subscriptions/{subscription}/resourcegroups/{group}/").to_ascii_lowercase();
        self.world
            .policies
            .range(scope.clone()..)
            .take_while(|(id, _)| id.starts_with(&scope))
            .map(|(_, policy)| policy)
            .filter(|policy| policy.machine(id).is_some())
            .collect()
    }

    /// Marks a JIT policy as one that time can change.
    pub(crate) fn watch(&mut self, policy: &str) {
        self.live.insert(key(policy));
    }

    /// A start instant in the form of the service: seven digits, and never two alike.
    pub(crate) fn start_text(&mut self, now: Instant) -> String {
        let start = match self.last_start {
            Some(last) if last >= now => last + TimeDelta::microseconds(1),
            _ => now,
        };
        self.last_start = Some(start);
        let tail = fresh_uuid(now).as_u128() % 10;
        format!("{}{tail}Z", start.format("%Y-%m-%dT%H:%M:%S%.6f"))
    }
}

/// An instant with seven digits of a second, as Azure writes it.
pub(crate) fn stamp(at: Instant) -> String {
    format!("{}0Z", at.format("%Y-%m-%dT%H:%M:%S%.6f"))
}

impl Policy {
    pub(crate) fn machine(&self, id: &str) -> Option<&PolicyMachine> {
        let mut machines = self.machines.iter();
        machines.find(|machine| machine.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn port(&self, machine: &str, number: u16) -> Option<&PolicyPort> {
        let mut ports = self.machine(machine)?.ports.iter();
        ports.find(|port| port.number == number)
    }
}

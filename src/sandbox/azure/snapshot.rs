//! The whole picture as JSON, for the web page: machines, their ports, windows and network rules.

use serde_json::{Value, json};

use super::{
    emulator::{AzureEmulator, Shared},
    model::{Model, resources::Machine},
};

impl AzureEmulator {
    /// The state as `/_control/state` shows it.
    pub fn state(&self) -> Value {
        self.shared.state()
    }
}

impl Shared {
    pub(super) fn state(&self) -> Value {
        let revision = *self.revision().borrow();
        let now = self.clock.now();
        let model = self.settled();
        let subscriptions: Vec<Value> = model
            .world
            .subscriptions
            .iter()
            .map(|known| {
                json!({
                    "id": known.id,
                    "name": known.name,
                    "plan": known.plan,
                    "security": known.security.text(),
                })
            })
            .collect();
        let machines: Vec<Value> = model
            .world
            .machines
            .values()
            .map(|machine| machine_state(&model, machine))
            .collect();
        let policies: Vec<Value> = model
            .world
            .policies
            .values()
            .map(|policy| {
                json!({
                    "id": policy.id,
                    "name": policy.name,
                    "state": policy.provisioning.text(),
                    "machines": policy.machines.len(),
                    "requests": policy.requests.len(),
                })
            })
            .collect();
        drop(model);
        json!({
            "revision": revision,
            "now": now,
            "subscriptions": subscriptions,
            "machines": machines,
            "policies": policies,
            "faults": self.faults().list(),
        })
    }
}

fn machine_state(model: &Model, machine: &Machine) -> Value {
    let public_ip = model.public_ip_of(machine).map(|found| found.address);
    let policies = model.policies_of(machine);
    let listed = policies.iter().filter_map(|policy| {
        let ports = &policy.machine(&machine.id)?.ports;
        Some(ports.iter().map(|port| (policy.name.as_str(), port)))
    });
    let ports: Vec<Value> = listed
        .flatten()
        .map(|(policy, port)| {
            json!({
                "policy": policy,
                "number": port.number,
                "protocol": port.protocol,
                "allowed": port.allowed().collect::<Vec<_>>(),
                "longest": port.max_request_access_duration,
                "window": model.port_state(machine, port.number),
            })
        })
        .collect();
    let groups: Vec<Value> = model
        .nsgs_of(machine)
        .into_iter()
        .map(|nsg| {
            let mut rules = nsg.rules.clone();
            rules.sort_by_key(|rule| rule.priority);
            json!({"id": nsg.id, "rules": rules})
        })
        .collect();
    let firewall = model.firewall_of(machine).map(|firewall| {
        json!({
            "id": firewall.id,
            "publicIp": firewall.public_ip,
            "translations": firewall.translations,
        })
    });
    json!({
        "id": machine.id,
        "name": machine.name,
        "subscription": machine.subscription,
        "group": machine.group,
        "region": machine.region,
        "os": machine.os,
        "power": machine.power,
        "plan": model.plan_of(machine),
        "classic": machine.classic,
        "tags": machine.tags,
        "privateIp": model.nic_of(machine).map(|nic| nic.private_ip),
        "publicIp": public_ip,
        "ports": ports,
        "networkSecurityGroups": groups,
        "firewall": firewall,
    })
}

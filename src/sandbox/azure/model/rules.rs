//! The network rules that JIT writes: one deny per machine of a JIT policy, one allow per open port.
//!
//! Names and places as third parties have exported them; see the module head of `settle` for when.

use crate::clock::{Instant, fresh_uuid};

use super::{
    Model,
    activity::Activity,
    jit::RequestPort,
    nsg::{Access, Direction, SecurityRule},
    resources::{Translation, key},
};

const PREFIX: &str = "MicrosoftDefenderForCloud-JITRule";

impl Model {
    /// Makes the deny rules of a JIT policy what its machine list says. False if a machine cannot be protected.
    pub(super) fn write_deny_rules(&mut self, policy: &str, now: Instant) -> bool {
        let Some(found) = self.world.policies.get(policy).cloned() else {
            return false;
        };
        let own = self.deny_rules.range((policy.to_owned(), String::new())..);
        let own = own.take_while(|((owner, _), _)| owner == policy);
        let stale: Vec<_> = own
            .filter(|((_, machine), _)| found.machine(machine).is_none())
            .map(|((_, machine), rule)| (machine.clone(), rule.clone()))
            .collect();
        for (machine, rule) in stale {
            self.remove_rule(&machine, &rule);
            self.deny_rules.remove(&(policy.to_owned(), machine));
        }
        let mut protected = true;
        for listed in &found.machines {
            // A machine that is gone leaves a stale entry, which the service accepts.
            let Some(machine) = self.machine(&listed.id) else {
                continue;
            };
            let ports = listed.ports.iter().map(|port| port.number.to_string());
            let protocol = match listed.ports.split_first() {
                Some((first, rest)) if rest.iter().all(|port| port.protocol == first.protocol) => {
                    first.rule_protocol()
                }
                _ => "*",
            };
            let description = format!(
                "MDC JIT Network Access rule for policy '{}' of VM '{}'.",
                found.name, machine.name
            );
            let owner = (policy.to_owned(), key(&listed.id));
            protected &= self.write_deny_rule(owner, ports.collect(), protocol, description, now);
        }
        protected
    }

    fn write_deny_rule(
        &mut self,
        owner: (String, String),
        ports: Vec<String>,
        protocol: &str,
        description: String,
        now: Instant,
    ) -> bool {
        let Some(machine) = self.machine(&owner.1) else {
            return true;
        };
        let groups = self.nsg_keys_of(machine);
        if groups.is_empty() {
            return self.firewall_key_of(machine).is_some();
        }
        let Some(private) = self.nic_of(machine).map(|nic| nic.private_ip.to_string()) else {
            return false;
        };
        let name = match self.deny_rules.get(&owner) {
            Some(name) => name.clone(),
            None => rule_name('_', '_', now),
        };
        for group in groups {
            let Some(group) = self.world.nsgs.get_mut(&group) else {
                continue;
            };
            if let Some(rule) = group.rules.iter_mut().find(|rule| rule.name == name) {
                rule.destination_ports.clone_from(&ports);
                protocol.clone_into(&mut rule.protocol);
                continue;
            }
            // Rules of others keep their precedence over the new deny.
            let others = group.rules.iter().any(|rule| !rule.name.contains("JITRule"));
            let priority = if others {
                group.free_down_from(4096)
            } else {
                group.free_from(1000)
            };
            group.rules.push(SecurityRule {
                name: name.clone(),
                priority,
                direction: Direction::Inbound,
                access: Access::Deny,
                protocol: protocol.to_owned(),
                sources: vec!["*".to_owned()],
                destinations: vec![private.clone()],
                destination_ports: ports.clone(),
                description: description.clone(),
            });
        }
        self.deny_rules.insert(owner, name);
        true
    }

    /// Lets the source of a request through to the machine's private address; answers the rule's name.
    pub(super) fn write_allow_rule(
        &mut self,
        policy: &str,
        machine: &str,
        port: &RequestPort,
        now: Instant,
    ) -> String {
        let name = rule_name('-', '-', now);
        let policy = self.world.policies.get(policy);
        let protocol = policy.and_then(|policy| policy.port(machine, port.number));
        let protocol = protocol.map_or("*", |port| port.rule_protocol());
        let policy_name = policy.map_or("", |policy| policy.name.as_str());
        let Some(machine) = self.machine(machine) else {
            return name;
        };
        let description = format!(
            "MDC JIT Network Access rule created by an initiation request for policy '{policy_name}' of VM '{}'.",
            machine.name
        );
        let Some(private) = self.nic_of(machine).map(|nic| nic.private_ip) else {
            return name;
        };
        let rule = SecurityRule {
            name: name.clone(),
            priority: 0,
            direction: Direction::Inbound,
            access: Access::Allow,
            protocol: protocol.to_owned(),
            sources: vec![port.source.clone()],
            destinations: vec![private.to_string()],
            destination_ports: vec![port.number.to_string()],
            description,
        };
        let firewall = self.firewall_key_of(machine);
        for group in self.nsg_keys_of(machine) {
            if let Some(group) = self.world.nsgs.get_mut(&group) {
                let priority = group.free_from(100);
                group.rules.push(SecurityRule {
                    priority,
                    ..rule.clone()
                });
            }
        }
        if let (Some(firewall), Some(outside_port)) = (firewall, port.mapped_port)
            && let Some(firewall) = self.world.firewalls.get_mut(&firewall)
        {
            firewall.translations.push(Translation {
                name: name.replace(PREFIX, "MDC-JIT"),
                source: port.source.clone(),
                outside_port,
                destination: private,
                port: port.number,
            });
        }
        name
    }

    /// Takes a rule out of every group and firewall that serves a machine.
    pub(crate) fn remove_rule(&mut self, machine: &str, name: &str) {
        let Some(machine) = self.machine(machine) else {
            return;
        };
        let firewall = self.firewall_key_of(machine);
        for group in self.nsg_keys_of(machine) {
            if let Some(group) = self.world.nsgs.get_mut(&group) {
                group.rules.retain(|rule| rule.name != name);
            }
        }
        if let Some(firewall) = firewall.and_then(|id| self.world.firewalls.get_mut(&id)) {
            let name = name.replace(PREFIX, "MDC-JIT");
            firewall
                .translations
                .retain(|translation| translation.name != name);
        }
    }

    /// Takes one rule out of one group, and logs it; false if it was not there.
    pub(crate) fn delete_rule(
        &mut self,
        group: &str,
        name: &str,
        now: Instant,
        caller: &str,
        correlation: &str,
    ) -> bool {
        let Some(group) = self.world.nsgs.get_mut(&key(group)) else {
            return false;
        };
        let before = group.rules.len();
        group.rules.retain(|rule| !rule.name.eq_ignore_ascii_case(name));
        if group.rules.len() == before {
            return false;
        }
        let part = |place| group.id.split('/').nth(place).unwrap_or_default().to_owned();
        self.activity.push(Activity {
            at: now,
            subscription: part(2),
            group: part(4),
            resource: format!("{}/securityRules/{name}", group.id),
            action: "Microsoft.Network/networkSecurityGroups/securityRules/delete",
            title: "Delete Security Rule",
            status: "Succeeded",
            caller: caller.to_owned(),
            correlation: correlation.to_owned(),
            justification: None,
        });
        true
    }

    /// Forgets a JIT policy: its deny rules go, and with them whatever it had opened.
    pub(crate) fn remove_policy(&mut self, policy: &str) -> bool {
        let policy = key(policy);
        let Some(mut found) = self.world.policies.remove(&policy) else {
            return false;
        };
        let rules = found
            .requests
            .iter_mut()
            .flat_map(|request| &mut request.machines);
        let mut gone: Vec<(String, String)> = rules
            .flat_map(|machine| {
                let id = machine.id.clone();
                let names = machine.ports.iter_mut().filter_map(|port| port.rule.take());
                names.map(move |name| (id.clone(), name)).collect::<Vec<_>>()
            })
            .collect();
        let denies = self.deny_rules.extract_if(.., |(owner, _), _| *owner == policy);
        gone.extend(denies.map(|((_, machine), rule)| (machine, rule)));
        for (machine, rule) in gone {
            self.remove_rule(&machine, &rule);
        }
        true
    }
}

fn rule_name(before: char, between: char, now: Instant) -> String {
    let id = fresh_uuid(now);
    let [.., a, b, c, d] = *id.as_bytes();
    let number = i32::from_be_bytes([a, b, c, d]);
    format!("{PREFIX}{before}{number}{between}{}", id.simple())
}

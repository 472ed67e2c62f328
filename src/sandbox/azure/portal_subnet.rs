//! Somebody works on network security groups in the portal, also on the one of the subnet alone.

use super::{emulator::AzureEmulator, model::nsg::SecurityRule, model::resources::key};

impl AzureEmulator {
    /// Somebody deletes the allow rule of a port from the group of the machine's subnet; the one at its interface
    /// stays, and the JIT policy does not notice.
    pub fn portal_removes_at_subnet(&self, machine: &str, port: u16) -> bool {
        self.at_subnet(
            machine,
            |rules, live| {
                let before = rules.len();
                rules.retain(|rule| !live.contains(&rule.name));
                rules.len() < before
            },
            port,
        )
    }

    /// Somebody adds a rule to the group of the machine's subnet only.
    pub fn portal_adds_rule_at_subnet(&self, machine: &str, rule: SecurityRule) -> bool {
        self.at_subnet(
            machine,
            |rules, _| {
                rules.push(rule);
                true
            },
            0,
        )
    }

    /// Somebody deletes a rule by its name from all groups of a machine.
    pub fn portal_deletes_rule(&self, machine: &str, name: &str) -> bool {
        self.change(|model| {
            let Some(found) = model.machine_named(machine).cloned() else {
                return false;
            };
            let mut gone = false;
            for group in model.nsg_keys_of(&found) {
                if let Some(group) = model.world.nsgs.get_mut(&group) {
                    let before = group.rules.len();
                    group.rules.retain(|rule| rule.name != name);
                    gone |= group.rules.len() < before;
                }
            }
            gone
        })
    }

    fn at_subnet(
        &self,
        machine: &str,
        change: impl FnOnce(&mut Vec<SecurityRule>, &[String]) -> bool,
        port: u16,
    ) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let live: Vec<_> = model
                .live_rules(machine, port)
                .into_iter()
                .map(|(_, rule)| rule)
                .collect();
            let Some(found) = model.machine_named(machine) else {
                return false;
            };
            let subnet = model.nic_of(found).and_then(|nic| model.subnet(&nic.subnet));
            let Some(group) = subnet.and_then(|subnet| subnet.nsg.clone()) else {
                return false;
            };
            model.log_group_write(machine, now);
            let Some(group) = model.world.nsgs.get_mut(&key(&group)) else {
                return false;
            };
            change(&mut group.rules, &live)
        })
    }
}

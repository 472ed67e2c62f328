//! Somebody works on network security groups in the portal, also on the one of the subnet alone.

use crate::clock::{Instant, fresh_uuid};

use super::{
    emulator::AzureEmulator,
    model::{Model, nsg::SecurityRule, resources::key},
};

impl AzureEmulator {
    /// Somebody deletes the allow rule of a port from the group of the machine's subnet; the one at its interface
    /// stays, and the JIT policy does not notice.
    pub fn portal_removes_at_subnet(&self, machine: &str, port: u16) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let live = model.live_rules(machine, port);
            model.change_at_subnet(machine, now, |rules| {
                let before = rules.len();
                rules.retain(|rule| !live.iter().any(|(_, name)| *name == rule.name));
                rules.len() < before
            })
        })
    }

    /// Somebody adds a rule to the group of the machine's subnet only.
    pub fn portal_adds_rule_at_subnet(&self, machine: &str, rule: SecurityRule) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            model.change_at_subnet(machine, now, |rules| {
                rules.push(rule);
                true
            })
        })
    }

    /// Somebody deletes a rule by its name from all groups of a machine.
    pub fn portal_deletes_rule(&self, machine: &str, name: &str) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let Some(found) = model.machine_named(machine).cloned() else {
                return false;
            };
            let person = model.portal_person.clone();
            let mut gone = false;
            for group in model.nsg_keys_of(&found) {
                let correlation = fresh_uuid(now).to_string();
                gone |= model.delete_rule(&group, name, now, &person, &correlation);
            }
            gone
        })
    }
}

impl Model {
    /// Changes the rules of the group of a machine's subnet; the log tells it if `change` says that it did something.
    fn change_at_subnet(
        &mut self,
        machine: &str,
        now: Instant,
        change: impl FnOnce(&mut Vec<SecurityRule>) -> bool,
    ) -> bool {
        let nic = self.machine_named(machine).and_then(|found| self.nic_of(found));
        let subnet = nic.and_then(|nic| self.subnet(&nic.subnet));
        let Some(group) = subnet.and_then(|subnet| subnet.nsg.clone()) else {
            return false;
        };
        let written = self.world.nsgs.get_mut(&key(&group));
        let changed = written.is_some_and(|group| change(&mut group.rules));
        if changed {
            self.log_group_write(&group, now);
        }
        changed
    }
}

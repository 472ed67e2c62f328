//! Groups of subnets: a machine may have one there and one at its interface, and what comes in has to pass both.

use super::World;
use crate::sandbox::azure::model::{
    nsg::{Nsg, SecurityRule},
    resources::key,
};

impl World {
    /// Puts a network security group on the subnet of a machine, which other machines may share.
    #[must_use]
    pub fn subnet_group(mut self, machine: &str, rules: Vec<SecurityRule>) -> Self {
        let nic = self
            .machines
            .values()
            .find(|found| found.name == machine)
            .and_then(|found| self.nics.get(&key(found.nic.as_deref()?)));
        let Some(nic) = nic.cloned() else {
            return self;
        };
        let Some((provider, _)) = nic.subnet.split_once("/virtualNetworks/") else {
            return self;
        };
        let id = format!("{provider}/networkSecurityGroups/subnet-nsg");
        let group = Nsg {
            id: id.clone(),
            region: nic.region.clone(),
            rules,
            flush_connection: false,
        };
        self.nsgs.insert(key(&id), group);
        for network in self.networks.values_mut() {
            for subnet in &mut network.subnets {
                if key(&subnet.id) == key(&nic.subnet) {
                    subnet.nsg = Some(id.clone());
                }
            }
        }
        self
    }
}

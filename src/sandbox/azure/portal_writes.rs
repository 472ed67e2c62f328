//! Somebody writes a JIT policy in the portal, which is a PUT like any other.

use crate::clock::fresh_uuid;

use super::{
    emulator::AzureEmulator,
    model::{
        activity::Activity,
        jit::{Policy, PolicyMachine, PolicyPort, Provisioning},
        resources::key,
    },
};

impl AzureEmulator {
    /// Somebody gives a machine these ports in a JIT policy of its group and region, which is made if need be. No
    /// port at all takes the machine out. False if there is no such machine.
    pub fn portal_configures(&self, machine: &str, policy: &str, ports: &[PolicyPort]) -> bool {
        let now = self.shared.clock.now();
        let mut model = self.settled();
        let Some(machine) = model.machine_named(machine).cloned() else {
            return false;
        };
        let group = format!(
            "/subscriptions/{}/resourceGroups/{}",
            machine.subscription, machine.group
        );
        let id = format!(
            "{group}/providers/Microsoft.Security/locations/{}/jitNetworkAccessPolicies/{policy}",
            machine.region
        );
        let until = now + model.timing.updating;
        let written = model.world.policies.entry(key(&id)).or_insert_with(|| Policy {
            id: id.clone(),
            name: policy.to_owned(),
            group: machine.group.clone(),
            subscription: machine.subscription.clone(),
            region: machine.region.clone(),
            kind: Some("Basic".to_owned()),
            machines: Vec::new(),
            requests: Vec::new(),
            provisioning: Provisioning::Succeeded,
        });
        written.provisioning = Provisioning::Updating { until };
        written
            .machines
            .retain(|listed| key(&listed.id) != key(&machine.id));
        if !ports.is_empty() {
            written.machines.push(PolicyMachine {
                id: machine.id.clone(),
                ports: ports.to_vec(),
                public_ip_address: None,
            });
        }
        let caller = model.portal_person.clone();
        model.activity.push(Activity {
            at: now,
            subscription: machine.subscription.clone(),
            group: machine.group.clone(),
            resource: id.clone(),
            action: "Microsoft.Security/locations/jitNetworkAccessPolicies/write",
            title: "Write JIT Network Access Policies",
            status: "Succeeded",
            caller,
            correlation: fresh_uuid(now).to_string(),
            justification: None,
        });
        model.watch(&id);
        drop(model);
        self.shared.touch();
        true
    }

    /// The ports of a machine in a JIT policy of its group and region, as the policy lists them.
    pub fn policy_ports(&self, machine: &str, policy: &str) -> Vec<PolicyPort> {
        let model = self.settled();
        let Some(machine) = model.machine_named(machine) else {
            return Vec::new();
        };
        let mut policies = model.policies_of(machine).into_iter();
        policies
            .find(|found| found.name == policy)
            .and_then(|found| found.machine(&machine.id))
            .map(|listed| listed.ports.clone())
            .unwrap_or_default()
    }
}

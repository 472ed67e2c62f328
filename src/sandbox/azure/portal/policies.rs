//! What others do to JIT policies in the portal.

use crate::{
    clock::{Instant, fresh_uuid},
    sandbox::azure::{
        emulator::AzureEmulator,
        model::{
            Model,
            activity::Activity,
            jit::{Policy, PolicyMachine, PolicyPort, Provisioning},
            resources::{Machine, key},
        },
    },
};

use super::PORTAL_PERSON;

const WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";

impl AzureEmulator {
    /// Somebody gives a port of a machine another longest duration (ISO 8601), in every JIT policy that has it.
    pub fn portal_changes_limit(&self, machine: &str, number: u16, longest: &str) -> bool {
        self.rewrite(machine, |listed| {
            let port = listed.ports.iter_mut().find(|port| port.number == number);
            port.map(|port| longest.clone_into(&mut port.max_request_access_duration))
                .is_some()
        })
    }

    /// Somebody adds a port to a machine, in every JIT policy that lists it.
    pub fn portal_adds_port(&self, machine: &str, port: PolicyPort) -> bool {
        self.rewrite(machine, |listed| {
            listed.ports.push(port.clone());
            true
        })
    }

    /// Somebody makes a JIT policy of this name for a machine, in the machine's group and region.
    pub fn portal_creates_policy(&self, machine: &str, name: &str, ports: &[PolicyPort]) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let Some(machine) = model.machine_named(machine).cloned() else {
                return false;
            };
            let policy = Policy {
                id: policy_id(&machine, name),
                name: name.to_owned(),
                group: machine.group.clone(),
                subscription: machine.subscription.clone(),
                region: machine.region.clone(),
                kind: Some("Basic".to_owned()),
                machines: vec![PolicyMachine {
                    id: machine.id.clone(),
                    ports: ports.to_vec(),
                    public_ip_address: None,
                }],
                requests: Vec::new(),
                provisioning: Provisioning::Succeeded,
            };
            model.written(policy, now);
            true
        })
    }

    fn rewrite(&self, machine: &str, change: impl Fn(&mut PolicyMachine) -> bool) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let Some(machine) = model.machine_named(machine).cloned() else {
                return false;
            };
            let policies: Vec<_> = model.policies_of(&machine).into_iter().cloned().collect();
            let mut changed = false;
            for mut policy in policies {
                let mut listed = policy
                    .machines
                    .iter_mut()
                    .filter(|listed| key(&listed.id) == key(&machine.id));
                if listed.any(|listed| change(listed)) {
                    model.written(policy, now);
                    changed = true;
                }
            }
            changed
        })
    }
}

impl Model {
    /// Takes a JIT policy as somebody wrote it in the portal; the network rules follow, and the log knows.
    fn written(&mut self, policy: Policy, now: Instant) {
        let id = policy.id.clone();
        self.activity.push(Activity {
            at: now,
            subscription: policy.subscription.clone(),
            group: policy.group.clone(),
            resource: id.clone(),
            action: WRITE,
            title: "Write JIT Network Access Policies",
            status: "Succeeded",
            caller: PORTAL_PERSON.to_owned(),
            correlation: fresh_uuid(now).to_string(),
            justification: None,
        });
        self.world.policies.insert(key(&id), policy);
        self.write_deny_rules(&key(&id), now);
    }
}

fn policy_id(machine: &Machine, name: &str) -> String {
    format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Security/locations/{}/jitNetworkAccessPolicies/{name}",
        machine.subscription, machine.group, machine.region
    )
}

//! What others do behind the bot's back: in the portal, by script, by Terraform.

use chrono::{SecondsFormat, TimeDelta};

use crate::clock::{Instant, fresh_uuid};

use super::{
    emulator::AzureEmulator,
    model::{
        Model,
        activity::Activity,
        identity::Grant,
        jit::{AccessRequest, Reason, RequestMachine, RequestPort, Status},
        nsg::SecurityRule,
        resources::{Plan, Power, Registration, key},
    },
    options::Throttle,
    throttle::Throttling,
};

/// The person who works in the portal.
pub const PORTAL_PERSON: &str = "eve@contoso.example";

impl AzureEmulator {
    /// Somebody else requests a port. False if no JIT policy has it.
    pub fn portal_opens(&self, machine: &str, port: u16, source: &str, until: Instant) -> bool {
        let now = self.shared.clock.now();
        let done = self
            .settled()
            .portal_opens(machine, port, source, until, now)
            .is_some();
        drop(self.settled());
        self.shared.touch();
        done
    }

    /// From now on somebody of this name works in the portal.
    pub fn portal_signs_in(&self, name: &str) {
        self.change(|model| name.clone_into(&mut model.portal_person));
    }

    /// Somebody deletes the allow rule of a port, as Terraform does, which writes the whole group anew; the JIT policy
    /// does not notice.
    pub fn portal_removes(&self, machine: &str, port: u16) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let rules = model.live_rules(machine, port);
            for (machine, rule) in &rules {
                model.remove_rule(machine, rule);
                model.log_group_writes(machine, now);
            }
            !rules.is_empty()
        })
    }

    /// Somebody closes a window in the portal: `Revoked`, `UserRequested`, the rule goes.
    pub fn portal_revokes(&self, machine: &str, port: u16) -> bool {
        self.change(|model| {
            let Some(machine) = model.machine_named(machine).cloned() else {
                return false;
            };
            let policies: Vec<String> = model
                .policies_of(&machine)
                .iter()
                .map(|policy| policy.id.clone())
                .collect();
            let mut changed = false;
            for policy in policies {
                changed |= model.revoke(&policy, &machine.id, port, Reason::UserRequested);
            }
            changed
        })
    }

    /// Somebody deletes the JIT policies that list a machine.
    pub fn portal_deletes_policies(&self, machine: &str) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let Some(machine) = model.machine_named(machine).cloned() else {
                return false;
            };
            let policies: Vec<_> = model.policies_of(&machine).into_iter().cloned().collect();
            for policy in &policies {
                model.remove_policy(&policy.id);
                model.activity.push(Activity {
                    at: now,
                    subscription: policy.subscription.clone(),
                    group: policy.group.clone(),
                    resource: policy.id.clone(),
                    action: "Microsoft.Security/locations/jitNetworkAccessPolicies/delete",
                    title: "Delete JIT Network Access Policies",
                    status: "Succeeded",
                    caller: model.portal_person.clone(),
                    correlation: fresh_uuid(now).to_string(),
                    justification: None,
                });
            }
            !policies.is_empty()
        })
    }

    /// Adds a rule to the groups of a machine.
    pub fn portal_adds_rule(&self, machine: &str, rule: SecurityRule) -> bool {
        let now = self.shared.clock.now();
        self.change(|model| {
            let Some(machine) = model.machine_named(machine).cloned() else {
                return false;
            };
            let groups = model.nsg_keys_of(&machine);
            for group in &groups {
                let Some(nsg) = model.world.nsgs.get_mut(group) else {
                    continue;
                };
                nsg.rules.push(rule.clone());
                let id = nsg.id.clone();
                model.log_group_write(&id, now);
            }
            !groups.is_empty()
        })
    }

    /// Switches `flushConnection` on or off in the groups of a machine.
    pub fn portal_flushes_connections(&self, machine: &str, on: bool) -> bool {
        self.change(|model| {
            let Some(machine) = model.machine_named(machine).cloned() else {
                return false;
            };
            let groups = model.nsg_keys_of(&machine);
            for group in &groups {
                if let Some(nsg) = model.world.nsgs.get_mut(group) {
                    nsg.flush_connection = on;
                }
            }
            !groups.is_empty()
        })
    }

    /// Deletes a machine; JIT policies keep their stale entry.
    pub fn portal_deletes_machine(&self, machine: &str) -> bool {
        self.change(|model| {
            let found = model.machine_named(machine).map(|machine| key(&machine.id));
            found.is_some_and(|id| model.world.machines.remove(&id).is_some())
        })
    }

    /// Starts or stops a machine.
    pub fn set_power(&self, machine: &str, power: Power) -> bool {
        self.change(|model| {
            let found = model.machine_named(machine).map(|machine| key(&machine.id));
            let machine = found.and_then(|id| model.world.machines.get_mut(&id));
            machine.map(|machine| machine.power = power).is_some()
        })
    }

    /// Switches the Defender plan of a subscription.
    pub fn set_plan(&self, subscription: &str, plan: Plan) -> bool {
        self.change(|model| {
            let mut known = model.world.subscriptions.iter_mut();
            let known = known.find(|known| known.id.eq_ignore_ascii_case(subscription));
            known.map(|known| known.plan = plan).is_some()
        })
    }

    /// Gives one machine a plan of its own, or takes it away: `None` is its subscription's.
    pub fn set_plan_of(&self, machine: &str, plan: Option<Plan>) -> bool {
        self.change(|model| {
            let found = model.machine_named(machine).map(|machine| key(&machine.id));
            let machine = found.and_then(|id| model.world.machines.get_mut(&id));
            machine.map(|machine| machine.plan = plan).is_some()
        })
    }

    /// Registers a subscription with Microsoft.Security at once, or makes it one that never was.
    pub fn set_registered(&self, subscription: &str, registered: bool) -> bool {
        self.change(|model| {
            let mut known = model.world.subscriptions.iter_mut();
            let known = known.find(|known| known.id.eq_ignore_ascii_case(subscription));
            let state = if registered {
                Registration::Registered
            } else {
                Registration::NotRegistered
            };
            known.map(|known| known.security = state).is_some()
        })
    }

    /// Lets the free trial of a subscription's plan last so much longer.
    pub fn set_trial(&self, subscription: &str, left: TimeDelta) -> bool {
        let until = self.shared.clock.now() + left;
        self.change(|model| {
            let mut known = model.world.subscriptions.iter_mut();
            let known = known.find(|known| known.id.eq_ignore_ascii_case(subscription));
            known.map(|known| known.trial_until = Some(until)).is_some()
        })
    }

    /// Replaces all roles of an application.
    pub fn set_permissions(&self, client_id: &str, grants: Vec<Grant>) -> bool {
        self.change(|model| {
            let mut identities = model.world.identities.iter_mut();
            let found = identities.find(|identity| identity.client_id == client_id);
            found.map(|identity| identity.grants = grants).is_some()
        })
    }

    /// Sets the quotas anew, all of them full.
    pub fn set_throttle(&self, limits: Throttle) {
        *self.shared.throttling() = Throttling::new(limits);
        self.shared.touch();
    }

    /// Makes every token that was given out worthless.
    pub fn revoke_tokens(&self) {
        self.change(|model| model.tokens.clear());
    }

    /// Lets requests that a fault left stuck go on from now.
    pub fn unstick(&self) {
        let now = self.shared.clock.now();
        self.change(|model| model.unstick(now));
        drop(self.settled());
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Model) -> T) -> T {
        let changed = change(&mut self.settled());
        self.shared.touch();
        changed
    }
}

impl Model {
    fn portal_opens(
        &mut self,
        machine: &str,
        number: u16,
        source: &str,
        until: Instant,
        now: Instant,
    ) -> Option<()> {
        let machine = self.machine_named(machine)?.clone();
        let policies = self.policies_of(&machine);
        let policy = policies
            .into_iter()
            .find(|policy| policy.port(&machine.id, number).is_some())?;
        let policy = policy.clone();
        let port = RequestPort {
            number,
            source: source.to_owned(),
            end_text: until.to_rfc3339_opts(SecondsFormat::Millis, true),
            end: until,
            status: Status::Initiating,
            reason: Reason::UserRequested,
            mapped_port: self.mapped_port(&machine.id, number),
            opens: self.opens(now),
            never_ends: false,
            rule: None,
        };
        let machines = vec![RequestMachine {
            id: machine.id.clone(),
            ports: vec![port],
        }];
        let request = AccessRequest {
            start_text: self.start_text(now),
            requestor: self.portal_person.clone(),
            justification: None,
            machines,
        };
        self.activity.push(Activity {
            at: now,
            subscription: policy.subscription.clone(),
            group: policy.group.clone(),
            resource: policy.id.clone(),
            action: "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action",
            title: "Initiate JIT Network Access Policy",
            status: "Succeeded",
            caller: self.portal_person.clone(),
            correlation: fresh_uuid(now).to_string(),
            justification: None,
        });
        self.accept(&policy.id, request);
        Some(())
    }

    /// The log's entries of somebody who wrote the groups of a machine.
    fn log_group_writes(&mut self, machine: &str, now: Instant) {
        let Some(machine) = self.machine_named(machine).cloned() else {
            return;
        };
        for group in self.nsg_keys_of(&machine) {
            self.log_group_write(&group, now);
        }
    }

    /// The log's entry of somebody who wrote one group.
    pub(super) fn log_group_write(&mut self, group: &str, now: Instant) {
        let Some(group) = self.world.nsgs.get(&key(group)) else {
            return;
        };
        let part = |place| group.id.split('/').nth(place).unwrap_or_default().to_owned();
        self.activity.push(Activity {
            at: now,
            subscription: part(2),
            group: part(4),
            resource: group.id.clone(),
            action: "Microsoft.Network/networkSecurityGroups/write",
            title: "Create or Update Network Security Group",
            status: "Succeeded",
            caller: self.portal_person.clone(),
            correlation: fresh_uuid(now).to_string(),
            justification: None,
        });
    }

    /// The allow rules that stand for a port: (machine, rule).
    pub(super) fn live_rules(&self, machine: &str, number: u16) -> Vec<(String, String)> {
        let Some(machine) = self.machine_named(machine) else {
            return Vec::new();
        };
        let wanted = key(&machine.id);
        let requests = self
            .policies_of(machine)
            .into_iter()
            .flat_map(|policy| &policy.requests);
        let machines = requests.flat_map(|request| &request.machines);
        let own = machines.filter(|machine| key(&machine.id) == wanted);
        let ports = own.flat_map(|machine| machine.ports.iter().map(move |port| (machine, port)));
        ports
            .filter(|(_, port)| port.number == number && port.is_live())
            .filter_map(|(machine, port)| Some((machine.id.clone(), port.rule.clone()?)))
            .collect()
    }
}

//! What time does: `Initiating` turns `Initiated`, windows end, JIT policies finish updating.
//!
//! Called before every look at the model, so that a fast-forwarded clock needs no task that keeps up.

use chrono::TimeDelta;

use crate::clock::Instant;

use super::{
    Model,
    jit::{Opens, Provisioning, Reason, Status},
    resources::{Registration, key},
};

/// Which port of which machine of which request of which JIT policy.
#[derive(Debug, Clone, Copy)]
struct Place {
    request: usize,
    machine: usize,
    port: usize,
}

impl Model {
    /// Brings the model up to `now`; says whether anything changed.
    pub(crate) fn settle(&mut self, now: Instant) -> bool {
        let mut changed = self.finish_registrations(now);
        for policy in self.live.clone() {
            changed |= self.finish_update(&policy, now);
            for place in self.live_places(&policy) {
                changed |= self.open_if_due(&policy, place, now);
                changed |= self.end_if_due(&policy, place, now);
            }
            if !self.can_still_change(&policy) {
                self.live.remove(&policy);
            }
        }
        changed
    }

    /// The next instant at which something changes by itself.
    pub(crate) fn next_change(&self) -> Option<Instant> {
        let registering = self.world.subscriptions.iter();
        let registering = registering.filter_map(|known| match known.security {
            Registration::Registering { until } => Some(until),
            Registration::NotRegistered | Registration::Registered => None,
        });
        let policies = self.live.iter().filter_map(|id| self.world.policies.get(id));
        policies
            .flat_map(|policy| {
                let updating = match policy.provisioning {
                    Provisioning::Updating { until } => Some(until),
                    Provisioning::Succeeded | Provisioning::Failed => None,
                };
                let machines = policy.requests.iter().flat_map(|request| &request.machines);
                let ports = machines.flat_map(|machine| &machine.ports);
                let lag = self.timing.closing_lag;
                let dues = ports.filter_map(move |port| match (port.status, port.opens) {
                    (Status::Initiating, Opens::At(at)) => Some(at),
                    (Status::Revoked, _) => None,
                    _ => (!port.never_ends).then(|| port.end + lag),
                });
                updating.into_iter().chain(dues)
            })
            .chain(registering)
            .min()
    }

    /// Counts one read of a JIT policy, for ports that open after some reads.
    pub(crate) fn count_read(&mut self, policy: &str, now: Instant) {
        let Some(policy) = self.world.policies.get_mut(policy) else {
            return;
        };
        let machines = policy.requests.iter_mut().flat_map(|r| &mut r.machines);
        for port in machines.flat_map(|machine| &mut machine.ports) {
            port.opens = match port.opens {
                Opens::AfterReads(0 | 1) => Opens::At(now),
                Opens::AfterReads(left) => Opens::AfterReads(left - 1),
                other => other,
            };
        }
    }

    /// Lets what is stuck go on from `now`.
    pub(crate) fn unstick(&mut self, now: Instant) {
        let policies = self.world.policies.values_mut();
        let machines = policies
            .flat_map(|policy| &mut policy.requests)
            .flat_map(|r| &mut r.machines);
        for port in machines.flat_map(|machine| &mut machine.ports) {
            if port.opens == Opens::Never {
                port.opens = Opens::At(now);
            }
            port.never_ends = false;
        }
    }

    fn finish_registrations(&mut self, now: Instant) -> bool {
        let mut changed = false;
        for known in &mut self.world.subscriptions {
            if matches!(known.security, Registration::Registering { until } if until <= now) {
                known.security = Registration::Registered;
                changed = true;
            }
        }
        changed
    }

    fn finish_update(&mut self, policy: &str, now: Instant) -> bool {
        let Some(found) = self.world.policies.get(policy) else {
            return false;
        };
        let Provisioning::Updating { until } = found.provisioning else {
            return false;
        };
        if now < until {
            return false;
        }
        let protected = self.write_deny_rules(policy, now);
        if let Some(found) = self.world.policies.get_mut(policy) {
            found.provisioning = if protected {
                Provisioning::Succeeded
            } else {
                Provisioning::Failed
            };
        }
        true
    }

    fn live_places(&self, policy: &str) -> Vec<Place> {
        let mut places = Vec::new();
        let requests = self.world.policies.get(policy).map(|p| &p.requests);
        for (request, found) in requests.into_iter().flatten().enumerate() {
            for (machine, found) in found.machines.iter().enumerate() {
                for (port, found) in found.ports.iter().enumerate() {
                    if found.is_live() {
                        places.push(Place {
                            request,
                            machine,
                            port,
                        });
                    }
                }
            }
        }
        places
    }

    fn open_if_due(&mut self, policy: &str, place: Place, now: Instant) -> bool {
        let Some((machine, port)) = self.at(policy, place) else {
            return false;
        };
        let due = matches!(port.opens, Opens::At(at) if at <= now);
        if port.status != Status::Initiating || !due {
            return false;
        }
        let (machine, port) = (machine.to_owned(), port.clone());
        let rule = self.write_allow_rule(policy, &machine, &port, now);
        if let Some(port) = self.at_mut(policy, place) {
            port.status = Status::Initiated;
            port.rule = Some(rule);
        }
        true
    }

    fn end_if_due(&mut self, policy: &str, place: Place, now: Instant) -> bool {
        let lag: TimeDelta = self.timing.closing_lag;
        let Some((machine, port)) = self.at(policy, place) else {
            return false;
        };
        if !port.is_live() || port.never_ends || now < port.end + lag {
            return false;
        }
        // By itself, it ends alone: an older one on the port may stand beside it.
        let machine = machine.to_owned();
        let Some(port) = self.at_mut(policy, place) else {
            return false;
        };
        port.status = Status::Revoked;
        port.reason = Reason::Expired;
        if let Some(rule) = port.rule.take() {
            self.remove_rule(&machine, &rule);
        }
        true
    }

    /// Ends every live request for (machine, port) under a JIT policy and removes its rules.
    pub(crate) fn revoke(&mut self, policy: &str, machine: &str, number: u16, reason: Reason) -> bool {
        let wanted = key(machine);
        let mut rules = Vec::new();
        let mut changed = false;
        let Some(found) = self.world.policies.get_mut(&key(policy)) else {
            return false;
        };
        let machines = found.requests.iter_mut().flat_map(|r| &mut r.machines);
        for machine in machines.filter(|machine| key(&machine.id) == wanted) {
            for port in &mut machine.ports {
                if port.number == number && port.is_live() {
                    port.status = Status::Revoked;
                    port.reason = reason;
                    rules.extend(port.rule.take());
                    changed = true;
                }
            }
        }
        for rule in rules {
            self.remove_rule(machine, &rule);
        }
        changed
    }

    fn can_still_change(&self, policy: &str) -> bool {
        self.world.policies.get(policy).is_some_and(|found| {
            matches!(found.provisioning, Provisioning::Updating { .. })
                || !self.live_places(policy).is_empty()
        })
    }

    fn at(&self, policy: &str, place: Place) -> Option<(&str, &super::jit::RequestPort)> {
        let policy = self.world.policies.get(policy)?;
        let machine = policy.requests.get(place.request)?.machines.get(place.machine)?;
        Some((&machine.id, machine.ports.get(place.port)?))
    }

    fn at_mut(&mut self, policy: &str, place: Place) -> Option<&mut super::jit::RequestPort> {
        let policy = self.world.policies.get_mut(policy)?;
        let request = policy.requests.get_mut(place.request)?;
        let machine = request.machines.get_mut(place.machine)?;
        machine.ports.get_mut(place.port)
    }
}

//! What one look at the inventory a day finds: doors that JIT does not guard, and JIT policies that allow much.
//!
//! Pure: the machines in, the findings out. Must not know how often somebody looks, or how it is told.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Instant,
    jit_policy::Stale,
    port::Port,
    review::Review,
    vm::{AllowedSources, JitPolicyId, JitState, Vm, VmId},
};

/// A limit above this is told: it is what Azure proposes by itself.
const LONG: Duration = Duration::from_secs(3 * 60 * 60);
/// More than this is not written into one record; the rest is counted.
const NAMED_MAX: usize = 15;

/// The findings of one look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// When the oldest part of the picture was taken; `None`: no machine could be read yet.
    pub taken_at: Option<Instant>,
    pub vms: u32,
    /// Ports that are open whatever JIT does.
    pub open: Findings<OpenDoor>,
    /// JIT policies with limits over three hours.
    pub long: Findings<LongLimit>,
    /// JIT policies that allow any source.
    pub any_source: Findings<AnySource>,
    /// VMs that a JIT policy lists and that are not among the machines.
    pub stale: Findings<Stale>,
    /// What was opened without an approval and nobody has reviewed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reviews: Vec<Review>,
}

/// Some findings by name, and how many more there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings<T> {
    pub named: Vec<T>,
    pub left_out: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDoor {
    pub vm: VmId,
    pub port: Port,
    pub rule: String,
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongLimit {
    pub policy: JitPolicyId,
    /// How many ports of VMs have a limit over three hours.
    pub ports: u32,
    /// The longest of them, and where.
    pub longest: Duration,
    pub vm: VmId,
    pub port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnySource {
    pub policy: JitPolicyId,
    /// How many ports of VMs any source may ask for.
    pub ports: u32,
}

impl Digest {
    /// Looks at `vms`, and at `stale` entries of JIT policies, in a picture of this age.
    pub fn of(vms: &[Vm], stale: Vec<Stale>, taken_at: Option<Instant>) -> Self {
        let mut open = Vec::new();
        let mut long: BTreeMap<&JitPolicyId, LongLimit> = BTreeMap::new();
        let mut any_source: BTreeMap<&JitPolicyId, AnySource> = BTreeMap::new();
        for vm in vms {
            open.extend(vm.open_anyway.iter().map(|found| OpenDoor {
                vm: vm.id.clone(),
                port: found.port,
                rule: found.rule.clone(),
                source: found.source.clone(),
            }));
            let JitState::Configured { policies } = &vm.jit else {
                continue;
            };
            for entry in policies {
                for jit in &entry.ports {
                    if jit.max > LONG {
                        let found = long.entry(&entry.policy).or_insert_with(|| LongLimit {
                            policy: entry.policy.clone(),
                            ports: 0,
                            longest: Duration::ZERO,
                            vm: vm.id.clone(),
                            port: jit.port,
                        });
                        found.ports += 1;
                        if jit.max > found.longest {
                            (found.longest, found.vm, found.port) = (jit.max, vm.id.clone(), jit.port);
                        }
                    }
                    if jit.sources == AllowedSources::Any {
                        let found = any_source.entry(&entry.policy).or_insert_with(|| AnySource {
                            policy: entry.policy.clone(),
                            ports: 0,
                        });
                        found.ports += 1;
                    }
                }
            }
        }
        Self {
            taken_at,
            vms: u32::try_from(vms.len()).unwrap_or(u32::MAX),
            open: open.into(),
            long: long.into_values().collect::<Vec<_>>().into(),
            any_source: any_source.into_values().collect::<Vec<_>>().into(),
            stale: stale.into(),
            reviews: Vec::new(),
        }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        let none = |count: usize| count == 0;
        none(self.open.count())
            && none(self.long.count())
            && none(self.any_source.count())
            && none(self.stale.count())
            && none(self.reviews.len())
    }
}

impl<T> Findings<T> {
    /// All of them.
    pub fn count(&self) -> usize {
        self.named
            .len()
            .saturating_add(usize::try_from(self.left_out).unwrap_or(usize::MAX))
    }
}

impl<T> From<Vec<T>> for Findings<T> {
    fn from(mut all: Vec<T>) -> Self {
        let left_out = u32::try_from(all.len().saturating_sub(NAMED_MAX)).unwrap_or(u32::MAX);
        all.truncate(NAMED_MAX);
        Self { named: all, left_out }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GROUP: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers";

    /// A VM with these ports in a JIT policy: port, hours, sources.
    fn vm(name: &str, ports: &[(u16, u64, &str)]) -> Vm {
        let ports: Vec<_> = ports
            .iter()
            .map(|(port, hours, sources)| {
                let sources = if *sources == "*" { json!("any") } else { json!({"only": [sources]}) };
                json!({"port": port, "protocol": "any", "sources": sources, "max": {"secs": hours * 3600, "nanos": 0}})
            })
            .collect();
        serde_json::from_value(json!({
            "id": format!("{GROUP}/Microsoft.Compute/virtualMachines/{name}"), "location": "westeurope", "os": "linux",
            "power": "running", "tags": {}, "address": {}, "admin": null, "open_anyway": [],
            "jit": {"state": "configured", "policies": [{
                "policy": format!("{GROUP}/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"),
                "ports": ports}]},
        }))
        .unwrap()
    }

    #[test]
    fn what_jit_policies_allow_is_told_for_each_of_them() {
        let vms = [
            vm("a", &[(22, 3, "198.51.100.0/24"), (443, 8, "*")]),
            vm("b", &[(3389, 24, "*")]),
        ];
        let digest = Digest::of(&vms, Vec::new(), None);
        let [long] = digest.long.named.as_slice() else {
            panic!("{digest:?}")
        };
        assert_eq!(
            (
                long.ports,
                long.longest.as_secs(),
                long.vm.name(),
                long.port.number()
            ),
            (2, 86_400, "b", 3389)
        );
        let [any] = digest.any_source.named.as_slice() else {
            panic!("{digest:?}")
        };
        assert_eq!(any.ports, 2);
        assert!(!digest.is_empty());
        let fine = Digest::of(&[vm("a", &[(22, 3, "198.51.100.0/24")])], Vec::new(), None);
        assert!(fine.is_empty(), "three hours are what Azure proposes: {fine:?}");
    }

    #[test]
    fn many_findings_are_counted() {
        let vms: Vec<_> = (0..20)
            .map(|number| {
                let mut vm = vm(&format!("vm-{number}"), &[]);
                vm.open_anyway = vec![crate::domain::vm::OpenAnyway {
                    port: Port::new(22).unwrap(),
                    rule: "open".to_owned(),
                    source: "*".to_owned(),
                }];
                vm
            })
            .collect();
        let digest = Digest::of(&vms, Vec::new(), None);
        assert_eq!(
            (digest.open.named.len(), digest.open.left_out, digest.open.count()),
            (15, 5, 20)
        );
    }
}

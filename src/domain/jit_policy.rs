//! What a JIT policy allows, and in what two pictures of it differ.
//!
//! Azure gives lists in no order and ids in any case, so what is compared here has neither. Must not know what a
//! JIT policy remembers of requests, or who changed it.

use serde::{Deserialize, Serialize};

use super::vm::{AllowedSources, JitPolicyId, JitPort, VmId};

/// One VM as a JIT policy lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    pub vm: VmId,
    /// Ordered by port.
    pub ports: Vec<JitPort>,
}

/// All VMs of a JIT policy with their ports and limits, in one order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contents(Vec<Listed>);

impl Contents {
    /// Puts what Azure shows into order. Of a VM that is listed twice the ports are joined.
    pub fn new(listed: impl IntoIterator<Item = (VmId, Vec<JitPort>)>) -> Self {
        let mut all: Vec<Listed> = Vec::new();
        for (vm, ports) in listed {
            match all.iter_mut().find(|known| known.vm == vm) {
                Some(known) => known.ports.extend(ports),
                None => all.push(Listed { vm, ports }),
            }
        }
        for listed in &mut all {
            for jit in &mut listed.ports {
                if let AllowedSources::Only(nets) = &mut jit.sources {
                    nets.sort();
                    nets.dedup();
                }
            }
            listed
                .ports
                .sort_by_key(|jit| (jit.port, jit.protocol as u8, jit.max));
        }
        all.sort_by(|one, other| one.vm.cmp(&other.vm));
        Self(all)
    }

    /// The VMs, ordered by id.
    pub fn listed(&self) -> &[Listed] {
        &self.0
    }

    fn get(&self, vm: &VmId) -> Option<&Listed> {
        self.0.iter().find(|listed| listed.vm == *vm)
    }
}

/// What somebody did to a JIT policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Noticed {
    Created {
        contents: Vec<Listed>,
        /// VMs that this does not name, because they are too many for one record.
        left_out: u32,
    },
    Changed {
        differences: Vec<Difference>,
        /// Differences that this does not name, because they are too many for one record.
        left_out: u32,
    },
    Deleted,
}

/// One difference between two pictures of a JIT policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    VmAdded {
        vm: VmId,
        ports: Vec<JitPort>,
    },
    VmRemoved {
        vm: VmId,
    },
    PortAdded {
        vm: VmId,
        port: JitPort,
    },
    PortRemoved {
        vm: VmId,
        port: JitPort,
    },
    PortChanged {
        vm: VmId,
        before: JitPort,
        after: JitPort,
    },
}

/// More than this is not written into one record; the rest is counted.
const NAMED_MAX: usize = 20;

impl Noticed {
    /// A JIT policy that is new.
    pub fn created(contents: &Contents) -> Self {
        let (contents, left_out) = first_of(contents.0.clone());
        Self::Created { contents, left_out }
    }

    /// What changed between two pictures; `None` where nothing did.
    pub fn changed(before: &Contents, after: &Contents) -> Option<Self> {
        let (differences, left_out) = first_of(differences(before, after));
        (!differences.is_empty()).then_some(Self::Changed {
            differences,
            left_out,
        })
    }
}

fn first_of<T>(mut all: Vec<T>) -> (Vec<T>, u32) {
    let left_out = u32::try_from(all.len().saturating_sub(NAMED_MAX)).unwrap_or(u32::MAX);
    all.truncate(NAMED_MAX);
    (all, left_out)
}

/// All differences, ordered by VM.
pub fn differences(before: &Contents, after: &Contents) -> Vec<Difference> {
    let mut found = Vec::new();
    for listed in &before.0 {
        match after.get(&listed.vm) {
            None => found.push(Difference::VmRemoved {
                vm: listed.vm.clone(),
            }),
            Some(now) => ports(&listed.vm, &listed.ports, &now.ports, &mut found),
        }
    }
    for listed in &after.0 {
        if before.get(&listed.vm).is_none() {
            found.push(Difference::VmAdded {
                vm: listed.vm.clone(),
                ports: listed.ports.clone(),
            });
        }
    }
    found.sort_by(|one, other| one.vm().cmp(other.vm()));
    found
}

fn ports(vm: &VmId, before: &[JitPort], after: &[JitPort], found: &mut Vec<Difference>) {
    // What stands in both as it is is no difference; of the rest a port with the same number has changed.
    let mut left: Vec<_> = before.iter().filter(|jit| !after.contains(jit)).collect();
    for jit in after.iter().filter(|jit| !before.contains(jit)) {
        let vm = vm.clone();
        match left.iter().position(|old| old.port == jit.port) {
            Some(at) => found.push(Difference::PortChanged {
                vm,
                before: left.swap_remove(at).clone(),
                after: jit.clone(),
            }),
            None => found.push(Difference::PortAdded {
                vm,
                port: jit.clone(),
            }),
        }
    }
    left.sort_by_key(|jit| jit.port);
    found.extend(left.into_iter().map(|jit| Difference::PortRemoved {
        vm: vm.clone(),
        port: jit.clone(),
    }));
}

impl Difference {
    /// The VM that it is about.
    pub fn vm(&self) -> &VmId {
        match self {
            Self::VmAdded { vm, .. }
            | Self::VmRemoved { vm }
            | Self::PortAdded { vm, .. }
            | Self::PortRemoved { vm, .. }
            | Self::PortChanged { vm, .. } => vm,
        }
    }
}

/// A VM that a JIT policy lists and that is not among the machines any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stale {
    pub policy: JitPolicyId,
    pub vm: VmId,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{port::Port, vm::Protocol};

    fn vm(name: &str) -> VmId {
        format!("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/{name}")
            .parse()
            .unwrap()
    }

    fn port(number: u16, hours: u64) -> JitPort {
        JitPort {
            port: Port::new(number).unwrap(),
            protocol: Protocol::Any,
            sources: AllowedSources::Any,
            max: Duration::from_secs(hours * 3600),
        }
    }

    #[test]
    fn order_and_case_are_no_difference() {
        let one = Contents::new([
            (vm("a"), vec![port(22, 1), port(443, 2)]),
            (vm("b"), vec![port(22, 1)]),
        ]);
        let other = Contents::new([
            (vm("B"), vec![port(22, 1)]),
            (vm("A"), vec![port(443, 2), port(22, 1)]),
        ]);
        assert_eq!(differences(&one, &other), []);
        assert_eq!(Noticed::changed(&one, &other), None);
    }

    #[test]
    fn each_difference_is_found_once() {
        let before = Contents::new([
            (vm("a"), vec![port(22, 1), port(443, 2)]),
            (vm("b"), vec![port(22, 1)]),
        ]);
        let after = Contents::new([
            (vm("c"), vec![port(3389, 3)]),
            (vm("a"), vec![port(22, 8), port(80, 2)]),
        ]);
        let port_changed = Difference::PortChanged {
            vm: vm("a"),
            before: port(22, 1),
            after: port(22, 8),
        };
        assert_eq!(
            differences(&before, &after),
            [
                port_changed,
                Difference::PortAdded {
                    vm: vm("a"),
                    port: port(80, 2)
                },
                Difference::PortRemoved {
                    vm: vm("a"),
                    port: port(443, 2)
                },
                Difference::VmRemoved { vm: vm("b") },
                Difference::VmAdded {
                    vm: vm("c"),
                    ports: vec![port(3389, 3)]
                },
            ]
        );
    }

    #[test]
    fn another_source_or_protocol_is_a_difference() {
        let narrow = JitPort {
            sources: AllowedSources::Only(vec!["198.51.100.0/24".parse().unwrap()]),
            ..port(22, 1)
        };
        let tcp = JitPort {
            protocol: Protocol::Tcp,
            ..port(22, 1)
        };
        let before = Contents::new([(vm("a"), vec![port(22, 1)])]);
        for after in [narrow, tcp] {
            let after = Contents::new([(vm("a"), vec![after])]);
            assert!(matches!(
                differences(&before, &after).as_slice(),
                [Difference::PortChanged { .. }]
            ));
        }
    }

    #[test]
    fn what_is_too_much_for_a_record_is_counted() {
        let many = Contents::new((0..25).map(|number| (vm(&format!("vm-{number}")), vec![port(22, 1)])));
        let Noticed::Created { contents, left_out } = Noticed::created(&many) else {
            panic!()
        };
        assert_eq!((contents.len(), left_out), (20, 5));
        let Some(Noticed::Changed {
            differences,
            left_out,
        }) = Noticed::changed(&many, &Contents::default())
        else {
            panic!()
        };
        assert_eq!((differences.len(), left_out), (20, 5));
    }
}

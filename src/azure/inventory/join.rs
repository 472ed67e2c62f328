//! Making VMs out of rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::{
    classify::{Known, classify},
    network::Networks,
    rows::{ClassicMachine, Machine},
};
use crate::{
    azure::jit::{JitPolicyState, normal_location},
    domain::{
        jit_policy::Stale,
        network::{Way, beside_jit, open_anyway},
        plan::Plans,
        text::FreeText,
        vm::{Classic, JitEntry, Os, Power, SubscriptionId, Vm, VmId},
    },
};

/// What is known of one subscription besides its machines.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub(super) networks: &'a Networks,
    /// The lower-cased ids of machines to which JIT does not apply, by Defender.
    pub(super) not_applicable: &'a HashSet<String>,
    /// The plans in force, where they could be read.
    pub(super) plans: Option<&'a Plans>,
    pub(super) policies: &'a [JitPolicyState],
}

/// The VMs of one subscription, ordered by id. A row that cannot be a VM is left out.
pub(super) fn join(machines: &[Machine], around: &Around) -> Vec<Vm> {
    let mut entries: HashMap<&VmId, Vec<(&JitPolicyState, usize)>> = HashMap::new();
    for policy in around.policies {
        for (index, entry) in policy.entries.iter().enumerate() {
            entries.entry(&entry.vm).or_default().push((policy, index));
        }
    }
    let mut vms: Vec<_> = machines
        .iter()
        .filter_map(|machine| {
            let id: VmId = machine.id.parse().ok()?;
            let found = entries.get(&id).map(Vec::as_slice).unwrap_or_default();
            Some(vm(id, machine, found, around))
        })
        .collect();
    vms.sort_by(|a, b| a.id.cmp(&b.id));
    // A page that moved while it was read shows a row twice.
    vms.dedup_by(|a, b| a.id == b.id);
    vms
}

/// The entries of `policies` whose VM is not among `vms`, which are ordered by id.
pub(super) fn stale(policies: &[JitPolicyState], vms: &[Vm]) -> Vec<Stale> {
    let listed = policies
        .iter()
        .flat_map(|policy| policy.entries.iter().map(|entry| (&policy.id, &entry.vm)));
    listed
        .filter(|(_, vm)| vms.binary_search_by(|known| known.id.cmp(vm)).is_err())
        .map(|(policy, vm)| Stale {
            policy: policy.clone(),
            vm: vm.clone(),
        })
        .collect()
}

/// A classic machine, if the id of its row is one.
pub(super) fn classic(row: &ClassicMachine) -> Option<Classic> {
    let mut parts = row.id.split('/').skip(1);
    let mut named = |kind: &str| {
        let kind_is = parts.next().is_some_and(|part| part.eq_ignore_ascii_case(kind));
        parts.next().filter(|_| kind_is)
    };
    let subscription = SubscriptionId::new(named("subscriptions")?)?;
    let group = named("resourceGroups")?.to_owned();
    named("providers")?;
    Some(Classic {
        subscription,
        group,
        name: named("virtualMachines")?.to_owned(),
    })
}

fn vm(id: VmId, machine: &Machine, entries: &[(&JitPolicyState, usize)], around: &Around) -> Vm {
    let place = around.networks.place(machine);
    let mut address = place.address;
    let mut policies = Vec::new();
    for (policy, index) in entries {
        let Some(entry) = policy.entries.get(*index) else {
            continue;
        };
        address.firewall = address.firewall.or(entry.firewall);
        policies.push(JitEntry {
            policy: policy.id.clone(),
            ports: entry.ports.clone(),
        });
    }
    let guarded: Vec<_> = policies.iter().flat_map(|entry| entry.ports.clone()).collect();
    let ways: Vec<_> = place.nics.iter().map(Way::over).collect();
    let known = Known {
        guarded: place.guarded,
        has_plan: around.plans.map(|plans| plans.of(&id).includes_jit()),
        not_applicable: around.not_applicable.contains(id.key()),
    };
    Vm {
        location: normal_location(&machine.location),
        os: os(&machine.os),
        power: power(&machine.power),
        tags: tags(&machine.tags),
        address,
        admin: FreeText::new(&machine.admin).map(|admin| admin.to_string()),
        jit: classify(policies, known),
        open_anyway: open_anyway(&ways, around.networks.groups(), &guarded),
        beside_jit: beside_jit(&ways, around.networks.groups(), &guarded),
        nics: place.nics,
        id,
    }
}

fn os(text: &str) -> Os {
    match text.to_ascii_lowercase().as_str() {
        "linux" => Os::Linux,
        "windows" => Os::Windows,
        _ => Os::Unknown,
    }
}

/// Azure's `PowerState/running`.
fn power(code: &str) -> Power {
    let code = code.to_ascii_lowercase();
    match code.strip_prefix("powerstate/").unwrap_or(&code) {
        "starting" => Power::Starting,
        "running" => Power::Running,
        "stopping" => Power::Stopping,
        "stopped" => Power::Stopped,
        "deallocating" => Power::Deallocating,
        "deallocated" => Power::Deallocated,
        _ => Power::Unknown,
    }
}

fn tags(value: &Value) -> BTreeMap<String, String> {
    let Some(tags) = value.as_object() else {
        return BTreeMap::new();
    };
    let clean = |text: &str| FreeText::new(text).map(|text| text.to_string());
    tags.iter()
        .filter_map(|(name, value)| {
            let value = clean(value.as_str()?).unwrap_or_default();
            Some((clean(name)?, value))
        })
        .collect()
}

//! A JIT policy as it is written: the list of machines, of which only ours are touched.
//!
//! A PUT replaces the whole list, so every machine and port that is not ours goes back as the very bytes that came.
//! Nothing is normalised on the way: what this version does not understand survives it.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use sha2::{Digest as _, Sha256};

use super::{
    Provisioning,
    element::element,
    policy::{entry, provisioning},
    wire::PolicyVm,
};
use crate::domain::{
    configuration::{Fingerprints, VmChange},
    jit_policy::Contents,
    vm::{AllowedSources, JitPolicyId, JitPort, NotAnArmId, VmId},
};

/// A JIT policy with the bytes of its list.
#[derive(Debug, Clone)]
pub struct JitDocument {
    pub id: JitPolicyId,
    pub provisioning: Provisioning,
    is_there: bool,
    kind: String,
    machines: Vec<Box<RawValue>>,
}

/// A list that is ready to be written.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// The body of the PUT.
    pub(super) body: String,
    /// Whether it differs from what it was made from.
    pub differs: bool,
    /// What the JIT policy will have, as far as it can be understood.
    pub contents: Contents,
}

/// Why a list cannot be rewritten as it was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The machine's ports are neither as they were nor as they are wanted.
    Changed { vm: VmId },
    /// The machine's entry, or a port of it, cannot be understood, or is there twice.
    Unreadable { vm: VmId },
}

/// What a document says of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fulfilled {
    Yes,
    /// Not for this machine.
    No(VmId),
}

#[derive(Debug, Deserialize)]
pub(super) struct DocumentBody {
    id: String,
    #[serde(default)]
    kind: Option<String>,
    properties: DocumentProperties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentProperties {
    #[serde(default)]
    virtual_machines: Option<Vec<Box<RawValue>>>,
    #[serde(default)]
    provisioning_state: Option<String>,
}

/// One machine of the list, as far as it has to be understood.
struct Element {
    vm: VmId,
    ports: Vec<JitPort>,
    /// Whether every port of it was understood.
    whole: bool,
}

impl JitDocument {
    pub(super) fn read(body: DocumentBody) -> Result<Self, NotAnArmId> {
        Ok(Self {
            is_there: true,
            id: body.id.parse()?,
            provisioning: provisioning(body.properties.provisioning_state.as_deref().unwrap_or_default()),
            // Every recorded client sends it.
            kind: body.kind.unwrap_or_else(|| "Basic".to_owned()),
            machines: body.properties.virtual_machines.unwrap_or_default(),
        })
    }

    /// The JIT policy that is not there.
    pub fn absent(id: JitPolicyId) -> Self {
        Self {
            is_there: false,
            id,
            provisioning: Provisioning::Succeeded,
            kind: "Basic".to_owned(),
            machines: Vec::new(),
        }
    }

    /// The ports of `vm`; empty where it is not listed. `None`: not all of it can be understood.
    pub fn ports(&self, vm: &VmId) -> Option<Vec<JitPort>> {
        let mut found = self.elements().filter(|(_, element)| element.vm == *vm);
        match (found.next(), found.next()) {
            (None, _) => Some(Vec::new()),
            (Some((_, element)), None) if element.whole => Some(element.ports),
            _ => None,
        }
    }

    /// All machines that can be understood, with their ports.
    pub fn contents(&self) -> Contents {
        Contents::new(self.elements().map(|(_, element)| (element.vm, element.ports)))
    }

    /// What there is to remember of it; `None`: it is not there.
    pub fn known(&self) -> Option<Contents> {
        self.is_there.then(|| self.contents())
    }

    /// Whether `other` says the same, whatever the order of members.
    pub fn same_as(&self, other: &Self) -> bool {
        let values = |document: &Self| -> Vec<Option<Value>> {
            document
                .machines
                .iter()
                .map(|raw| serde_json::from_str(raw.get()).ok())
                .collect()
        };
        values(self) == values(other)
    }

    /// A digest of what is said of each machine, by its lower-cased id.
    pub fn fingerprints(&self) -> Fingerprints {
        let mut found: Vec<_> = self
            .machines
            .iter()
            .map(|raw| {
                let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
                let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
                (id.to_lowercase(), digest(&canonical(value.clone())))
            })
            .collect();
        found.sort();
        found
    }

    /// The machines, besides those of `changes`, of which this document says something else than `base` did.
    pub fn others_changed(&self, base: &Fingerprints, changes: &[VmChange]) -> Vec<String> {
        let ours = |id: &str| changes.iter().any(|change| change.vm.key() == id);
        let now = self.fingerprints();
        let differs = |one: &Fingerprints, other: &Fingerprints| -> Vec<String> {
            one.iter()
                .filter(|entry| !ours(&entry.0) && !other.contains(entry))
                .map(|(id, _)| id.rsplit('/').next().unwrap_or_default().to_owned())
                .collect()
        };
        let mut names = differs(base, &now);
        names.extend(differs(&now, base));
        names.sort();
        names.dedup();
        names
    }

    /// Whether everything that `changes` wants is there.
    pub fn fulfils(&self, changes: &[VmChange]) -> Fulfilled {
        match changes.iter().find(|change| {
            !self
                .ports(&change.vm)
                .is_some_and(|now| same_ports(&now, &change.after()))
        }) {
            Some(change) => Fulfilled::No(change.vm.clone()),
            None => Fulfilled::Yes,
        }
    }

    /// The list with `changes` made, and everything else as it came.
    pub fn rewritten(&self, changes: &[VmChange]) -> Result<Rewritten, Conflict> {
        let mut machines: Vec<Option<Box<RawValue>>> = self.machines.iter().cloned().map(Some).collect();
        let mut differs = false;
        for change in changes {
            let vm = change.vm.clone();
            let unreadable = || Conflict::Unreadable {
                vm: change.vm.clone(),
            };
            let now = self.ports(&vm).ok_or_else(unreadable)?;
            if same_ports(&now, &change.after()) {
                continue;
            }
            if !same_ports(&now, &change.before) {
                return Err(Conflict::Changed { vm });
            }
            differs = true;
            let place = self
                .elements()
                .find(|(_, element)| element.vm == vm)
                .map(|(place, _)| place);
            let old = place.and_then(|place| self.machines.get(place));
            let new = element(change, old.map(|raw| &**raw)).ok_or_else(unreadable)?;
            match place {
                Some(place) => {
                    if let Some(slot) = machines.get_mut(place) {
                        *slot = new;
                    }
                }
                None => machines.push(new),
            }
        }
        let after = Self {
            machines: machines.into_iter().flatten().collect(),
            ..self.clone()
        };
        let list: Vec<_> = after.machines.iter().map(|raw| raw.get()).collect();
        Ok(Rewritten {
            body: format!(
                "{{\"kind\":{},\"properties\":{{\"virtualMachines\":[{}]}}}}",
                Value::String(self.kind.clone()),
                list.join(",")
            ),
            differs,
            contents: after.contents(),
        })
    }

    fn elements(&self) -> impl Iterator<Item = (usize, Element)> + '_ {
        self.machines
            .iter()
            .enumerate()
            .filter_map(|(place, raw)| Some((place, read_element(raw)?)))
    }
}

/// The same ports with the same limits, in whatever order.
fn same_ports(one: &[JitPort], other: &[JitPort]) -> bool {
    let sorted = |ports: &[JitPort]| {
        let mut ports: Vec<_> = ports
            .iter()
            .map(|jit| {
                let sources = match &jit.sources {
                    AllowedSources::Any => None,
                    AllowedSources::Only(nets) => {
                        let mut nets = nets.clone();
                        nets.sort();
                        Some(nets)
                    }
                };
                (jit.port, jit.protocol as u8, jit.max, sources)
            })
            .collect();
        ports.sort();
        ports
    };
    sorted(one) == sorted(other)
}

fn read_element(raw: &RawValue) -> Option<Element> {
    let value: Value = serde_json::from_str(raw.get()).ok()?;
    let listed = value.get("ports").and_then(Value::as_array).map_or(0, Vec::len);
    let read = entry(PolicyVm::deserialize(&value).ok()?)?;
    Some(Element {
        whole: read.ports.len() == listed,
        vm: read.vm,
        ports: read.ports,
    })
}

/// Azure may leave members away that are null, list ports in another order and change the case of ids.
fn canonical(mut value: Value) -> Value {
    if let Some(id) = value.get_mut("id")
        && let Some(text) = id.as_str()
    {
        *id = Value::from(text.to_lowercase());
    }
    if let Some(ports) = value.get_mut("ports").and_then(Value::as_array_mut) {
        ports.sort_by_key(|port| port.get("number").and_then(Value::as_u64));
    }
    without_nulls(value)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn digest(value: &Value) -> String {
    let hash = Sha256::digest(value.to_string());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

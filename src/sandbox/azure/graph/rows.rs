//! The rows of the tables: the same resources as Resource Manager shows, a little differently spelled.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::sandbox::azure::{
    model::{
        Model,
        identity::{Identity, within},
        resources::{Firewall, Machine, Plan, key},
    },
    operations::{machine_document, network_document, nic_document, nsg_document, public_ip_document},
};

use super::{
    expression::{Condition, Expression},
    language::{Query, Stage},
};

/// The Defender assessment "Management ports of virtual machines should be protected with JIT".
const JIT_ASSESSMENT: &str = "805651bc-6ecd-4c73-9b55-97a19d0582d0";

const MACHINE: &str = "microsoft.compute/virtualmachines";
const CLASSIC: &str = "microsoft.classiccompute/virtualmachines";

/// Where a row comes from; its document is made late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Machine,
    Nic,
    PublicIp,
    Network,
    Nsg,
    Firewall,
    Subscription,
    Group,
    Assessment,
}

/// A row that passed the conditions; with an index where `mv-expand` made several of one.
#[derive(Debug)]
pub(super) struct Row<'a> {
    kind: Kind,
    key: Cow<'a, str>,
    expanded: Option<usize>,
}

/// The rows of a query, ordered by id.
pub(super) fn select<'a>(
    model: &'a Model,
    who: &Identity,
    subscriptions: Option<&[String]>,
    query: &Query,
) -> Result<Vec<Row<'a>>, String> {
    let mut rows = Vec::new();
    for (kind, resource_type, right) in tables(&query.table) {
        if !may_match_type(query, resource_type) {
            continue;
        }
        let scopes = who.scopes_of(right);
        for key in keys(model, *kind, resource_type) {
            let subscription = key.split('/').nth(2).unwrap_or_default();
            if subscriptions.is_some_and(|asked| !asked.iter().any(|id| id == subscription)) {
                continue;
            }
            if !scopes.iter().any(|scope| within(scope, &key)) {
                continue;
            }
            rows.push(Row {
                kind: *kind,
                key,
                expanded: None,
            });
        }
    }
    rows.sort_by(|left, right| left.key.cmp(&right.key));
    if needs_documents(query) {
        rows = filter(model, query, rows)?;
    }
    Ok(rows)
}

impl Row<'_> {
    /// The row after all stages.
    pub(super) fn render(&self, model: &Model, query: &Query) -> Value {
        let mut row = self.document(model);
        for stage in &query.stages {
            match stage {
                Stage::Extend(columns) => extend(&mut row, columns),
                Stage::Project(columns) => {
                    let mut projected = Map::new();
                    for (name, expression) in columns {
                        projected.insert(name.clone(), expression.value(&row));
                    }
                    row = Value::Object(projected);
                }
                Stage::Expand(name, expression) => {
                    let values = expression.value(&row);
                    let one = self.expanded.and_then(|index| values.get(index)).cloned();
                    set(&mut row, name, one.unwrap_or_default());
                }
                Stage::Where(_) | Stage::OrderById => {}
            }
        }
        row
    }

    fn document(&self, model: &Model) -> Value {
        let world = &model.world;
        let body = match self.kind {
            Kind::Machine => world.machines.get(&*self.key).map(machine_row),
            Kind::Nic => world.nics.get(&*self.key).map(nic_document),
            Kind::PublicIp => {
                let found = world.public_ips.get(&*self.key);
                found.map(|found| public_ip_document(model, found))
            }
            Kind::Network => world.networks.get(&*self.key).map(network_document),
            Kind::Nsg => world.nsgs.get(&*self.key).map(nsg_document),
            Kind::Firewall => world.firewalls.get(&*self.key).map(firewall_row),
            Kind::Subscription => subscription_row(model, &self.key),
            Kind::Group => world.groups.get(&*self.key).map(|group| {
                json!({
                    "id": group.id,
                    "name": group.name,
                    "type": "microsoft.resources/subscriptions/resourcegroups",
                    "location": group.region,
                })
            }),
            Kind::Assessment => model.machine(self.machine_key()).map(|m| assessment(model, m)),
        };
        finish(body.unwrap_or_default(), &self.key)
    }

    fn machine_key(&self) -> &str {
        let at = self.key.find("/providers/microsoft.security/");
        at.and_then(|at| self.key.get(..at)).unwrap_or_default()
    }
}

/// What Resource Graph adds to every row, and its lower-cased spellings.
fn finish(mut row: Value, key: &str) -> Value {
    let mut parts = key.split('/');
    let subscription = parts.nth(2).unwrap_or_default();
    let group = match parts.next() {
        Some("resourcegroups") => parts.next().unwrap_or_default(),
        _ => "",
    };
    set(&mut row, "subscriptionId", json!(subscription));
    set(&mut row, "resourceGroup", json!(group));
    let lower = row
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_ascii_lowercase);
    set(&mut row, "type", json!(lower));
    row
}

fn machine_row(machine: &Machine) -> Value {
    let mut row = machine_document(machine);
    if machine.classic {
        set(&mut row, "type", json!(CLASSIC));
    }
    let view = json!({
        "instanceView": {
            "computerName": machine.name,
            "powerState": {
                "code": format!("PowerState/{}", machine.power.code()),
                "displayStatus": machine.power.display(),
                "level": "Info",
            },
        },
    });
    if let Some(properties) = row.get_mut("properties") {
        set(properties, "extended", view);
    }
    row
}

/// A firewall; only one under Firewall Policy has `firewallPolicy`.
fn firewall_row(firewall: &Firewall) -> Value {
    let rules = firewall.translations.iter().map(|rule| {
        json!({
            "name": rule.name,
            "protocols": ["TCP"],
            "sourceAddresses": [rule.source],
            "destinationAddresses": [firewall.public_ip],
            "destinationPorts": [rule.outside_port.to_string()],
            "translatedAddress": rule.destination,
            "translatedPort": rule.port.to_string(),
        })
    });
    let rules: Vec<Value> = rules.collect();
    let mut row = json!({
        "id": firewall.id,
        "name": firewall.id.rsplit('/').next(),
        "type": "microsoft.network/azurefirewalls",
        "location": firewall.region,
        "properties": {
            "provisioningState": "Succeeded",
            "ipConfigurations": [{
                "name": "configuration",
                "properties": {
                    "subnet": {"id": format!("{}/subnets/AzureFirewallSubnet", firewall.network)},
                    "publicIPAddress": {"id": format!("{}-ip", firewall.id.replace("azureFirewalls", "publicIPAddresses"))},
                },
            }],
            "natRuleCollections": [{"name": "MDC-JIT", "properties": {"priority": 100, "rules": rules}}],
        },
    });
    if let (Some(policy), Some(properties)) = (&firewall.policy, row.get_mut("properties")) {
        set(properties, "natRuleCollections", json!([]));
        set(properties, "firewallPolicy", json!({"id": policy}));
    }
    row
}

fn subscription_row(model: &Model, key: &str) -> Option<Value> {
    let mut known = model.world.subscriptions.iter();
    let known = known.find(|known| key.ends_with(&known.id))?;
    Some(json!({
        "id": format!("/subscriptions/{}", known.id),
        "name": known.name,
        "type": "microsoft.resources/subscriptions",
        "tenantId": model.world.tenant,
        "properties": {"state": "Enabled"},
    }))
}

/// What Defender says about JIT on a machine.
fn assessment(model: &Model, machine: &Machine) -> Value {
    let guarded = !model.nsg_keys_of(machine).is_empty() || model.firewall_key_of(machine).is_some();
    let (code, cause, text) = if !model.policies_of(machine).is_empty() {
        ("Healthy", "", "")
    } else if model.plan_of(machine) != Plan::P2 {
        (
            "NotApplicable",
            "OffByPolicy",
            "The Defender plan does not include Just-In-Time access.",
        )
    } else if !guarded {
        let text = "The machine has neither a network security group nor a firewall.";
        ("NotApplicable", "MissingNetworkSecurityGroup", text)
    } else if model.left_out.contains(&key(&machine.id)) {
        let text = "The recommendation does not apply to this machine.";
        ("NotApplicable", "Exempt", text)
    } else {
        ("Unhealthy", "", "")
    };
    json!({
        "id": format!("{}/providers/Microsoft.Security/assessments/{JIT_ASSESSMENT}", machine.id),
        "name": JIT_ASSESSMENT,
        "type": "microsoft.security/assessments",
        "properties": {
            "displayName": "Management ports of virtual machines should be protected with just-in-time network access control",
            "resourceDetails": {"Source": "Azure", "Id": machine.id},
            "status": {"code": code, "cause": cause, "description": text},
        },
    })
}

fn tables(table: &str) -> &'static [(Kind, &'static str, &'static str)] {
    match table {
        "resources" => &[
            (Kind::Machine, MACHINE, "Microsoft.Compute/virtualMachines/read"),
            (
                Kind::Machine,
                CLASSIC,
                "Microsoft.ClassicCompute/virtualMachines/read",
            ),
            (
                Kind::Nic,
                "microsoft.network/networkinterfaces",
                "Microsoft.Network/networkInterfaces/read",
            ),
            (
                Kind::PublicIp,
                "microsoft.network/publicipaddresses",
                "Microsoft.Network/publicIPAddresses/read",
            ),
            (
                Kind::Network,
                "microsoft.network/virtualnetworks",
                "Microsoft.Network/virtualNetworks/read",
            ),
            (
                Kind::Nsg,
                "microsoft.network/networksecuritygroups",
                "Microsoft.Network/networkSecurityGroups/read",
            ),
            (
                Kind::Firewall,
                "microsoft.network/azurefirewalls",
                "Microsoft.Network/azurefirewalls/read",
            ),
        ],
        "resourcecontainers" => &[
            (
                Kind::Subscription,
                "microsoft.resources/subscriptions",
                "Microsoft.Resources/subscriptions/read",
            ),
            (
                Kind::Group,
                "microsoft.resources/subscriptions/resourcegroups",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
            ),
        ],
        _ => &[(
            Kind::Assessment,
            "microsoft.security/assessments",
            "Microsoft.Security/assessments/read",
        )],
    }
}

fn keys<'a>(model: &'a Model, kind: Kind, resource_type: &str) -> Vec<Cow<'a, str>> {
    let world = &model.world;
    let machines = |classic: bool| {
        let own = world
            .machines
            .iter()
            .filter(move |(_, machine)| machine.classic == classic);
        own.map(|(id, _)| borrowed(id))
    };
    match kind {
        Kind::Machine => machines(resource_type == CLASSIC).collect(),
        Kind::Nic => world.nics.keys().map(borrowed).collect(),
        Kind::PublicIp => world.public_ips.keys().map(borrowed).collect(),
        Kind::Network => world.networks.keys().map(borrowed).collect(),
        Kind::Nsg => world.nsgs.keys().map(borrowed).collect(),
        Kind::Firewall => world.firewalls.keys().map(borrowed).collect(),
        Kind::Subscription => {
            let ids = world.subscriptions.iter().map(|known| &known.id);
            ids.map(|id| Cow::Owned(format!("/subscriptions/{id}"))).collect()
        }
        Kind::Group => world.groups.keys().map(borrowed).collect(),
        Kind::Assessment => machines(false)
            .map(|id| format!("{id}/providers/Microsoft.Security/assessments/{JIT_ASSESSMENT}"))
            .map(|id| Cow::Owned(key(&id)))
            .collect(),
    }
}

fn borrowed(id: &impl AsRef<str>) -> Cow<'_, str> {
    Cow::Borrowed(id.as_ref())
}

/// Spares the making of rows whose type a condition rules out.
fn may_match_type(query: &Query, resource_type: &str) -> bool {
    let probe = json!({"type": resource_type});
    conditions(query)
        .filter(|condition| is_type(condition))
        .all(|condition| condition.holds(&probe))
}

fn conditions(query: &Query) -> impl Iterator<Item = &Condition> {
    let stages = query
        .stages
        .iter()
        .take_while(|stage| !matches!(stage, Stage::Project(_)));
    stages
        .filter_map(|stage| match stage {
            Stage::Where(conditions) => Some(conditions),
            _ => None,
        })
        .flatten()
}

fn is_type(condition: &Condition) -> bool {
    matches!(&condition.subject, Expression::Path(path) if matches!(path.as_slice(), [only] if only == "type"))
}

fn needs_documents(query: &Query) -> bool {
    query.stages.iter().any(|stage| match stage {
        Stage::Where(conditions) => conditions.iter().any(|condition| !is_type(condition)),
        Stage::Expand(..) => true,
        _ => false,
    })
}

/// Runs the stages over whole rows, where a condition looks at more than the type.
fn filter<'a>(model: &Model, query: &Query, rows: Vec<Row<'a>>) -> Result<Vec<Row<'a>>, String> {
    let mut kept = Vec::new();
    let expands = query
        .stages
        .iter()
        .filter(|stage| matches!(stage, Stage::Expand(..)));
    if expands.count() > 1 {
        return Err("Only one mv-expand is known here.".to_owned());
    }
    for row in rows {
        let mut documents = vec![(None, row.document(model))];
        for stage in &query.stages {
            match stage {
                Stage::Where(conditions) => documents
                    .retain(|(_, document)| conditions.iter().all(|condition| condition.holds(document))),
                Stage::Extend(columns) => {
                    for (_, document) in &mut documents {
                        extend(document, columns);
                    }
                }
                Stage::Expand(name, expression) => {
                    documents = documents
                        .into_iter()
                        .flat_map(|(_, document)| expand(document, name, expression))
                        .collect();
                }
                Stage::Project(columns) => {
                    for (_, document) in &mut documents {
                        let columns = columns.iter().map(|(name, e)| (name.clone(), e.value(document)));
                        *document = Value::Object(columns.collect());
                    }
                }
                Stage::OrderById => {}
            }
        }
        kept.extend(documents.into_iter().map(|(expanded, _)| Row {
            kind: row.kind,
            key: row.key.clone(),
            expanded,
        }));
    }
    Ok(kept)
}

fn expand(document: Value, name: &str, expression: &Expression) -> Vec<(Option<usize>, Value)> {
    let values = expression.value(&document);
    let values = values.as_array().cloned().unwrap_or_default();
    values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let mut document = document.clone();
            set(&mut document, name, value);
            (Some(index), document)
        })
        .collect()
}

fn extend(row: &mut Value, columns: &[(String, Expression)]) {
    for (name, expression) in columns {
        let value = expression.value(row);
        set(row, name, value);
    }
}

fn set(row: &mut Value, name: &str, value: Value) {
    if let Some(row) = row.as_object_mut() {
        row.insert(name.to_owned(), value);
    }
}

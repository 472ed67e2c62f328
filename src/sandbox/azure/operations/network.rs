//! Interfaces, public addresses, subnets and network security groups.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{
        Model,
        identity::Identity,
        nsg::{DEFAULTS, Nsg, SecurityRule},
        resources::{Network, Nic, Power, PublicIp, Subnet, key},
    },
};

use super::long_running;

pub(super) fn nic(model: &Model, id: &str) -> Result<Answer> {
    let nic = model.world.nics.get(&key(id));
    nic.map(|nic| Answer::ok(nic_document(nic)))
        .ok_or_else(|| missing("networkInterfaces", id))
}

pub(super) fn public_ip(model: &Model, id: &str) -> Result<Answer> {
    let found = model.world.public_ips.get(&key(id));
    found
        .map(|found| Answer::ok(public_ip_document(model, found)))
        .ok_or_else(|| missing("publicIPAddresses", id))
}

pub(super) fn virtual_network(model: &Model, id: &str) -> Result<Answer> {
    let network = model.world.networks.get(&key(id));
    network
        .map(|network| Answer::ok(network_document(network)))
        .ok_or_else(|| missing("virtualNetworks", id))
}

pub(super) fn subnet(model: &Model, id: &str) -> Result<Answer> {
    model
        .subnet(id)
        .map(|subnet| Answer::ok(subnet_document(subnet)))
        .ok_or_else(|| missing("virtualNetworks/subnets", id))
}

pub(super) fn nsg(model: &Model, id: &str) -> Result<Answer> {
    let nsg = model.world.nsgs.get(&key(id));
    nsg.map(|nsg| Answer::ok(nsg_document(nsg)))
        .ok_or_else(|| missing("networkSecurityGroups", id))
}

pub(super) fn rule(model: &Model, nsg: &str, name: &str) -> Result<Answer> {
    let found = model.world.nsgs.get(&key(nsg));
    found
        .and_then(|nsg| nsg.rules.iter().find(|rule| rule.name.eq_ignore_ascii_case(name)))
        .map(|rule| Answer::ok(rule_document(nsg, "securityRules", rule)))
        .ok_or_else(|| missing("networkSecurityGroups/securityRules", name))
}

/// Takes one rule out; 204 if it was not there. The JIT policy does not notice.
pub(super) fn delete_rule(model: &mut Model, call: &Call, who: &Identity, nsg: &str, name: &str) -> Answer {
    let gone = model.delete_rule(nsg, name, call.now, &who.object_id, &call.correlation);
    match (gone, model.timing.rule_delete_polls) {
        (false, _) => Answer::new(StatusCode::NO_CONTENT, None),
        (true, 0) => Answer::new(StatusCode::OK, None).changed(),
        (true, polls) => {
            let region = model.world.nsgs.get(&key(nsg)).map(|nsg| nsg.region.clone());
            let region = region.unwrap_or_default();
            let id = long_running::start(model, call, polls, Value::Null);
            let status = long_running::link(call, &region, "operations", &id);
            let location = long_running::link(call, &region, "operationResults", &id);
            long_running::accepted(model, &location)
                .header("azure-asyncoperation", status)
                .changed()
        }
    }
}

fn missing(kind: &str, id: &str) -> Refusal {
    let parts: Vec<&str> = id.split('/').collect();
    let group = parts.get(4).copied().unwrap_or_default();
    let name = parts.last().copied().unwrap_or_default();
    Refusal::resource_not_found(&format!("Microsoft.Network/{kind}"), name, group)
}

pub(crate) fn nic_document(nic: &Nic) -> Value {
    let mut configuration = json!({
        "provisioningState": "Succeeded",
        "privateIPAddress": nic.private_ip,
        "privateIPAllocationMethod": "Dynamic",
        "privateIPAddressVersion": "IPv4",
        "primary": true,
        "subnet": {"id": nic.subnet},
    });
    if let (Some(id), Some(body)) = (&nic.public_ip, configuration.as_object_mut()) {
        body.insert("publicIPAddress".to_owned(), json!({"id": id}));
    }
    let mut properties = json!({
        "provisioningState": "Succeeded",
        "ipConfigurations": [{
            "name": "ipconfig1",
            "id": format!("{}/ipConfigurations/ipconfig1", nic.id),
            "properties": configuration,
        }],
        "primary": true,
        "virtualMachine": {"id": nic.machine},
    });
    if let (Some(id), Some(body)) = (&nic.nsg, properties.as_object_mut()) {
        body.insert("networkSecurityGroup".to_owned(), json!({"id": id}));
    }
    resource(&nic.id, "networkInterfaces", &nic.region, properties)
}

pub(crate) fn public_ip_document(model: &Model, found: &PublicIp) -> Value {
    let method = if found.dynamic { "Dynamic" } else { "Static" };
    let mut properties = Map::new();
    properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    properties.insert("publicIPAllocationMethod".to_owned(), json!(method));
    let owner = found.machine.as_ref().and_then(|id| model.machine(id));
    let assigned = !found.dynamic || owner.is_none_or(|owner| owner.power != Power::Deallocated);
    if assigned {
        properties.insert("ipAddress".to_owned(), json!(found.address));
    }
    if let Some(fqdn) = &found.fqdn {
        properties.insert("dnsSettings".to_owned(), json!({"fqdn": fqdn}));
    }
    let mut body = resource(
        &found.id,
        "publicIPAddresses",
        &found.region,
        Value::Object(properties),
    );
    if let Some(body) = body.as_object_mut() {
        body.insert("sku".to_owned(), json!({"name": "Basic", "tier": "Regional"}));
    }
    body
}

pub(crate) fn network_document(network: &Network) -> Value {
    let subnets: Vec<Value> = network.subnets.iter().map(subnet_document).collect();
    let properties = json!({
        "provisioningState": "Succeeded",
        "addressSpace": {"addressPrefixes": [network.prefix]},
        "subnets": subnets,
    });
    resource(&network.id, "virtualNetworks", &network.region, properties)
}

fn subnet_document(subnet: &Subnet) -> Value {
    let mut properties = json!({"provisioningState": "Succeeded", "addressPrefix": subnet.prefix});
    if let (Some(id), Some(body)) = (&subnet.nsg, properties.as_object_mut()) {
        body.insert("networkSecurityGroup".to_owned(), json!({"id": id}));
    }
    json!({
        "id": subnet.id,
        "name": name_of(&subnet.id),
        "type": "Microsoft.Network/virtualNetworks/subnets",
        "properties": properties,
    })
}

pub(crate) fn nsg_document(nsg: &Nsg) -> Value {
    let own = nsg
        .rules
        .iter()
        .map(|rule| rule_document(&nsg.id, "securityRules", rule));
    let defaults = DEFAULTS
        .iter()
        .map(|rule| rule_document(&nsg.id, "defaultSecurityRules", rule));
    let mut properties = json!({
        "provisioningState": "Succeeded",
        "securityRules": own.collect::<Vec<_>>(),
        "defaultSecurityRules": defaults.collect::<Vec<_>>(),
    });
    if nsg.flush_connection
        && let Some(properties) = properties.as_object_mut()
    {
        properties.insert("flushConnection".to_owned(), json!(true));
    }
    resource(&nsg.id, "networkSecurityGroups", &nsg.region, properties)
}

fn rule_document(nsg: &str, collection: &str, rule: &SecurityRule) -> Value {
    let mut properties = Map::new();
    let mut set = |name: &str, value: Value| properties.insert(name.to_owned(), value);
    set("provisioningState", json!("Succeeded"));
    if !rule.description.is_empty() {
        set("description", json!(rule.description));
    }
    set("protocol", json!(rule.protocol));
    set("sourcePortRange", json!("*"));
    set("sourcePortRanges", json!([]));
    for (one, many, values) in [
        (
            "destinationPortRange",
            "destinationPortRanges",
            &rule.destination_ports,
        ),
        ("sourceAddressPrefix", "sourceAddressPrefixes", &rule.sources),
        (
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            &rule.destinations,
        ),
    ] {
        // A single value stands in the singular member, several in the plural one.
        match values.as_slice() {
            [single] => {
                set(one, json!(single));
                set(many, json!([]));
            }
            several => {
                set(many, json!(several));
            }
        }
    }
    set("access", json!(rule.access));
    set("priority", json!(rule.priority));
    set("direction", json!(rule.direction));
    json!({
        "id": format!("{nsg}/{collection}/{}", rule.name),
        "name": rule.name,
        "type": format!("Microsoft.Network/networkSecurityGroups/{collection}"),
        "properties": properties,
    })
}

fn resource(id: &str, kind: &str, region: &str, properties: Value) -> Value {
    json!({
        "id": id,
        "name": name_of(id),
        "type": format!("Microsoft.Network/{kind}"),
        "location": region,
        "properties": properties,
    })
}

fn name_of(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

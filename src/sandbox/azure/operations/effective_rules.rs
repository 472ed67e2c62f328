//! Effective rules of an interface: a long-running operation, polled at its `Location`.

use serde_json::{Value, json};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{
        Model,
        nsg::{Access, DEFAULTS, Direction, SecurityRule},
        resources::{Nic, Power, key},
    },
};

use super::long_running;

pub(super) fn start(model: &mut Model, call: &Call, id: &str) -> Result<Answer> {
    let Some(nic) = model.world.nics.get(&key(id)) else {
        let name = id.rsplit('/').next().unwrap_or_default();
        let group = id.split('/').nth(4).unwrap_or_default();
        return Err(Refusal::resource_not_found(
            "Microsoft.Network/networkInterfaces",
            name,
            group,
        ));
    };
    let running = model
        .machine(&nic.machine)
        .is_some_and(|machine| machine.power == Power::Running);
    if !running {
        return Err(Refusal::bad_request(
            "NicMustBeAttachedToRunningVmToGetEffectiveSecurityGroups",
            format!(
                "Network interface '{}' must be attached to a running virtual machine to get its effective security groups.",
                nic.id
            ),
        ));
    }
    let answer = json!({"value": groups(model, nic)});
    let region = nic.region.clone();
    let polls = model.timing.effective_rules_polls;
    let id = long_running::start(model, call, polls, answer);
    let link = long_running::link(call, &region, "operationResults", &id);
    Ok(long_running::accepted(model, &link))
}

fn groups(model: &Model, nic: &Nic) -> Vec<Value> {
    let on_subnet = model.subnet(&nic.subnet).and_then(|subnet| subnet.nsg.clone());
    let own = nic
        .nsg
        .clone()
        .map(|nsg| (nsg, json!({"networkInterface": {"id": nic.id}})));
    let inherited = on_subnet.map(|nsg| (nsg, json!({"subnet": {"id": nic.subnet}})));
    let mut groups = Vec::new();
    for (id, association) in own.into_iter().chain(inherited) {
        let Some(nsg) = model.world.nsgs.get(&key(&id)) else {
            continue;
        };
        let rules = nsg.rules.iter().map(|rule| effective("securityRules", rule));
        let defaults = DEFAULTS
            .iter()
            .map(|rule| effective("defaultSecurityRules", rule));
        groups.push(json!({
            "networkSecurityGroup": {"id": nsg.id},
            "association": association,
            "effectiveSecurityRules": rules.chain(defaults).collect::<Vec<_>>(),
        }));
    }
    groups
}

/// A rule in the effective form: `All` for any protocol, ranges for ports, networks for addresses.
fn effective(collection: &str, rule: &SecurityRule) -> Value {
    let ports: Vec<String> = rule
        .destination_ports
        .iter()
        .map(|port| match port.as_str() {
            "*" => "0-65535".to_owned(),
            range if range.contains('-') => range.to_owned(),
            single => format!("{single}-{single}"),
        })
        .collect();
    let address = |prefix: &String| match prefix.as_str() {
        "*" => "0.0.0.0/0".to_owned(),
        tag if tag.starts_with(|c: char| c.is_ascii_alphabetic()) => tag.to_owned(),
        network if network.contains('/') => network.to_owned(),
        single => format!("{single}/32"),
    };
    let sources: Vec<String> = rule.sources.iter().map(address).collect();
    let destinations: Vec<String> = rule.destinations.iter().map(address).collect();
    let mut body = json!({
        "name": format!("{collection}/{}", rule.name),
        "protocol": if rule.protocol == "*" { "All" } else { rule.protocol.as_str() },
        "sourcePortRange": "0-65535",
        "sourcePortRanges": ["0-65535"],
        "destinationPortRanges": ports,
        "sourceAddressPrefixes": sources,
        "destinationAddressPrefixes": destinations,
        "access": if rule.access == Access::Allow { "Allow" } else { "Deny" },
        "priority": rule.priority,
        "direction": if rule.direction == Direction::Inbound { "Inbound" } else { "Outbound" },
    });
    // The singular members are there when there is one value.
    if let Some(body) = body.as_object_mut() {
        for (name, values) in [
            ("destinationPortRange", &ports),
            ("sourceAddressPrefix", &sources),
            ("destinationAddressPrefix", &destinations),
        ] {
            if let [single] = values.as_slice() {
                body.insert(name.to_owned(), json!(single));
            }
        }
    }
    body
}

//! Virtual machines as Compute shows them.

use serde_json::{Value, json};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{
        Model,
        resources::{Machine, OperatingSystem},
    },
};

use super::paging;

/// Compute's own page size is in the hundreds.
const PAGE_SIZE: usize = 200;

pub(super) fn list(model: &Model, call: &Call, subscription: &str, group: Option<&str>) -> Result<Answer> {
    let status_only = call
        .query
        .get("statusonly")
        .is_some_and(|only| only.eq_ignore_ascii_case("true"));
    let own = model.world.machines.values().filter(|machine| {
        !machine.classic
            && machine.subscription.eq_ignore_ascii_case(subscription)
            && group.is_none_or(|group| machine.group.eq_ignore_ascii_case(group))
    });
    paging::page(call, PAGE_SIZE, own.collect(), |machine| {
        if status_only {
            return json!({
                "id": machine.id,
                "name": machine.name,
                "location": machine.region,
                "type": "Microsoft.Compute/virtualMachines",
                "properties": {"instanceView": instance_view(machine)},
            });
        }
        machine_document(machine)
    })
}

pub(super) fn get(model: &Model, call: &Call, id: &str, view: bool) -> Result<Answer> {
    let machine = model
        .machine(id)
        .filter(|machine| !machine.classic)
        .ok_or_else(|| {
            let mut parts = id.split('/');
            let group = parts.nth(4).unwrap_or_default();
            let name = parts.next_back().unwrap_or_default();
            Refusal::resource_not_found("Microsoft.Compute/virtualMachines", name, group)
        })?;
    if view {
        return Ok(Answer::ok(instance_view(machine)));
    }
    let mut document = machine_document(machine);
    let expand = call
        .query
        .get("$expand")
        .is_some_and(|what| what.eq_ignore_ascii_case("instanceView"));
    if expand && let Some(properties) = document.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("instanceView".to_owned(), instance_view(machine));
    }
    Ok(Answer::ok(document))
}

fn instance_view(machine: &Machine) -> Value {
    json!({
        "computerName": machine.name,
        "osName": match machine.os {
            OperatingSystem::Linux => "ubuntu",
            OperatingSystem::Windows => "Windows Server 2022 Datacenter",
        },
        "statuses": [
            {
                "code": "ProvisioningState/succeeded",
                "level": "Info",
                "displayStatus": "Provisioning succeeded",
            },
            {
                "code": format!("PowerState/{}", machine.power.code()),
                "level": "Info",
                "displayStatus": machine.power.display(),
            },
        ],
    })
}

/// A machine without its run-time status.
pub(crate) fn machine_document(machine: &Machine) -> Value {
    let mut properties = json!({
        "provisioningState": "Succeeded",
        "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
        "storageProfile": {"osDisk": {"osType": machine.os, "createOption": "FromImage"}},
    });
    if let Some(properties) = properties.as_object_mut() {
        if let Some(admin) = &machine.admin {
            let profile = json!({"computerName": machine.name, "adminUsername": admin});
            properties.insert("osProfile".to_owned(), profile);
        }
        if let Some(nic) = &machine.nic {
            let profile = json!({"networkInterfaces": [{"id": nic, "properties": {"primary": true}}]});
            properties.insert("networkProfile".to_owned(), profile);
        }
    }
    json!({
        "id": machine.id,
        "name": machine.name,
        "type": "Microsoft.Compute/virtualMachines",
        "location": machine.region,
        "tags": machine.tags,
        "properties": properties,
    })
}

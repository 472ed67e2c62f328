//! Writing a JIT policy: the whole list of machines is replaced, and the network rules follow later.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde::Deserialize;

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{
        Model,
        activity::Activity,
        identity::Identity,
        jit::{Policy, PolicyMachine, PolicyPort, Provisioning, Reason},
        resources::{Plan, key},
    },
    route::PolicyPath,
};

use super::{initiate, jit_read};

const WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";
const LINKED: &str = "Microsoft.Compute/virtualMachines/write";

/// `requests`, `appendMode` and other members are read by nobody.
#[derive(Debug, Deserialize)]
struct Body {
    kind: Option<String>,
    properties: Properties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    virtual_machines: Vec<PolicyMachine>,
}

pub(super) fn put(model: &mut Model, call: &Call, who: &Identity, path: &PolicyPath) -> Result<Answer> {
    jit_read::group_exists(model, &path.subscription, &path.group)?;
    let body: Body = call.json()?;
    for machine in &body.properties.virtual_machines {
        check_machine(model, who, path, machine)?;
    }
    let id = path.id();
    let machines = body.properties.virtual_machines;
    let before = model.world.policies.get(&key(&id)).cloned();
    let until = call.now + model.timing.updating;
    let policy = match before {
        Some(before) => Policy {
            kind: body.kind.or(before.kind.clone()),
            machines,
            provisioning: Provisioning::Updating { until },
            ..before
        },
        None => Policy {
            id: id.clone(),
            name: path.name.clone(),
            group: path.group.clone(),
            subscription: path.subscription.to_ascii_lowercase(),
            region: path.region.to_ascii_lowercase(),
            kind: body.kind,
            machines,
            requests: Vec::new(),
            provisioning: Provisioning::Updating { until },
        },
    };
    for gone in openings_without_place(&policy) {
        model.revoke(&id, &gone.0, gone.1, Reason::UserRequested);
    }
    let requests = model
        .world
        .policies
        .get(&key(&id))
        .map(|policy| policy.requests.clone());
    let policy = Policy {
        requests: requests.unwrap_or_default(),
        ..policy
    };
    let document = jit_read::document(&policy);
    model.activity.push(Activity {
        at: call.now,
        subscription: policy.subscription.clone(),
        group: policy.group.clone(),
        resource: policy.id.clone(),
        action: WRITE,
        title: "Write JIT Network Access Policies",
        status: "Succeeded",
        caller: who.object_id.clone(),
        correlation: call.correlation.clone(),
        justification: None,
    });
    model.world.policies.insert(key(&id), policy);
    model.watch(&id);
    Ok(Answer::ok(document).changed())
}

/// Live windows whose machine or port the new list no longer has.
fn openings_without_place(policy: &Policy) -> Vec<(String, u16)> {
    let machines = policy.requests.iter().flat_map(|request| &request.machines);
    machines
        .flat_map(|machine| machine.ports.iter().map(move |port| (machine, port)))
        .filter(|(machine, port)| port.is_live() && policy.port(&machine.id, port.number).is_none())
        .map(|(machine, port)| (machine.id.clone(), port.number))
        .collect()
}

fn check_machine(model: &Model, who: &Identity, path: &PolicyPath, machine: &PolicyMachine) -> Result<()> {
    check_linked_right(model, who, path, machine)?;
    let parts: Vec<&str> = machine.id.split('/').collect();
    let same_group = parts
        .get(2)
        .is_some_and(|part| part.eq_ignore_ascii_case(&path.subscription))
        && parts
            .get(4)
            .is_some_and(|part| part.eq_ignore_ascii_case(&path.group));
    if !same_group {
        return Err(invalid(format!(
            "The virtual machine '{}' is not in the resource group of the policy.",
            machine.id
        )));
    }
    if let Some(known) = model.machine(&machine.id) {
        if !known.region.eq_ignore_ascii_case(&path.region) {
            return Err(invalid(format!(
                "The virtual machine '{}' is not in the location '{}'.",
                known.name, path.region
            )));
        }
        if model.plan_of(known) != Plan::P2 {
            return Err(invalid(format!(
                "Just-In-Time Network Access needs Microsoft Defender for Servers Plan 2 on the virtual machine '{}'.",
                known.name
            )));
        }
    }
    let mut numbers: Vec<u16> = machine.ports.iter().map(|port| port.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < machine.ports.len() {
        return Err(invalid("The same port is listed twice for a virtual machine."));
    }
    machine.ports.iter().try_for_each(check_port)
}

/// Resource Manager reads the machines' ids in the body and asks for a right on each.
fn check_linked_right(
    model: &Model,
    who: &Identity,
    path: &PolicyPath,
    machine: &PolicyMachine,
) -> Result<()> {
    let parts: Vec<&str> = machine.id.split('/').collect();
    let shaped = matches!(
        parts.as_slice(),
        ["", subscriptions, _, groups, _, providers, compute, machines, name]
            if subscriptions.eq_ignore_ascii_case("subscriptions")
                && groups.eq_ignore_ascii_case("resourceGroups")
                && providers.eq_ignore_ascii_case("providers")
                && compute.eq_ignore_ascii_case("Microsoft.Compute")
                && machines.eq_ignore_ascii_case("virtualMachines")
                && !name.is_empty()
    );
    let subscription = if shaped { parts.get(2) } else { parts.get(1) };
    let subscription = subscription.copied().unwrap_or_default();
    let known = model
        .world
        .subscriptions
        .iter()
        .any(|own| own.id.eq_ignore_ascii_case(subscription));
    if shaped && known && who.may(LINKED, &machine.id) {
        return Ok(());
    }
    let detail = if shaped && known {
        format!(
            "it does not have permission to perform action '{LINKED}' on the linked scope(s) '{}' or the linked scope(s) are invalid.",
            machine.id
        )
    } else {
        format!("the linked subscription '{subscription}' was not found.")
    };
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "LinkedAuthorizationFailed",
        format!(
            "The client '{}' with object id '{}' has permission to perform action '{WRITE}' on scope '{}'; however, {detail}",
            who.client_id,
            who.object_id,
            path.id()
        ),
    ))
}

fn check_port(port: &PolicyPort) -> Result<()> {
    match port.protocol.as_str() {
        "TCP" | "UDP" | "*" => {}
        // Seen in the field: an empty protocol is not refused but breaks the service.
        "" => {
            return Err(Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerError",
                "Internal server error has occurred",
            ));
        }
        other => {
            return Err(invalid(format!(
                "The protocol '{other}' is not one of TCP, UDP, *."
            )));
        }
    }
    let one = port.allowed_source_address_prefix.is_some();
    let many = port.allowed_source_address_prefixes.is_some();
    if one && many {
        return Err(invalid(
            "Only one of allowedSourceAddressPrefix and allowedSourceAddressPrefixes can be set.",
        ));
    }
    for source in port.allowed() {
        if source != "*" && initiate::network(source).is_none() {
            return Err(invalid(format!(
                "The source '{source}' is not a valid IPv4 address prefix."
            )));
        }
    }
    let within = |length: TimeDelta| (TimeDelta::minutes(5)..=TimeDelta::days(1)).contains(&length);
    if duration(&port.max_request_access_duration).is_some_and(within) {
        return Ok(());
    }
    Err(invalid(format!(
        "The maximum duration '{}' is not an ISO 8601 duration between PT5M and P1D.",
        port.max_request_access_duration
    )))
}

/// `PnDTnHnMnS`: no years, months or weeks.
pub(super) fn duration(text: &str) -> Option<TimeDelta> {
    let (date, _) = text.split_once('T').unwrap_or((text, ""));
    if !text.starts_with('P') || date.contains(['Y', 'M', 'W']) {
        return None;
    }
    let length = speedate::Duration::parse_str(text).ok()?;
    Some(TimeDelta::days(i64::from(length.day)) + TimeDelta::seconds(i64::from(length.second)))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad_request("InvalidInput", message)
}

//! Reading JIT policies: the four lists and the single one.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{
        Model,
        jit::{AccessRequest, Policy},
        resources::key,
    },
    route::PolicyPath,
};

use super::paging;

pub(super) const KIND: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies";

pub(super) fn list(
    model: &mut Model,
    call: &Call,
    page_size: usize,
    subscription: &str,
    group: Option<&str>,
    region: Option<&str>,
) -> Result<Answer> {
    if let Some(group) = group {
        group_exists(model, subscription, group)?;
    }
    let own = model.world.policies.iter().filter(|(_, policy)| {
        policy.subscription.eq_ignore_ascii_case(subscription)
            && group.is_none_or(|group| policy.group.eq_ignore_ascii_case(group))
            && region.is_none_or(|region| policy.region.eq_ignore_ascii_case(region))
    });
    let own: Vec<String> = own.map(|(id, _)| id.clone()).collect();
    let world = &model.world;
    let mut shown = Vec::new();
    let answer = paging::page(call, page_size, own, |id| {
        let document = world.policies.get(&id).map(document).unwrap_or_default();
        shown.push(id);
        document
    })?;
    for id in shown {
        model.count_read(&id, call.now);
    }
    Ok(answer)
}

pub(super) fn get(model: &mut Model, call: &Call, path: &PolicyPath) -> Result<Answer> {
    let answer = Answer::ok(document(find(model, path)?));
    model.count_read(&key(&path.id()), call.now);
    Ok(answer)
}

/// The JIT policy at a path, or the 404 that says what is missing.
pub(super) fn find<'a>(model: &'a Model, path: &PolicyPath) -> Result<&'a Policy> {
    group_exists(model, &path.subscription, &path.group)?;
    model
        .world
        .policies
        .get(&key(&path.id()))
        .ok_or_else(|| Refusal::resource_not_found(KIND, &path.name, &path.group))
}

pub(super) fn group_exists(model: &Model, subscription: &str, group: &str) -> Result<()> {
    let id = key(&format!("/subscriptions/{subscription}/resourceGroups/{group}"));
    if model.world.groups.contains_key(&id) {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::NOT_FOUND,
        "ResourceGroupNotFound",
        format!("Resource group '{group}' could not be found."),
    ))
}

/// A JIT policy as it is answered, with the undocumented `appendMode`.
pub(super) fn document(policy: &Policy) -> Value {
    let mut body = Map::new();
    if let Some(kind) = &policy.kind {
        body.insert("kind".to_owned(), json!(kind));
    }
    let requests: Vec<Value> = policy.requests.iter().map(request_document).collect();
    let properties = json!({
        "virtualMachines": policy.machines,
        "requests": requests,
        "provisioningState": policy.provisioning.text(),
        "appendMode": false,
    });
    body.insert("properties".to_owned(), properties);
    body.insert("id".to_owned(), json!(policy.id));
    body.insert("name".to_owned(), json!(policy.name));
    body.insert("type".to_owned(), json!(KIND));
    body.insert("location".to_owned(), json!(policy.region));
    Value::Object(body)
}

/// A request as it is answered, in the 202 and in the list alike.
pub(super) fn request_document(request: &AccessRequest) -> Value {
    let machines: Vec<Value> = request
        .machines
        .iter()
        .map(|machine| {
            let ports: Vec<Value> = machine
                .ports
                .iter()
                .map(|port| {
                    let mut body = json!({
                        "number": port.number,
                        "allowedSourceAddressPrefix": port.source,
                        "endTimeUtc": port.end_text,
                        "status": port.status,
                        "statusReason": port.reason,
                    });
                    if let (Some(mapped), Some(body)) = (port.mapped_port, body.as_object_mut()) {
                        body.insert("mappedPort".to_owned(), json!(mapped));
                    }
                    body
                })
                .collect();
            json!({"id": machine.id, "ports": ports})
        })
        .collect();
    let mut body = json!({
        "virtualMachines": machines,
        "startTimeUtc": request.start_text,
        "requestor": request.requestor,
    });
    if let (Some(text), Some(body)) = (&request.justification, body.as_object_mut()) {
        body.insert("justification".to_owned(), json!(text));
    }
    body
}

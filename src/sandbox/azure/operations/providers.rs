//! Resource providers of a subscription: which it has registered, and registering one.
//!
//! Only Microsoft.Security can be missing: the machines of a world show that Compute and Network are there.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{Model, resources::Registration},
    route::{SECURITY, provider},
};

pub(super) fn get(model: &Model, subscription: &str, namespace: &str) -> Result<Answer> {
    let namespace = known(namespace)?;
    Ok(Answer::ok(document(model, subscription, namespace)))
}

/// Answers at once; the registration goes on for a while.
pub(super) fn register(
    model: &mut Model,
    call: &Call,
    subscription: &str,
    namespace: &str,
) -> Result<Answer> {
    let namespace = known(namespace)?;
    let until = call.now + model.timing.registering;
    let mut subscriptions = model.world.subscriptions.iter_mut();
    let found = subscriptions.find(|known| known.id.eq_ignore_ascii_case(subscription));
    let missing =
        found.filter(|known| namespace == SECURITY && known.security == Registration::NotRegistered);
    let changed = missing
        .map(|known| known.security = Registration::Registering { until })
        .is_some();
    let answer = Answer::ok(document(model, subscription, namespace));
    Ok(if changed { answer.changed() } else { answer })
}

fn known(namespace: &str) -> Result<&'static str> {
    let found = provider(namespace).map(|(name, _)| name);
    found.ok_or_else(|| {
        let text = format!("The resource namespace '{namespace}' is invalid.");
        Refusal::new(StatusCode::NOT_FOUND, "InvalidResourceNamespace", text)
    })
}

fn document(model: &Model, subscription: &str, namespace: &str) -> Value {
    let security = model.subscription(subscription).map(|known| known.security);
    let state = match security {
        Some(state) if namespace == SECURITY => state,
        _ => Registration::Registered,
    };
    json!({
        "id": format!("/subscriptions/{subscription}/providers/{namespace}"),
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": state.text(),
        "resourceTypes": [],
    })
}

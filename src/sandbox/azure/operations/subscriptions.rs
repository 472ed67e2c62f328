//! Subscriptions and their resource groups.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    model::{Model, identity::Identity, resources::Subscription},
};

/// The subscriptions in which the caller has any right at all.
pub(super) fn list(model: &Model, who: &Identity) -> Answer {
    let seen = model
        .world
        .subscriptions
        .iter()
        .filter(|known| who.sees_subscription(&known.id));
    let value: Vec<Value> = seen.map(|known| document(model, known)).collect();
    let count = json!({"type": "Total", "value": value.len()});
    Answer::ok(json!({"value": value, "count": count}))
}

pub(super) fn get(model: &Model, who: &Identity, id: &str) -> Result<Answer> {
    let mut known = model.world.subscriptions.iter();
    known
        .find(|known| known.id.eq_ignore_ascii_case(id) && who.sees_subscription(id))
        .map(|known| Answer::ok(document(model, known)))
        .ok_or_else(|| {
            let text = format!("The subscription '{id}' could not be found.");
            Refusal::new(StatusCode::NOT_FOUND, "SubscriptionNotFound", text)
        })
}

pub(super) fn groups(model: &Model, subscription: &str) -> Answer {
    let groups = model.world.groups.values();
    let own = groups.filter(|group| group.subscription.eq_ignore_ascii_case(subscription));
    let value: Vec<Value> = own
        .map(|group| {
            json!({
                "id": group.id,
                "name": group.name,
                "type": "Microsoft.Resources/resourceGroups",
                "location": group.region,
                "properties": {"provisioningState": "Succeeded"},
            })
        })
        .collect();
    Answer::ok(json!({"value": value}))
}

fn document(model: &Model, known: &Subscription) -> Value {
    json!({
        "id": format!("/subscriptions/{}", known.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": known.id,
        "tenantId": model.world.tenant,
        "displayName": known.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}

//! What the caller may do at a scope: the roles that reach it.

use serde_json::{Value, json};

use crate::sandbox::azure::{answer::Answer, model::identity::Identity};

pub(super) fn list(who: &Identity, scope: &str) -> Answer {
    let roles = who.grants.iter().filter(|grant| grant.reaches(scope));
    let value: Vec<Value> = roles
        .map(|grant| {
            json!({
                "actions": grant.actions,
                "notActions": grant.not_actions,
                "dataActions": [],
                "notDataActions": [],
            })
        })
        .collect();
    Answer::ok(json!({"value": value}))
}

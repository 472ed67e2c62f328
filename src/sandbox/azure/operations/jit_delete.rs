//! Deleting a JIT policy: 200, and 204 when there was none.

use axum::http::StatusCode;

use crate::sandbox::azure::{
    answer::Answer,
    call::Call,
    model::{Model, activity::Activity, identity::Identity},
    route::PolicyPath,
};

pub(super) fn delete(model: &mut Model, call: &Call, who: &Identity, path: &PolicyPath) -> Answer {
    if !model.remove_policy(&path.id()) {
        return Answer::new(StatusCode::NO_CONTENT, None);
    }
    model.activity.push(Activity {
        at: call.now,
        subscription: path.subscription.to_ascii_lowercase(),
        group: path.group.clone(),
        resource: path.id(),
        action: "Microsoft.Security/locations/jitNetworkAccessPolicies/delete",
        title: "Delete JIT Network Access Policies",
        status: "Succeeded",
        caller: who.object_id.clone(),
        correlation: call.correlation.clone(),
        justification: None,
    });
    Answer::new(StatusCode::OK, None).changed()
}

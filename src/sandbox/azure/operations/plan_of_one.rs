//! Taking away the plan that one machine has for itself: from then on it has its subscription's.

use axum::http::StatusCode;

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    model::{Model, resources::key},
};

use super::pricings::missing;

/// 200 if there was one, 204 if not. A subscription always has a plan, if only the free one.
pub(super) fn delete(model: &mut Model, scope: &str) -> Result<Answer> {
    let parts: Vec<&str> = scope.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() == 2 {
        let text = "The pricing of a subscription cannot be deleted; the operation is for a single resource.";
        return Err(Refusal::bad_request("InvalidInput", text));
    }
    let machine = model
        .world
        .machines
        .get_mut(&key(scope))
        .ok_or_else(|| missing(&parts))?;
    Ok(match machine.plan.take() {
        Some(_) => Answer::new(StatusCode::OK, None).changed(),
        None => Answer::new(StatusCode::NO_CONTENT, None),
    })
}

//! Operations that answer 202 and are polled: at `Location` for a result, at `Azure-AsyncOperation` for a status.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    clock::fresh_uuid,
    sandbox::azure::{
        answer::{Answer, Refusal, Result},
        call::Call,
        model::{LongOperation, Model},
    },
};

/// Keeps an answer that is ready after some polls; answers the operation's id.
pub(super) fn start(model: &mut Model, call: &Call, polls_left: u32, answer: Value) -> String {
    let id = fresh_uuid(call.now).to_string();
    model
        .results
        .insert(id.clone(), LongOperation { polls_left, answer });
    id
}

/// Where an operation is polled: `operationResults` or `operations`.
pub(super) fn link(call: &Call, region: &str, collection: &str, id: &str) -> String {
    let subscription = call.subscription().unwrap_or_default();
    let version = call.query.get("api-version").cloned().unwrap_or_default();
    format!(
        "{}/subscriptions/{subscription}/providers/Microsoft.Network/locations/{region}/{collection}/{id}?api-version={version}",
        call.base
    )
}

/// 202 with the place to poll and how long to wait.
pub(super) fn accepted(model: &Model, link: &str) -> Answer {
    Answer::new(StatusCode::ACCEPTED, None)
        .header("location", link)
        .header("retry-after", model.timing.retry_after_seconds.to_string())
}

/// The result once it is ready, 202 until then.
pub(super) fn result(model: &mut Model, call: &Call, id: &str) -> Result<Answer> {
    if polled(model, id)? {
        let answer = model.results.get(id).map(|operation| operation.answer.clone());
        return Ok(match answer {
            Some(Value::Null) | None => Answer::new(StatusCode::NO_CONTENT, None),
            Some(answer) => Answer::ok(answer),
        });
    }
    let link = format!("{}{}", call.base, call.target);
    Ok(accepted(model, &link))
}

/// The status envelope.
pub(super) fn status(model: &mut Model, id: &str) -> Result<Answer> {
    let ready = polled(model, id)?;
    let answer = Answer::ok(json!({"status": if ready { "Succeeded" } else { "InProgress" }}));
    Ok(answer.header("retry-after", model.timing.retry_after_seconds.to_string()))
}

/// Counts a poll; true once the operation is done.
fn polled(model: &mut Model, id: &str) -> Result<bool> {
    let Some(operation) = model.results.get_mut(id) else {
        let text = format!("The operation '{id}' was not found.");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NotFound", text));
    };
    let ready = operation.polls_left == 0;
    operation.polls_left = operation.polls_left.saturating_sub(1);
    Ok(ready)
}

//! The two endpoints from which a host gets tokens without a secret.

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    clock::{Clock as _, SystemClock},
    sandbox::azure::{
        answer::{Answer, Refusal, Result},
        call::Call,
        model::Model,
        options::Options,
    },
};

use super::token;

/// App Service's form: `x-identity-header` proves that the caller runs on the host.
pub(super) fn app_service(model: &mut Model, options: &Options, call: &Call) -> Result<Answer> {
    if call.header("x-identity-header") != Some(options.identity_header.as_str()) {
        let text = "The X-IDENTITY-HEADER of the request is missing or wrong.";
        return Err(refusal(StatusCode::UNAUTHORIZED, "unauthorized", text));
    }
    give(model, options, call)
}

/// The Instance Metadata Service's form: the header `Metadata: true` keeps out forged requests.
pub(super) fn instance_metadata(model: &mut Model, options: &Options, call: &Call) -> Result<Answer> {
    let marked = call
        .header("metadata")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !marked {
        let text = "Required metadata header not specified";
        return Err(refusal(StatusCode::BAD_REQUEST, "bad_request_102", text));
    }
    give(model, options, call)
}

fn give(model: &mut Model, options: &Options, call: &Call) -> Result<Answer> {
    if !call.query.contains_key("api-version") {
        let text = "Required query variable 'api-version' is missing";
        return Err(refusal(StatusCode::BAD_REQUEST, "bad_request_100", text));
    }
    let Some(resource) = call
        .query
        .get("resource")
        .filter(|name| token::is_resource_manager(options, name, call))
    else {
        let text = "AADSTS500011: The resource principal was not found in the tenant.";
        return Err(refusal(StatusCode::BAD_REQUEST, "invalid_resource", text));
    };
    let asked = call.query.get("client_id");
    let mut identities = model.world.identities.iter();
    let found = identities.find(|identity| match asked {
        Some(asked) => identity.client_id.eq_ignore_ascii_case(asked),
        None => identity.managed,
    });
    let Some(identity) = found.cloned() else {
        return Err(refusal(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Identity not found",
        ));
    };
    let token = token::mint(model, options, &identity);
    let life = i64::try_from(options.token_life.as_secs()).unwrap_or(i64::MAX);
    let expires_on = SystemClock.now().timestamp().saturating_add(life);
    Ok(Answer::ok(json!({
        "access_token": token,
        // A string, as the service sends it.
        "expires_on": expires_on.to_string(),
        "resource": resource,
        "token_type": "Bearer",
        "client_id": identity.client_id,
    })))
}

fn refusal(status: StatusCode, error: &str, text: &str) -> Refusal {
    Refusal::shaped(status, json!({"error": error, "error_description": text}))
}

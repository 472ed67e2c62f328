//! What stands before every operation: the token, the api-version, the subscription, the right, the
//! registration of its provider, the quota.
//!
//! In the order in which Resource Manager checks them.

use axum::http::StatusCode;
use serde_json::json;

use crate::clock::{Clock as _, SystemClock};

use super::{
    answer::{Refusal, Result},
    call::Call,
    model::{Model, identity::Identity, resources::Registration},
    route::{Route, SECURITY},
};

/// Finds the caller, or refuses with 401.
pub(crate) fn authenticate(model: &Model, call: &Call) -> Result<Identity> {
    let Some(token) = call.header("authorization").and_then(bearer) else {
        return Err(unauthorized(
            model,
            call,
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        ));
    };
    let Some(known) = model.tokens.get(token) else {
        return Err(unauthorized(
            model,
            call,
            "InvalidAuthenticationToken",
            "The access token is invalid.",
        ));
    };
    // The life of a token is real time: a fast-forwarded world must not end it.
    if known.expires <= SystemClock.now() {
        return Err(unauthorized(
            model,
            call,
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.",
        ));
    }
    model.identity(&known.client_id).cloned().ok_or_else(|| {
        let text = "The application of the access token is gone.";
        unauthorized(model, call, "InvalidAuthenticationToken", text)
    })
}

/// 401 with the header that tells where to sign in.
pub(crate) fn unauthorized(model: &Model, call: &Call, code: &str, message: &str) -> Refusal {
    let challenge = format!(
        "Bearer authorization_uri=\"{}/{}\", error=\"invalid_token\", error_description=\"{message}\"",
        call.base, model.world.tenant
    );
    Refusal::new(StatusCode::UNAUTHORIZED, code, message).header("www-authenticate", challenge)
}

/// 403 in Resource Manager's words.
pub(crate) fn forbidden(identity: &Identity, action: &str, scope: &str) -> Refusal {
    let Identity {
        client_id, object_id, ..
    } = identity;
    Refusal::new(
        StatusCode::FORBIDDEN,
        "AuthorizationFailed",
        format!(
            "The client '{client_id}' with object id '{object_id}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        ),
    )
}

/// Everything between the token and the operation.
pub(crate) fn admit(model: &Model, call: &Call, identity: &Identity) -> Result<()> {
    if call.route == Route::Unknown {
        return Err(unknown_route(call));
    }
    check_api_version(call)?;
    if let Some(subscription) = call.subscription()
        && !model
            .world
            .subscriptions
            .iter()
            .any(|known| known.id == subscription)
    {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "SubscriptionNotFound",
            format!("The subscription '{subscription}' could not be found."),
        ));
    }
    if let Some((action, scope)) = call.route.right()
        && !identity.may(action, &scope)
    {
        return Err(forbidden(identity, action, &scope));
    }
    check_registration(model, call)
}

/// A subscription that has never used Defender for Cloud has none of its resources, and cannot make any.
fn check_registration(model: &Model, call: &Call) -> Result<()> {
    let known = call.subscription().and_then(|id| model.subscription(&id));
    let registered = known.is_none_or(|known| known.security == Registration::Registered);
    if registered || !call.route.is_security() {
        return Ok(());
    }
    if call.route.is_plan() {
        // Defender answers for its plans itself, and in words of its own (Azure/azure-sdk-for-go, issue 19900).
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "Subscription Not Registered",
            format!("Please register to {SECURITY} in order to view your security status"),
        ));
    }
    let text = format!(
        "The subscription is not registered to use namespace '{SECURITY}'. See https://aka.ms/rps-not-found for how to register subscriptions."
    );
    let code = "MissingSubscriptionRegistration";
    let detail = json!({"code": code, "target": SECURITY, "message": text});
    Err(Refusal::shaped(
        StatusCode::CONFLICT,
        json!({"error": {"code": code, "message": text, "details": [detail]}}),
    ))
}

fn check_api_version(call: &Call) -> Result<()> {
    let Some(version) = call.query.get("api-version") else {
        return Err(Refusal::bad_request(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    };
    let date = version.get(..10).unwrap_or_default();
    let well_formed = chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok()
        && version
            .get(10..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if !well_formed {
        return Err(Refusal::bad_request(
            "InvalidApiVersionParameter",
            format!(
                "The api-version '{version}' is invalid. The supported versions are '2020-01-01,2015-06-01-preview'."
            ),
        ));
    }
    // Other services take versions newer than ours; JIT has only ever had these two.
    if call.route.is_jit() && !matches!(version.as_str(), "2020-01-01" | "2015-06-01-preview") {
        return Err(Refusal::bad_request(
            "NoRegisteredProviderFound",
            format!(
                "No registered resource provider found for API version '{version}' for type 'locations/jitNetworkAccessPolicies'. The supported api-versions are '2015-06-01-preview, 2020-01-01'."
            ),
        ));
    }
    Ok(())
}

fn unknown_route(call: &Call) -> Refusal {
    let path = call.target.split('?').next().unwrap_or_default();
    Refusal::new(
        StatusCode::NOT_FOUND,
        "InvalidResourceType",
        format!("No operation answers {} '{path}'.", call.method),
    )
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

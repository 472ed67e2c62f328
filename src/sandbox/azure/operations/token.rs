//! Entra's token endpoint, for applications with a secret or an assertion.

use std::collections::HashMap;

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::json;

use crate::{
    clock::{Clock as _, SystemClock, fresh_uuid},
    sandbox::azure::{
        answer::{Answer, Refusal, Result},
        call::Call,
        model::{
            Model,
            identity::{Identity, Token},
        },
        options::Options,
    },
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Answers the client credentials grant of RFC 6749 as Entra does.
pub(super) fn issue(model: &mut Model, options: &Options, call: &Call, tenant: &str) -> Result<Answer> {
    let form_sent = call
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !form_sent {
        let text = "AADSTS900144: The request body must contain the following parameter: 'grant_type'.";
        return Err(refusal(
            call,
            StatusCode::BAD_REQUEST,
            "invalid_request",
            900_144,
            text,
        ));
    }
    let form: HashMap<String, String> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    if !tenant.eq_ignore_ascii_case(&model.world.tenant) {
        let text = format!("AADSTS90002: Tenant '{tenant}' not found.");
        return Err(refusal(
            call,
            StatusCode::BAD_REQUEST,
            "invalid_request",
            90_002,
            &text,
        ));
    }
    let field = |name: &str| {
        form.get(name)
            .filter(|value| !value.is_empty())
            .cloned()
            .ok_or_else(|| {
                let text =
                    format!("AADSTS900144: The request body must contain the following parameter: '{name}'.");
                refusal(call, StatusCode::BAD_REQUEST, "invalid_request", 900_144, &text)
            })
    };
    let grant = field("grant_type")?;
    if grant != "client_credentials" {
        let text = format!("AADSTS70003: The app requested an unsupported grant type '{grant}'.");
        return Err(refusal(
            call,
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            70_003,
            &text,
        ));
    }
    let client_id = field("client_id")?;
    let scope = field("scope")?;
    let Some(identity) = model.identity(&client_id).cloned() else {
        let text = format!(
            "AADSTS700016: Application with identifier '{client_id}' was not found in the directory '{tenant}'."
        );
        return Err(refusal(
            call,
            StatusCode::BAD_REQUEST,
            "unauthorized_client",
            700_016,
            &text,
        ));
    };
    prove(call, &form, &identity)?;
    if !is_resource_manager(options, &scope, call) {
        let text = format!("AADSTS500011: The resource principal named {scope} was not found in the tenant.");
        return Err(refusal(
            call,
            StatusCode::BAD_REQUEST,
            "invalid_resource",
            500_011,
            &text,
        ));
    }
    let token = mint(model, options, &identity);
    let life = options.token_life.as_secs();
    Ok(Answer::ok(json!({
        "token_type": "Bearer",
        "expires_in": life,
        "ext_expires_in": life,
        "access_token": token,
    })))
}

fn prove(call: &Call, form: &HashMap<String, String>, identity: &Identity) -> Result<()> {
    if let Some(assertion) = form.get("client_assertion") {
        let typed = form
            .get("client_assertion_type")
            .is_some_and(|kind| kind == ASSERTION_TYPE);
        if !typed || identity.assertion.as_deref() != Some(assertion.trim()) {
            let text = "AADSTS700211: No matching federated identity record found for presented assertion.";
            return Err(refusal(
                call,
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                700_211,
                text,
            ));
        }
        return Ok(());
    }
    match form.get("client_secret") {
        Some(secret) if *secret == identity.secret => Ok(()),
        Some(_) => Err(wrong_secret(call)),
        None => {
            let text = "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(refusal(
                call,
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                7_000_218,
                text,
            ))
        }
    }
}

/// The refusal that a wrong or revoked secret meets.
pub(in crate::sandbox::azure) fn wrong_secret(call: &Call) -> Refusal {
    let text = "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.";
    refusal(call, StatusCode::UNAUTHORIZED, "invalid_client", 7_000_215, text)
}

/// Makes a token that only we can recognise: an unsigned JWT, as no client of ours verifies it.
pub(super) fn mint(model: &mut Model, options: &Options, identity: &Identity) -> String {
    let now = SystemClock.now();
    let life = TimeDelta::from_std(options.token_life).unwrap_or(TimeDelta::hours(1));
    let expires = now + life;
    let head = json!({"alg": "none", "typ": "JWT"});
    let claims = json!({
        "aud": options.cloud.audiences().first(),
        "iss": format!("https://sts.windows.net/{}/", model.world.tenant),
        "iat": now.timestamp(),
        "nbf": now.timestamp(),
        "exp": expires.timestamp(),
        "appid": identity.client_id,
        "oid": identity.object_id,
        "sub": identity.object_id,
        "tid": model.world.tenant,
        "uti": fresh_uuid(now).to_string(),
    });
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let token = format!("{}.{}.", part(head), part(claims));
    let client_id = identity.client_id.clone();
    model.tokens.retain(|_, token| token.expires > now);
    model.tokens.insert(token.clone(), Token { client_id, expires });
    token
}

/// Whether a scope or resource names Resource Manager, by its name in this cloud or by our address.
pub(super) fn is_resource_manager(options: &Options, scope: &str, call: &Call) -> bool {
    scope.split_whitespace().any(|scope| {
        let resource = scope.trim_end_matches(".default").trim_end_matches('/');
        options.cloud.audiences().contains(&resource) || resource == call.base
    })
}

fn refusal(call: &Call, status: StatusCode, error: &str, code: u32, text: &str) -> Refusal {
    let stamp = SystemClock.now().format("%Y-%m-%d %H:%M:%SZ").to_string();
    let trace = &call.correlation;
    Refusal::shaped(
        status,
        json!({
            "error": error,
            "error_description": format!("{text} Trace ID: {trace} Correlation ID: {trace} Timestamp: {stamp}"),
            "error_codes": [code],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": trace,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        }),
    )
}

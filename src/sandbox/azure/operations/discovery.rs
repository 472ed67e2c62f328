//! How clients find the other addresses: the cloud's endpoints and the sign-in configuration.

use axum::http::StatusCode;
use serde_json::json;

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::Model,
};

/// `/metadata/endpoints`: one object, as `az cloud register` wants it.
pub(super) fn endpoints(call: &Call) -> Answer {
    let base = &call.base;
    Answer::ok(json!({
        "name": "Portcullis",
        "portal": base,
        "gallery": base,
        "batch": base,
        "media": base,
        "graph": base,
        "graphAudience": base,
        "microsoftGraphResourceId": base,
        "sqlManagement": base,
        "vmImageAliasDoc": base,
        "activeDirectoryDataLake": base,
        "resourceManager": base,
        "authentication": {
            "loginEndpoint": base,
            "audiences": ["https://management.azure.com/", "https://management.core.windows.net/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": {},
    }))
}

/// The sign-in configuration of a tenant.
pub(super) fn openid(model: &Model, call: &Call, tenant: &str) -> Result<Answer> {
    if !tenant.eq_ignore_ascii_case(&model.world.tenant) {
        let text = format!("AADSTS90002: Tenant '{tenant}' not found.");
        let body = json!({"error": "invalid_tenant", "error_description": text, "error_codes": [90002]});
        return Err(Refusal::shaped(StatusCode::BAD_REQUEST, body));
    }
    let base = format!("{}/{tenant}", call.base);
    Ok(Answer::ok(json!({
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "issuer": format!("{base}/v2.0"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid"],
    })))
}

//! Answers as HTTP: documents, refusals, and the headers of rate limits.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::bucket::{Standing, TooMany};
use crate::sandbox::discord::{error::ApiError, fault::FaultKind};

/// The answer of a fault that lets nothing happen.
pub(super) fn instead(fault: &FaultKind) -> Option<Response> {
    match fault {
        FaultKind::Status { status } => Some(broken(*status)),
        FaultKind::Error { status, code } => Some(refusal(&ApiError::new(
            *status,
            *code,
            "Refused by a fault switch.",
        ))),
        FaultKind::RateLimited { retry_after, global } => {
            let standing = Standing {
                limit: 5,
                remaining: 0,
                reset_after: *retry_after,
                reset: 0.0,
                bucket: "fault".into(),
            };
            let too_many = TooMany {
                retry_after: *retry_after,
                global: *global,
                standing,
            };
            Some(with_standing(bare(429), Some(Err(too_many))))
        }
        _ => None,
    }
}

/// 5xx come from a proxy in front of Discord and are no JSON.
pub(super) fn broken(status: u16) -> Response {
    text(
        status,
        "text/html",
        &format!("<html><head><title>{status}</title></head></html>"),
    )
}

pub(super) fn with_standing(mut response: Response, standing: Option<Result<Standing, TooMany>>) -> Response {
    let refused = match &standing {
        None => return response,
        Some(Ok(_)) => None,
        Some(Err(too_many)) => Some(too_many),
    };
    if let Some(too_many) = refused {
        let retry_after = (too_many.retry_after * 1000.0).ceil() / 1000.0;
        response = document(
            429,
            &json!({
                "message": "You are being rate limited.", "retry_after": retry_after, "global": too_many.global,
            }),
        );
        put(
            &mut response,
            "retry-after",
            &too_many.retry_after.ceil().to_string(),
        );
        let scope = if too_many.global { "global" } else { "user" };
        put(&mut response, "x-ratelimit-scope", scope);
        if too_many.global {
            put(&mut response, "x-ratelimit-global", "true");
        }
    }
    let (Some(Ok(standing)) | Some(Err(TooMany { standing, .. }))) = &standing else {
        return response;
    };
    put(&mut response, "x-ratelimit-limit", &standing.limit.to_string());
    put(
        &mut response,
        "x-ratelimit-remaining",
        &standing.remaining.to_string(),
    );
    put(
        &mut response,
        "x-ratelimit-reset",
        &format!("{:.3}", standing.reset),
    );
    put(
        &mut response,
        "x-ratelimit-reset-after",
        &format!("{:.3}", standing.reset_after),
    );
    put(&mut response, "x-ratelimit-bucket", &standing.bucket);
    response
}

fn put(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
}

pub(super) fn refusal(refused: &ApiError) -> Response {
    document(refused.status, &refused.body())
}

pub(super) fn bare(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

pub(crate) fn document(status: u16, body: &Value) -> Response {
    text(status, "application/json", &body.to_string())
}

pub(super) fn text(status: u16, kind: &'static str, body: &str) -> Response {
    let mut response = bare(status);
    *response.body_mut() = Body::from(body.to_owned());
    put(&mut response, "content-type", kind);
    response
}

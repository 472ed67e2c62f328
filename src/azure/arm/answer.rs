//! One answer: its bytes within a limit, and what its status means.

use std::time::Duration;

use reqwest::{
    Response, StatusCode,
    header::{HeaderMap, HeaderName, LOCATION, RETRY_AFTER},
};
use serde::de::DeserializeOwned;

use super::{
    call::{Call, Quota},
    envelope,
    error::{ArmError, Correlation},
    throttle,
};
use crate::domain::text::FreeText;

/// The largest answer that is read: a page of 1,000 resources is about 5 MB.
const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A successful answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Where to look later, and after how long, if the work goes on.
    pub(super) location: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
    pub(super) correlation: Correlation,
}

impl Answer {
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ArmError> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| ArmError::Malformed {
            detail: cleaned(&error.to_string()),
            correlation: self.correlation.clone(),
        })
    }
}

/// Reads `response`, and tells success from each class of failure.
pub(super) async fn read(call: &Call, response: Response) -> Result<Answer, ArmError> {
    let status = response.status();
    let correlation = correlation(response.headers());
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(ArmError::Throttled {
            retry_after: throttle::retry_after(response.headers()),
        });
    }
    let location = text(response.headers(), LOCATION);
    let retry_after = asks_to_wait(response.headers()).then(|| throttle::retry_after(response.headers()));
    let body = limited(response, &correlation).await;
    if status.is_success() {
        return Ok(Answer {
            status,
            location,
            retry_after,
            body: body?,
            correlation,
        });
    }
    // The status says enough: a broken body of a refusal does not make it ambiguous.
    let said = envelope::read(status.as_u16(), &body.unwrap_or_default(), correlation);
    Err(match status {
        StatusCode::UNAUTHORIZED => ArmError::Unauthorized(said),
        StatusCode::FORBIDDEN => ArmError::Forbidden {
            action: call.operation.action,
            scope: call.path.clone(),
            said,
        },
        StatusCode::NOT_FOUND if !said.is_unregistered() => ArmError::NotFound(said),
        // A read that took too long on the other side can be tried again; a write may have been done.
        StatusCode::REQUEST_TIMEOUT => ArmError::Transient(said),
        _ if status.is_server_error() => ArmError::Transient(said),
        // Resource Graph reports its quota in this code where it does not use 429.
        _ if call.operation.quota == Quota::Graph && said.code == "RateLimiting" => ArmError::Throttled {
            retry_after: throttle::RETRY_AFTER_DEFAULT,
        },
        _ => ArmError::Refused(said),
    })
}

async fn limited(mut response: Response, correlation: &Correlation) -> Result<Vec<u8>, ArmError> {
    let too_large = || ArmError::Malformed {
        detail: format!("it is larger than {BODY_BYTES_MAX} bytes"),
        correlation: correlation.clone(),
    };
    if response
        .content_length()
        .is_some_and(|length| usize::try_from(length).map_or(true, |length| length > BODY_BYTES_MAX))
    {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ArmError::Ambiguous)? {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The correlation id, which stands on every answer; `x-ms-request-id` can be empty on JIT calls.
pub(super) fn correlation(headers: &HeaderMap) -> Correlation {
    let read = |name| {
        let text = headers.get(name)?.to_str().ok()?;
        FreeText::new(text).map(|text| text.to_string())
    };
    Correlation(read("x-ms-correlation-request-id").or_else(|| read("x-ms-request-id")))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// Whether the server asked for a pause.
pub(super) fn asks_to_wait(headers: &HeaderMap) -> bool {
    headers.contains_key(RETRY_AFTER)
}

fn cleaned(text: &str) -> String {
    FreeText::new(text).map_or_else(|| "it is no JSON".to_owned(), |text| text.to_string())
}

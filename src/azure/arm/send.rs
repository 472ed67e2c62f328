//! Sending: the token, one or two tries, and what becomes of a failure.

use std::time::{Duration, Instant as RealInstant};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    Arm, answer,
    answer::Answer,
    call::{Call, Quota},
    error::{ArmError, Correlation},
    numbers::{CALL_SECONDS, CALLS_TOTAL},
};
use crate::clock;

/// The longest pause before the second try of a read.
const PAUSE_MAX: Duration = Duration::from_millis(400);

impl Arm {
    /// Sends `call` to `url`; a read that failed by bad luck is tried once more.
    pub(super) async fn send(&self, call: &Call, url: Url) -> Result<Answer, ArmError> {
        let started = RealInstant::now();
        let mut result = self.with_token(call, url.clone()).await;
        if call.operation.quota != Quota::Writes && result.as_ref().is_err_and(is_bad_luck) {
            pause().await;
            result = self.with_token(call, url).await;
        }
        let class = result.as_ref().map_or_else(ArmError::class, |_| "ok");
        metrics::counter!(CALLS_TOTAL, "operation" => call.operation.name, "result" => class).increment(1);
        metrics::histogram!(CALL_SECONDS, "operation" => call.operation.name).record(started.elapsed());
        result
    }

    /// One try, and one more with a fresh token where Azure does not accept the old one: a 401 has no effect,
    /// so this is safe for writes too.
    async fn with_token(&self, call: &Call, url: Url) -> Result<Answer, ArmError> {
        match self.once(call, url.clone()).await {
            Err(ArmError::Unauthorized(_)) => {
                self.inner.credential.forget();
                self.once(call, url).await
            }
            other => other,
        }
    }

    async fn once(&self, call: &Call, url: Url) -> Result<Answer, ArmError> {
        let inner = &self.inner;
        inner.throttle.check(call, inner.clock.now())?;
        let token = inner.credential.token().await?;
        let request_id = clock::fresh_uuid(inner.clock.now()).to_string();
        let mut request = inner
            .http
            .request(call.operation.method.clone(), url)
            .header(AUTHORIZATION, bearer(&token)?)
            .header(ACCEPT, "application/json")
            .header("x-ms-client-request-id", &request_id)
            .header("x-ms-return-client-request-id", "true")
            .timeout(inner.time_out);
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let sent = request.send().await.map_err(|error| {
            let error = error.without_url();
            // A connection that never stood, or a request that could not be built, carried nothing.
            if error.is_connect() || error.is_builder() {
                ArmError::NotSent(error)
            } else {
                ArmError::Ambiguous(error)
            }
        });
        let result = match sent {
            Ok(response) => {
                inner.throttle.note(call, response.headers(), inner.clock.now());
                let correlation = answer::correlation(response.headers());
                tracing::debug!(
                    azure.operation = call.operation.name,
                    azure.status = response.status().as_u16(),
                    azure.client_request_id = request_id,
                    azure.correlation_id = correlation.0.as_deref().unwrap_or_default(),
                    azure.waits = answer::asks_to_wait(response.headers()),
                    "Azure answered."
                );
                answer::read(call, response).await
            }
            Err(error) => Err(error),
        };
        if let Err(ArmError::Throttled { retry_after }) = &result {
            inner.throttle.close(call, *retry_after, inner.clock.now());
        }
        result
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, ArmError> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret())).map_err(|_| {
        ArmError::Malformed {
            detail: "the login host gave a token that cannot be sent".to_owned(),
            correlation: Correlation::default(),
        }
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether a second try at once is likely to do better. A time-out is not: it has already cost the caller enough.
fn is_bad_luck(error: &ArmError) -> bool {
    match error {
        ArmError::NotSent(error) | ArmError::Ambiguous(error) => !error.is_timeout(),
        ArmError::Transient(said) => matches!(said.status, 500 | 502 | 503 | 504),
        _ => false,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "protocol time: the pause between two tries of one read"
)]
async fn pause() {
    tokio::time::sleep(clock::jitter(PAUSE_MAX)).await;
}

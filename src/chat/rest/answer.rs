//! Reads Discord's answers, with distrust: length, form and status.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Response, StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    JsonCode, RestError, Route,
    call::Call,
    explanation::{explanation, shorten},
};

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads the body, up to [`BODY_BYTES_MAX`].
    pub(super) async fn read(route: Route, mut response: Response) -> Result<Self, RestError> {
        let status = response.status();
        let too_long = || RestError::Malformed {
            route,
            status: status.as_u16(),
            detail: format!("it is longer than {BODY_BYTES_MAX} bytes"),
        };
        let mut body = BytesMut::new();
        if response
            .content_length()
            .is_some_and(|length| length > BODY_BYTES_MAX as u64)
        {
            return Err(too_long());
        }
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > BODY_BYTES_MAX => return Err(too_long()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(source) => return Err(broken_off(route, status, source)),
            }
        }
        Ok(Self {
            status,
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }

    /// The answer to a call that was done, as a model.
    pub(super) fn decode<T: DeserializeOwned>(&self, call: &Call) -> Result<T, RestError> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut json)
            .map_err(|error| self.malformed(call.route, &call.redact(&error.to_string())))
    }

    /// How long to wait after a 429: the header, else the body, else one second.
    pub(super) fn retry_after(&self) -> Duration {
        let header = self
            .headers
            .get(reqwest::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let seconds = self
            .error_body()
            .and_then(|body| body.get("retry_after").and_then(Value::as_f64))
            .or_else(|| header.and_then(|text| text.trim().parse().ok()))
            .unwrap_or(1.0);
        seconds_to_duration(seconds).unwrap_or(Duration::from_secs(1))
    }

    /// Whether a 429 is about the whole bot.
    pub(super) fn is_global_limit(&self) -> bool {
        let header = self.headers.get("x-ratelimit-global").is_some();
        header
            || self
                .error_body()
                .is_some_and(|body| body.get("global") == Some(&Value::Bool(true)))
    }

    /// The error that this answer is, unless its status is 2xx.
    pub(super) fn error(&self, call: &Call) -> Option<RestError> {
        let route = call.route;
        let status = self.status.as_u16();
        if self.status.is_success() {
            return None;
        }
        Some(match status {
            429 => RestError::RateLimited {
                route,
                retry_after: self.retry_after(),
            },
            400..=499 => {
                let body = self.error_body();
                let number = body
                    .as_ref()
                    .and_then(|body| body.get("code"))
                    .and_then(Value::as_u64);
                let code = JsonCode::from(number.unwrap_or_default());
                let token_is_bad =
                    number == Some(50014) || (status == 401 && code != JsonCode::InvalidWebhookToken);
                if token_is_bad && route.kind() == super::route::Kind::Bot {
                    RestError::Unauthorized
                } else {
                    RestError::Refused {
                        route,
                        status,
                        code,
                        message: call.redact(&explanation(body.as_ref())),
                    }
                }
            }
            500..=599 => RestError::Transient {
                route,
                status: Some(status),
                source: None,
            },
            300..=399 => self.malformed(route, "it is a redirect, and Discord never redirects"),
            _ => self.malformed(route, "Discord never answers with this status"),
        })
    }

    fn malformed(&self, route: Route, detail: &str) -> RestError {
        RestError::Malformed {
            route,
            status: self.status.as_u16(),
            detail: shorten(detail),
        }
    }

    fn error_body(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A duration in seconds as Discord writes it: with decimals. Negative and absurd ones are none.
pub(super) fn seconds_to_duration(seconds: f64) -> Option<Duration> {
    const DAY: f64 = 86_400.0;
    Duration::try_from_secs_f64(seconds.min(DAY)).ok()
}

/// The status is known and the rest is not: a refusal stays one, an "OK" may hide anything.
fn broken_off(route: Route, status: StatusCode, source: reqwest::Error) -> RestError {
    if status.is_server_error() {
        RestError::Transient {
            route,
            status: Some(status.as_u16()),
            source: Some(source.without_url()),
        }
    } else {
        RestError::Ambiguous {
            route,
            source: Some(source.without_url()),
        }
    }
}

/// Far above any answer to our calls (100 messages with embeds stay below 1 MB).
pub(super) const BODY_BYTES_MAX: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    fn error(status: u16, body: &Value) -> RestError {
        let call = Call::new(Route::Channel, ["1".into()]);
        answer(status, body.to_string()).error(&call).unwrap()
    }

    #[test]
    fn a_form_error_names_its_fields() {
        let body = json!({"message": "Invalid Form Body", "code": 50035, "errors":
            {"embeds": {"0": {"title": {"_errors": [{"code": "X", "message": "Too long."}]}}}}});
        let error = error(400, &body);
        assert!(error.is(JsonCode::InvalidForm));
        assert!(
            error
                .to_string()
                .contains("Invalid Form Body; embeds.0.title: Too long."),
            "{error}"
        );
    }

    #[test]
    fn only_a_refused_bot_token_locks_out() {
        assert!(matches!(
            error(401, &json!({"message": "401: Unauthorized", "code": 0})),
            RestError::Unauthorized
        ));
        assert!(
            error(401, &json!({"message": "Invalid Webhook Token", "code": 50027}))
                .is(JsonCode::InvalidWebhookToken)
        );
        let call = Call::with_token(
            Route::FollowUp,
            "1".into(),
            &super::super::InteractionToken::new("t"),
        );
        let body = json!({"message": "401: Unauthorized", "code": 0}).to_string();
        assert!(matches!(
            answer(401, body).error(&call),
            Some(RestError::Refused { .. })
        ));
    }

    #[test]
    fn hostile_bodies_give_short_plain_sentences() {
        let long = "x\n\u{1b}[31m".repeat(10_000);
        for body in [
            json!({"message": long, "code": -1}),
            json!([1, 2]),
            json!("text"),
            json!(null),
        ] {
            let text = error(404, &body).to_string();
            assert!(
                text.chars().count() < 600 && !text.contains(['\n', '\u{1b}']),
                "{text}"
            );
        }
        let mut deep = json!({"_errors": [{"message": "deep"}]});
        for _ in 0..100 {
            deep = json!({ "a": deep });
        }
        error(
            400,
            &json!({"message": "Invalid Form Body", "code": 50035, "errors": deep}),
        );
    }

    #[test]
    fn retry_after_is_read_where_discord_puts_it_and_never_absurd() {
        assert_eq!(
            answer(429, r#"{"retry_after":0.25}"#).retry_after(),
            Duration::from_millis(250)
        );
        assert_eq!(answer(429, "<html>").retry_after(), Duration::from_secs(1));
        assert_eq!(
            answer(429, r#"{"retry_after":-5}"#).retry_after(),
            Duration::from_secs(1)
        );
        assert_eq!(
            answer(429, r#"{"retry_after":1e300}"#).retry_after(),
            Duration::from_secs(86_400)
        );
        let mut with_header = answer(429, "");
        with_header.headers.insert("retry-after", "3".parse().unwrap());
        assert_eq!(with_header.retry_after(), Duration::from_secs(3));
    }
}

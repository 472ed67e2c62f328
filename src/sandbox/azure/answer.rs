//! What an operation answers, and Resource Manager's error envelope.
//!
//! Must not know: which operation.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// An answer before the headers that every answer carries.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Option<Value>,
    /// Whether the world was changed.
    pub effect: bool,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    pub(crate) fn new(status: StatusCode, body: Option<Value>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body,
            effect: false,
        }
    }

    pub(crate) fn changed(mut self) -> Self {
        self.effect = true;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }
}

/// A refusal of Resource Manager: a status and a code that clients branch on, and a text that they do not.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Box<Answer>);

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let body = json!({"error": {"code": code, "message": message.into()}});
        Self(Box::new(Answer::new(status, Some(body))))
    }

    pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 404 as Resource Manager words it for a resource in a group.
    pub(crate) fn resource_not_found(kind: &str, name: &str, group: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            format!(
                "The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
            ),
        )
    }

    /// An answer in another shape than the envelope (Entra, Resource Graph).
    pub(crate) fn shaped(status: StatusCode, body: Value) -> Self {
        Self(Box::new(Answer::new(status, Some(body))))
    }

    pub(crate) fn header(self, name: &'static str, value: impl AsRef<str>) -> Self {
        Self(Box::new(self.0.header(name, value)))
    }

    pub(crate) fn into_answer(self) -> Answer {
        *self.0
    }
}

pub(crate) type Result<T = Answer> = std::result::Result<T, Refusal>;

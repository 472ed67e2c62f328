//! One HTTP call, as operations see it.

use std::{collections::HashMap, net::IpAddr};

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, Uri},
};
use serde::de::DeserializeOwned;

use crate::clock::Instant;

use super::{
    answer::{Refusal, Result},
    route::Route,
};

/// A call that has been read in full.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub now: Instant,
    pub method: Method,
    /// Path and query as they came.
    pub target: String,
    pub route: Route,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub peer: IpAddr,
    /// Scheme and host under which the caller reached us: links are made of it.
    pub base: String,
    /// The caller's application, once its token is known.
    pub client_id: String,
    /// Joins the answer, the ledger and the Activity Log.
    pub correlation: String,
    /// Set by faults.
    pub twist: Option<Twist>,
}

/// What a fault does to the effect itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twist {
    Stuck,
    NeverEnds,
    ForgetsNewer,
    KeepsOlder,
}

impl Call {
    pub(crate) fn parse_query(uri: &Uri) -> HashMap<String, String> {
        let query = uri.query().unwrap_or_default().as_bytes();
        url::form_urlencoded::parse(query)
            .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The subscription in the path, lower-cased.
    pub(crate) fn subscription(&self) -> Option<String> {
        let path = self.target.split('?').next()?;
        let mut parts = path.split('/').skip(1);
        let first = parts.next()?;
        let second = parts.next()?;
        let named = first.eq_ignore_ascii_case("subscriptions") && !second.is_empty();
        named.then(|| second.to_ascii_lowercase())
    }

    /// The subscriptions that the call is about: Resource Graph names them in its body.
    pub(crate) fn subscriptions(&self) -> Vec<String> {
        if self.route != Route::Graph {
            return self.subscription().into_iter().collect();
        }
        let body = serde_json::from_slice::<serde_json::Value>(&self.body).unwrap_or_default();
        let named = body.get("subscriptions").and_then(serde_json::Value::as_array);
        let ids = named.into_iter().flatten().filter_map(serde_json::Value::as_str);
        ids.map(str::to_owned).collect()
    }

    /// The body as JSON; what is not JSON of this shape is refused in Resource Manager's words.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Refusal::bad_request(
                "InvalidRequestContent",
                format!("The request content was invalid and could not be deserialized: '{error}'."),
            )
        })
    }
}

//! `[http]`: health and metrics.

use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::Deserialize;

use super::problem::Problems;

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Health and metrics over HTTP.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HttpInput {
    /// Address and port; left out, "127.0.0.1:8080". Nothing there asks who reads it.
    listen: Option<String>,
}

/// Health and metrics over HTTP.
#[derive(Debug, Clone)]
pub struct Http {
    pub listen: SocketAddr,
}

impl HttpInput {
    pub(super) fn check(self, problems: &mut Problems) -> Option<Http> {
        let listen = match &self.listen {
            Some(text) => problems.parsed("http.listen", text)?,
            None => LISTEN,
        };
        Some(Http { listen })
    }
}

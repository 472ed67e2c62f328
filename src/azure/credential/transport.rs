//! Sends what is meant for the login host to a loopback address, for the sandbox and for tests.

use std::sync::Arc;

use azure_core::http::{AsyncRawResponse, HttpClient, Request};
use url::Url;

/// Keeps path, headers and body of each call, and replaces scheme, host and port.
#[derive(Debug)]
pub(super) struct ToLoopback {
    inner: Arc<dyn HttpClient>,
    to: Url,
}

impl ToLoopback {
    /// `to` has to be a loopback address; [`super::checked`] has seen to that.
    pub(super) fn new(inner: Arc<dyn HttpClient>, to: Url) -> Self {
        Self { inner, to }
    }
}

#[async_trait::async_trait]
impl HttpClient for ToLoopback {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut turned = request.clone();
        let mut url = self.to.clone();
        url.set_path(request.url().path());
        url.set_query(request.url().query());
        *turned.url_mut() = url;
        self.inner.execute_request(&turned).await
    }
}

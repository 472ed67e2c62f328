//! The client of Azure Resource Manager: one call, its deadline, its answer, its place in the quotas.
//!
//! The token goes to the configured host and nowhere else: redirects are not followed, and a `nextLink` to
//! another host is refused. Reads are tried twice; a write leaves at most once, because nobody here can know
//! whether the first one arrived. Must not know what the calls are about.

mod answer;
mod call;
mod envelope;

mod error;
mod long_running;
mod numbers;
mod page;
mod send;
mod throttle;

use std::{sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use url::Url;

pub(super) use self::{
    call::{Call, Operation, Quota},
    numbers::SUBSCRIPTIONS_UNREAD,
};
pub use self::{
    error::{ArmError, Correlation, Said},
    throttle::Degraded,
};
use self::{page::Page, throttle::Throttle};
use super::{
    credential::{Credential, CredentialError},
    options::{AzureOptions, NotAnEndpoint, is_loopback},
};
use crate::clock::SharedClock;

/// A client of Resource Manager; clones share connections, token and quotas.
#[derive(Debug, Clone)]
pub struct Arm {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    base: Url,
    time_out: Duration,
    credential: Credential,
    clock: SharedClock,
    throttle: Throttle,
}

/// Why no client could be made from the options.
#[derive(Debug, thiserror::Error)]
pub enum ArmSetupError {
    #[error("the Azure endpoint cannot be used")]
    Endpoint(#[from] NotAnEndpoint),
    #[error("the Azure credential cannot be used")]
    Credential(#[from] CredentialError),
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
}

impl Arm {
    /// A client for `options`; nothing is sent yet.
    ///
    /// A rustls crypto provider has to be installed before.
    pub fn new(options: &AzureOptions, clock: SharedClock) -> Result<Self, ArmSetupError> {
        numbers::describe();
        let base = options.base()?;
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // At most once: the library would otherwise repeat what a server turned away on a reused connection.
            .retry(reqwest::retry::never())
            .connect_timeout(options.time_out)
            .timeout(options.time_out)
            .tcp_nodelay(true)
            .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        Ok(Self {
            inner: Arc::new(Inner {
                http: http.build()?,
                base,
                time_out: options.time_out,
                credential: Credential::new(options)?,
                clock,
                throttle: Throttle::default(),
            }),
        })
    }

    /// The identity's credential, for a check of the login alone.
    pub fn credential(&self) -> &Credential {
        &self.inner.credential
    }

    /// The subscriptions where calls wait for Azure's quotas at this moment.
    pub fn degraded(&self) -> Vec<Degraded> {
        self.inner.throttle.degraded(self.inner.clock.now())
    }

    pub(super) fn clock(&self) -> &SharedClock {
        &self.inner.clock
    }

    /// One call whose answer is one JSON value.
    pub(super) async fn one<T: DeserializeOwned>(&self, call: &Call) -> Result<T, ArmError> {
        let answer = self.send(call, self.url(call)?).await?;
        answer.json()
    }

    /// One call whose answer is one JSON value, and Azure's id of the call.
    pub(super) async fn one_traced<T: DeserializeOwned>(
        &self,
        call: &Call,
    ) -> Result<(T, Correlation), ArmError> {
        let answer = self.send(call, self.url(call)?).await?;
        Ok((answer.json()?, answer.correlation))
    }

    /// One call whose answer says nothing but that it was done, or that it will be.
    pub(super) async fn done(&self, call: &Call) -> Result<(), ArmError> {
        self.send(call, self.url(call)?).await.map(|_| ())
    }

    /// All items of a list, over all its pages, in the order in which Azure gave them.
    ///
    /// Each item is a value of its own, so that one that cannot be read does not hide the others.
    pub(super) async fn all(&self, call: &Call) -> Result<Vec<serde_json::Value>, ArmError> {
        let mut items = Vec::new();
        let mut url = self.url(call)?;
        for _ in 0..page::PAGES_MAX {
            let answer = self.send(call, url.clone()).await?;
            let correlation = answer.correlation.clone();
            let Page { value, next_link } = answer.json()?;
            items.extend(value);
            match next_link.filter(|link| !link.is_empty()) {
                None => return Ok(items),
                Some(link) => url = page::next(&self.inner.base, &url, &link, &correlation)?,
            }
        }
        Err(page::endless())
    }

    fn url(&self, call: &Call) -> Result<Url, ArmError> {
        let mut url = self.inner.base.clone();
        url.set_path(&call.path);
        url.set_query(None);
        url.query_pairs_mut()
            .append_pair("api-version", call.operation.api_version)
            .extend_pairs(&call.query);
        Ok(url)
    }
}

#[cfg(test)]
mod tests;

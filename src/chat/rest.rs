//! Our Discord REST client: serenity's builders go out as bodies, serenity's models come back.
//!
//! It has what serenity's own HTTP lacks: time-outs, a quick retry of an acknowledgement, rate limits
//! learned from the answers, bounded memory, and errors that never carry a token. It must not know what a
//! message means or why it is sent, and it never repeats a call on its own, except an acknowledgement and
//! a call that Discord turned away with 429: the jobs of the engine decide about everything else.

mod acknowledge;
mod address;
mod answer;
mod body;
mod call;
mod code;
mod error;
mod explanation;
mod guild;
mod identity;
mod interaction;
mod limits;
mod message;
mod reaction;
mod route;
mod send;
mod thread;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

pub use self::{
    address::AddressError,
    body::Pings,
    call::InteractionToken,
    code::JsonCode,
    error::RestError,
    guild::MEMBERS_PAGE,
    message::MessagesAt,
    route::{Repetition, Route},
};
use self::{address::ApiAddress, limits::Limits};

/// Where Discord's REST interface, version 10, really is.
pub const DISCORD_API_URL: &str = "https://discord.com/api/v10";

/// How the client reaches Discord.
#[derive(Debug, Clone)]
pub struct RestConfig {
    /// [`DISCORD_API_URL`], or an address on loopback.
    pub api_url: Url,
    /// The bot token, without the word `Bot`.
    pub token: SecretString,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time for one call, from the first byte sent to the last byte read.
    pub request_timeout: Duration,
    /// Longest time that a call waits for its rate limit, unless [`Rest::patient`] says otherwise.
    pub patience: Duration,
}

impl RestConfig {
    /// The usual settings for the given address and token.
    pub fn new(api_url: Url, token: SecretString) -> Self {
        Self {
            api_url,
            token,
            connect_timeout: Duration::from_secs(3),
            request_timeout: Duration::from_secs(10),
            patience: Duration::from_secs(5),
        }
    }
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RestConfigError {
    /// The address is neither Discord's nor on loopback.
    #[error("the address of Discord's REST interface cannot be used")]
    Address(#[from] AddressError),
    /// The token has characters that cannot stand in an HTTP header.
    #[error("the bot token is empty or contains characters that a token never has")]
    Token,
    /// The HTTP client could not be built.
    #[error("the HTTP client for Discord could not be set up")]
    Client(#[source] reqwest::Error),
}

/// The client; clones share connections and rate limits.
#[derive(Clone)]
pub struct Rest {
    inner: Arc<Inner>,
    patience: Duration,
}

struct Inner {
    address: ApiAddress,
    client: reqwest::Client,
    authorization: HeaderValue,
    limits: Arc<Limits>,
    /// Set by the first answer that the token is not valid. Discord blocks an address after 10,000 such
    /// answers in 10 minutes, and a token does not become valid again.
    locked_out: AtomicBool,
}

impl Rest {
    /// Makes a client; nothing is sent yet.
    pub fn new(config: RestConfig) -> Result<Self, RestConfigError> {
        let address = ApiAddress::parse(config.api_url)?;
        let authorization = authorization(&config.token)?;
        // Without a process-wide provider reqwest panics. `main` installs the same one; the second
        // installation is refused, and that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // With HTTP/2 all calls would share one connection, and a repetition would go into the same
            // dead one that its first attempt was lost in.
            .http1_only()
            .connect_timeout(config.connect_timeout)
            .timeout(config.request_timeout);
        if address.is_loopback() {
            // A proxy from the environment would carry the token of a sandbox out of this machine.
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        let client = builder.build().map_err(RestConfigError::Client)?;
        send::describe_metrics();
        Ok(Self {
            inner: Arc::new(Inner {
                address,
                client,
                authorization,
                limits: Arc::default(),
                locked_out: AtomicBool::new(false),
            }),
            patience: config.patience,
        })
    }

    /// Where a sandbox stands in for `https://discord.com`; `None` when it is Discord itself.
    pub fn stand_in(&self) -> Option<String> {
        let address = &self.inner.address;
        address.is_loopback().then(|| address.origin())
    }

    /// The same client, but its calls wait at most `patience` for their rate limit.
    ///
    /// Zero means: send now or return [`RestError::RateLimited`].
    #[must_use]
    pub fn patient(&self, patience: Duration) -> Self {
        Self {
            inner: self.inner.clone(),
            patience,
        }
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("address", &self.inner.address)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// Discord requires this form: `DiscordBot (url, version)`.
const USER_AGENT: &str = concat!("DiscordBot (portcullis, ", env!("CARGO_PKG_VERSION"), ")");

fn authorization(token: &SecretString) -> Result<HeaderValue, RestConfigError> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(RestConfigError::Token);
    }
    let mut value = HeaderValue::try_from(format!("Bot {token}")).map_err(|_| RestConfigError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

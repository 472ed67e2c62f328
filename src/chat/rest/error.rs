//! What can go wrong with a call, by what the caller does about it.

use std::time::Duration;

use super::{AddressError, JsonCode, Route};

/// A call that did not succeed.
///
/// No variant carries a token: paths are named by their template, and texts from Discord have been
/// searched for the token of the call.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// Discord understood and said no (status 4xx). The call was not done; repeating it is useless.
    #[error("Discord refused {route}: {message} (status {status}, {code:?})")]
    Refused {
        /// Which call.
        route: Route,
        /// The HTTP status.
        status: u16,
        /// Discord's reason.
        code: JsonCode,
        /// Discord's sentence, shortened.
        message: String,
    },
    /// A rate limit stands longer than the caller wanted to wait. The call was not done.
    #[error("the rate limit of {route} lasts for another {retry_after:?}")]
    RateLimited {
        /// Which call.
        route: Route,
        /// Time until a repetition makes sense.
        retry_after: Duration,
    },
    /// The bot token is not valid. Nothing more is sent by this client; stop the program.
    #[error("Discord does not accept the bot token")]
    Unauthorized,
    /// A fault that passes: a 5xx answer, or no connection. See [`RestError::certainly_not_done`].
    #[error("Discord could not be asked for {route} just now{}", told(*status))]
    Transient {
        /// Which call.
        route: Route,
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
        /// What the transport said, if there was no answer.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// The call left, and no whole answer came back: it may or may not have been done.
    #[error("no answer came to {route}; whether it was done is not known")]
    Ambiguous {
        /// Which call.
        route: Route,
        /// What the transport said; nothing if our own time was up.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// An answer that Discord does not give: unreadable, too long, or a redirect.
    #[error("the answer to {route} cannot be read (status {status}): {detail}")]
    Malformed {
        /// Which call.
        route: Route,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        detail: String,
    },
    /// Discord named a gateway that belongs to another world than its REST interface.
    #[error("the gateway address that was given cannot be used")]
    ForeignGateway(#[source] AddressError),
    /// A body that cannot be sent; a fault of ours, and nothing was sent.
    #[error("the body of {route} could not be written")]
    Body {
        /// Which call.
        route: Route,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl RestError {
    /// Whether it is sure that Discord did nothing.
    ///
    /// Not so for a 5xx answer: a proxy in front of Discord may have given up on a call that was done.
    pub fn certainly_not_done(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::RateLimited { .. } | Self::Unauthorized | Self::Body { .. } => true,
            Self::Transient { status, .. } => status.is_none(),
            Self::Ambiguous { .. } | Self::Malformed { .. } | Self::ForeignGateway(_) => false,
        }
    }

    /// Discord's reason, if it refused.
    pub fn code(&self) -> Option<JsonCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether Discord refused for exactly this reason.
    pub fn is(&self, code: JsonCode) -> bool {
        self.code() == Some(code)
    }
}

fn told(status: Option<u16>) -> String {
    status
        .map(|status| format!(" (status {status})"))
        .unwrap_or_default()
}

//! How a call to Azure can go wrong, by what a caller has to do about it.

use std::{fmt, time::Duration};

use crate::azure::credential::CredentialError;

/// How a call to Azure went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ArmError {
    /// No token could be had, so nothing was sent.
    #[error("there is no token for Azure")]
    Credential(#[from] CredentialError),
    /// 401, also with a fresh token.
    #[error("Azure does not accept the identity's token: {0}")]
    Unauthorized(Said),
    /// 403: the identity lacks `action` on `scope`.
    #[error("the identity may not do {action} on {scope}: {said}")]
    Forbidden {
        action: &'static str,
        scope: String,
        said: Said,
    },
    /// 404.
    #[error("Azure does not know it: {0}")]
    NotFound(Said),
    /// 400, 409 and every other answer that says no; the call had no effect.
    #[error("Azure refused: {0}")]
    Refused(Said),
    /// 429, or a call kept back because of one; it had no effect.
    #[error("Azure asks to wait {} seconds", .retry_after.as_secs())]
    Throttled { retry_after: Duration },
    /// 5xx. A write may have had its effect.
    #[error("Azure has trouble: {0}")]
    Transient(Said),
    /// It surely did not leave this process.
    #[error("Azure cannot be reached")]
    NotSent(#[source] reqwest::Error),
    /// Time-out, or the connection was lost, after it was sent. A write may have had its effect.
    #[error("the connection was lost before Azure answered")]
    Ambiguous(#[source] reqwest::Error),
    /// An operation was still going on when our patience was over.
    #[error("Azure was still at work after {} seconds", .patience.as_secs())]
    TooSlow { patience: Duration },
    /// An answer that cannot be read. A write may have had its effect.
    #[error("the answer of Azure cannot be used: {detail} ({correlation})")]
    Malformed {
        detail: String,
        correlation: Correlation,
    },
}

impl ArmError {
    /// Whether a write that ended so may have had its effect, so that only a read-back can tell.
    pub fn may_have_happened(&self) -> bool {
        matches!(
            self,
            Self::Transient(_) | Self::Ambiguous(_) | Self::TooSlow { .. } | Self::Malformed { .. }
        )
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Credential(error) => error.may_pass(),
            Self::Throttled { .. }
            | Self::Transient(_)
            | Self::NotSent(_)
            | Self::Ambiguous(_)
            | Self::TooSlow { .. }
            | Self::Malformed { .. } => true,
            Self::Unauthorized(_) | Self::Forbidden { .. } | Self::NotFound(_) | Self::Refused(_) => false,
        }
    }

    /// What Azure said, where it said something.
    pub fn said(&self) -> Option<&Said> {
        match self {
            Self::Unauthorized(said)
            | Self::Forbidden { said, .. }
            | Self::NotFound(said)
            | Self::Refused(said)
            | Self::Transient(said) => Some(said),
            _ => None,
        }
    }

    /// The class, for logs and metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Credential(_) => "credential",
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::Refused(_) => "refused",
            Self::Throttled { .. } => "throttled",
            Self::Transient(_) => "transient",
            Self::NotSent(_) => "not_sent",
            Self::Ambiguous(_) => "ambiguous",
            Self::TooSlow { .. } => "too_slow",
            Self::Malformed { .. } => "malformed",
        }
    }
}

/// What an answer of Azure said, cleaned: one line each, without control characters, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// Azure's error code; `HTTP 400` and the like where the answer has none.
    pub code: String,
    pub message: String,
    pub correlation: Correlation,
}

impl Said {
    /// Whether the subscription has never used the service: Resource Manager's code (409), and the one that Defender for
    /// Cloud gives for its plans (404, which must not be read as "there is no such thing").
    pub fn is_unregistered(&self) -> bool {
        matches!(
            self.code.as_str(),
            "MissingSubscriptionRegistration" | "Subscription Not Registered"
        )
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code, self.message, self.correlation)
    }
}

/// Azure's `x-ms-correlation-request-id`: the Activity Log's `correlationId`, and what Microsoft's support asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correlation(pub Option<String>);

impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(id) => write!(f, "correlation id {id}"),
            None => f.write_str("no correlation id"),
        }
    }
}

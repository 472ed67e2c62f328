//! Why Azure did not do something: codes with facts, for people to be told what to do about it.

use serde::{Deserialize, Serialize};

use super::{Instant, right::Scope, text::FreeText, vm::SubscriptionId};

/// Why Azure did not do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "snake_case")]
pub enum Trouble {
    /// The identity lacks the right to do `action` on `scope`.
    Forbidden { action: String, scope: Scope },
    /// Azure asked to wait, and nothing was sent or done.
    Throttled { until: Instant },
    /// No token could be had, so nothing was sent.
    SignIn {
        remedy: Remedy,
        /// What the login host said.
        detail: FreeText,
    },
    /// Azure does not accept the identity's token, not even a fresh one.
    TokenRefused { message: FreeText },
    /// Azure does not know what was named.
    NotFound { code: String, message: FreeText },
    /// The subscription does not use the service yet that was called.
    NotRegistered { message: FreeText },
    /// Azure could not be reached; nothing was sent.
    Unreachable,
    /// It was sent and no answer came, so what became of it is unknown until Azure is read.
    NoAnswer,
    /// Azure has trouble of its own.
    Failing {
        status: u16,
        code: String,
        message: FreeText,
    },
    /// Azure said no.
    Refused {
        status: u16,
        code: String,
        message: FreeText,
    },
    /// The subscription, or a machine that was opted out of it, lacks the Defender plan that JIT is part of.
    PlanMissing {
        subscription: SubscriptionId,
        /// What Azure said, if it was asked all the same.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        said: Option<FreeText>,
    },
    /// An answer that cannot be read.
    Malformed { detail: FreeText },
    /// The program ended before it knew, and Azure shows that it was not done.
    Interrupted,
}

/// What helps against a [`Trouble::SignIn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The secret is wrong (often its id was copied in place of its value).
    CorrectSecret,
    /// The secret has expired.
    RenewSecret,
    /// The tenant does not have the application.
    CorrectClientId,
    /// There is no such tenant.
    CorrectTenantId,
    /// The tenant does not know Resource Manager under this name, so the cloud is wrong.
    CorrectCloud,
    /// Conditional access keeps the identity out.
    AllowInConditionalAccess,
    /// No federated credential matches the workload's token.
    CorrectFederatedCredential,
    /// The configuration or the environment lacks something.
    CorrectSettings,
    /// Wait, or look at the network; nothing is wrong with the identity as far as known.
    CheckNetwork,
    /// Read the text of the refusal.
    ReadDetail,
}

impl Trouble {
    /// Whether it may be over later without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Unreachable
            | Self::NoAnswer
            | Self::Failing { .. }
            | Self::Malformed { .. } => true,
            Self::SignIn { remedy, .. } => *remedy == Remedy::CheckNetwork,
            Self::Forbidden { .. }
            | Self::TokenRefused { .. }
            | Self::NotFound { .. }
            | Self::NotRegistered { .. }
            | Self::Refused { .. }
            | Self::PlanMissing { .. }
            | Self::Interrupted => false,
        }
    }

    /// The kind, as it is stored, logged and counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "forbidden",
            Self::Throttled { .. } => "throttled",
            Self::SignIn { .. } => "sign_in",
            Self::TokenRefused { .. } => "token_refused",
            Self::NotFound { .. } => "not_found",
            Self::NotRegistered { .. } => "not_registered",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no_answer",
            Self::Failing { .. } => "failing",
            Self::Refused { .. } => "refused",
            Self::PlanMissing { .. } => "plan_missing",
            Self::Malformed { .. } => "malformed",
            Self::Interrupted => "interrupted",
        }
    }
}

//! Why Azure did not do something: what, why, and what to do about it.

use super::{
    quote::{coded, quoted_within},
    when,
};
use crate::domain::{
    Instant,
    right::Feature,
    text::FreeText,
    trouble::{Remedy, Trouble},
};

/// Azure's own words are cut after so many characters; all of them are in the log.
const SAID: usize = 240;

/// In one or two sentences, for chat.
pub fn sentence(trouble: &Trouble) -> String {
    told(trouble, Medium::Chat)
}

/// The same for a terminal or a log, without markdown.
pub fn plain(trouble: &Trouble) -> String {
    told(trouble, Medium::Terminal)
}

/// In a few words, for a list.
pub fn short(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Forbidden { .. } => "a right is missing",
        Trouble::Throttled { .. } => "Azure asks to wait",
        Trouble::SignIn { .. } | Trouble::TokenRefused { .. } => "the sign-in does not work",
        Trouble::NotFound { .. } => "Azure does not know it",
        Trouble::NotRegistered { .. } => "Defender for Cloud has never been used there",
        Trouble::Unreachable => "Azure cannot be reached",
        Trouble::NoAnswer => "Azure did not answer",
        Trouble::Failing { .. } => "Azure has trouble of its own",
        Trouble::Refused { .. } => "Azure refused",
        Trouble::PlanMissing { .. } => "the Defender plan is missing",
        Trouble::Malformed { .. } => "the answer of Azure cannot be used",
        Trouble::Interrupted => "it was broken off",
    }
}

#[derive(Debug, Clone, Copy)]
enum Medium {
    Chat,
    Terminal,
}

impl Medium {
    fn code(self, raw: &str, room: usize) -> String {
        match self {
            Self::Chat => coded(raw, room),
            Self::Terminal => FreeText::new(raw)
                .unwrap_or_else(FreeText::unreadable)
                .to_string(),
        }
    }

    /// Text of somebody else, with one full stop at its end.
    fn said(self, text: &FreeText) -> String {
        let text = match self {
            Self::Chat => quoted_within(text.as_str(), SAID),
            Self::Terminal => text.to_string(),
        };
        if text.ends_with(['.', '!', '?', '…']) {
            text
        } else {
            format!("{text}.")
        }
    }

    fn at(self, at: Instant) -> String {
        match self {
            Self::Chat => when::time(at),
            Self::Terminal => at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        }
    }
}

fn told(trouble: &Trouble, medium: Medium) -> String {
    match trouble {
        Trouble::Forbidden { action, scope } => format!(
            "Azure does not let Portcullis do {} on {}. {}",
            medium.code(action, 200),
            medium.code(&scope.to_string(), 200),
            role(action, medium),
        ),
        Trouble::Throttled { until } => format!(
            "Azure has had too many calls and asks Portcullis to wait until {}. Nothing has to be done but to wait.",
            medium.at(*until)
        ),
        Trouble::SignIn { remedy, detail } => format!(
            "Portcullis cannot sign in to Azure. {} The answer was: {}",
            sign_in(*remedy),
            medium.said(detail)
        ),
        Trouble::TokenRefused { message } => format!(
            "Azure does not accept the sign-in of Portcullis. Check that `azure.cloud` and the tenant of the \
             configuration are those of the subscriptions. The answer was: {}",
            medium.said(message)
        ),
        Trouble::NotFound { code, message } => format!(
            "Azure does not know what was named ({}): {} It may have been deleted; `/jit vms` shows what is there.",
            medium.code(code, 80),
            medium.said(message)
        ),
        Trouble::NotRegistered { message } => format!(
            "The subscription has never used this service of Azure. Let an owner of it register the service, for \
             JIT with {}. The answer was: {}",
            medium.code("az provider register --namespace Microsoft.Security", 80),
            medium.said(message)
        ),
        Trouble::Unreachable => "Azure cannot be reached from where Portcullis runs. Try again in a minute; if it \
                                 stays so, let an administrator check the network and run `portcullis doctor`."
            .to_owned(),
        Trouble::NoAnswer => "Azure did not answer in time. Try again in a minute; if it stays so, let an \
                              administrator run `portcullis doctor`."
            .to_owned(),
        Trouble::Failing {
            status,
            code,
            message,
        } => format!(
            "Azure has trouble of its own ({}, HTTP {status}): {} Try again in a minute.",
            medium.code(code, 80),
            medium.said(message)
        ),
        Trouble::Refused {
            status,
            code,
            message,
        } => format!(
            "Azure refused with {} (HTTP {status}): {}",
            medium.code(code, 80),
            medium.said(message)
        ),
        Trouble::PlanMissing { subscription, said } => format!(
            "JIT needs Defender for Servers Plan 2, which is not on there. It costs money for every server and hour; \
             an administrator can switch it on with {}.{}",
            medium.code(
                &format!("portcullis azure plan enable --subscription {subscription}"),
                120
            ),
            said.as_ref()
                .map(|said| format!(" Azure said: {}", medium.said(said)))
                .unwrap_or_default()
        ),
        Trouble::Interrupted => "Portcullis ended before it had an answer, and Azure shows that it was not done. It is \
                                 not tried again by itself."
            .to_owned(),
        Trouble::Malformed { detail } => format!(
            "The answer of Azure cannot be used: {} Try again in a minute; if it stays so, let an administrator look \
             into the log.",
            medium.said(detail)
        ),
    }
}

/// The role to assign: ours with the feature that needs `action`, or Azure's Reader where that is enough.
fn role(action: &str, medium: Medium) -> String {
    let feature = Feature::needing(action);
    let reader = if action.to_ascii_lowercase().ends_with("/read") {
        ", or Azure's own role Reader"
    } else {
        ""
    };
    format!(
        "Assign its identity there the role that {} prints{reader}; a new assignment takes up to ten minutes.",
        medium.code(
            &format!("portcullis azure role --features {}", feature.word()),
            80
        )
    )
}

fn sign_in(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::CorrectSecret => {
            "Its client secret is wrong; check that the secret's value was taken, and not the secret's id."
        }
        Remedy::RenewSecret => {
            "Its client secret has expired; make a new one and put it into the configuration."
        }
        Remedy::CorrectClientId => {
            "The tenant does not have its application; check `azure.client_id` and `azure.tenant_id`."
        }
        Remedy::CorrectTenantId => "There is no such tenant; check `azure.tenant_id`.",
        Remedy::CorrectCloud => "The tenant is in another cloud of Azure; check `azure.cloud`.",
        Remedy::AllowInConditionalAccess => {
            "A conditional access policy keeps its identity out; let an administrator of Entra allow it."
        }
        Remedy::CorrectFederatedCredential => {
            "No federated credential of its application matches; check issuer, subject and audience."
        }
        Remedy::CorrectSettings => {
            "Its credential cannot be made; check the section `[azure]` and the environment."
        }
        Remedy::CheckNetwork => {
            "The login host cannot be reached or is slow; it is tried again, and if it stays so, check the network."
        }
        Remedy::ReadDetail => "Let an administrator run `portcullis doctor`.",
    }
}

//! From an error of a call to the facts that people are told.

use chrono::TimeDelta;

use super::{
    arm::{ArmError, Said},
    credential::CredentialError,
};
use crate::{
    clock::Instant,
    domain::{right::Scope, text::FreeText, trouble::Trouble},
};

impl ArmError {
    /// What people have to know of it, `now` being the instant at which the call ended.
    pub fn trouble(&self, now: Instant) -> Trouble {
        match self {
            Self::Credential(error) => sign_in(error),
            Self::Unauthorized(said) => Trouble::TokenRefused {
                message: free(&said.message),
            },
            Self::Forbidden { action, scope, said } => forbidden(action, scope, said),
            Self::NotFound(said) => Trouble::NotFound {
                code: said.code.clone(),
                message: free(&said.message),
            },
            Self::Refused(said) if said.is_unregistered() => Trouble::NotRegistered {
                message: free(&said.message),
            },
            Self::Refused(said) => refused(said),
            Self::Throttled { retry_after } => Trouble::Throttled {
                until: TimeDelta::from_std(*retry_after)
                    .ok()
                    .and_then(|wait| now.checked_add_signed(wait))
                    .unwrap_or(now),
            },
            Self::Transient(said) => Trouble::Failing {
                status: said.status,
                code: said.code.clone(),
                message: free(&said.message),
            },
            Self::NotSent(_) => Trouble::Unreachable,
            Self::Ambiguous(_) | Self::TooSlow { .. } => Trouble::NoAnswer,
            Self::Malformed { detail, .. } => Trouble::Malformed { detail: free(detail) },
        }
    }
}

fn sign_in(error: &CredentialError) -> Trouble {
    let detail = match error {
        CredentialError::Settings { detail }
        | CredentialError::Refused { detail, .. }
        | CredentialError::Unreachable { detail } => free(detail),
        CredentialError::TimedOut { .. } => free(&error.to_string()),
    };
    Trouble::SignIn {
        remedy: error.remedy(),
        detail,
    }
}

fn refused(said: &Said) -> Trouble {
    Trouble::Refused {
        status: said.status,
        code: said.code.clone(),
        message: free(&said.message),
    }
}

/// 403 names the action of the call, unless it is another one, on a resource that the body names: then only
/// Azure's text says which.
fn forbidden(action: &str, path: &str, said: &Said) -> Trouble {
    match said.code.as_str() {
        "LinkedAuthorizationFailed" => linked(&said.message).unwrap_or_else(|| refused(said)),
        "AuthorizationFailed" | "Forbidden" | "HTTP 403" => Trouble::Forbidden {
            action: action.to_owned(),
            scope: Scope::around(path),
        },
        // A deny assignment, or a policy of the tenant: no role would help.
        _ => refused(said),
    }
}

/// The action and the scope in "…does not have permission to perform action 'A' on the linked scope(s) 'S'…".
fn linked(message: &str) -> Option<Trouble> {
    let (_, rest) = message.rsplit_once("perform action '")?;
    let (action, rest) = rest.split_once('\'')?;
    let (_, rest) = rest.split_once("linked scope(s) '")?;
    let scope = rest.split(['\'', ',']).next()?;
    let is_action = action.contains('/')
        && action
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '/' | '*' | '-' | '_'));
    is_action.then(|| Trouble::Forbidden {
        action: action.chars().take(200).collect(),
        scope: Scope::around(scope),
    })
}

fn free(text: &str) -> FreeText {
    FreeText::new(text).unwrap_or_else(FreeText::unreadable)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{azure::Correlation, domain::trouble::Remedy};

    const GROUP: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web";
    const WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";

    fn said(status: u16, code: &str, message: &str) -> Said {
        Said {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            correlation: Correlation::default(),
        }
    }

    fn not_allowed(code: &str, message: &str) -> Trouble {
        let path = format!(
            "{GROUP}/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"
        );
        ArmError::Forbidden {
            action: WRITE,
            scope: path,
            said: said(403, code, message),
        }
        .trouble(DateTime::UNIX_EPOCH)
    }

    fn missing(action: &str, scope: &str) -> Trouble {
        Trouble::Forbidden {
            action: action.to_owned(),
            scope: Scope::around(scope),
        }
    }

    #[test]
    fn a_missing_right_is_named_with_its_scope() {
        assert_eq!(
            not_allowed("AuthorizationFailed", "The client …"),
            missing(WRITE, GROUP)
        );
        assert_eq!(
            not_allowed("HTTP 403", "Azure gave no reason."),
            missing(WRITE, GROUP)
        );
    }

    #[test]
    fn of_a_linked_resource_the_right_on_that_one_is_named() {
        let other = GROUP.replace("prod-web", "prod-data");
        let text = format!(
            "The client 'a' with object id 'b' has permission to perform action '{WRITE}' on scope '{GROUP}'; however, \
             it does not have permission to perform action 'Microsoft.Compute/virtualMachines/write' on the linked \
             scope(s) '{other}/providers/Microsoft.Compute/virtualMachines/db-01' or the linked scope(s) are invalid."
        );
        assert_eq!(
            not_allowed("LinkedAuthorizationFailed", &text),
            missing("Microsoft.Compute/virtualMachines/write", &other)
        );
    }

    #[test]
    fn what_no_role_would_mend_is_told_in_the_words_of_azure() {
        for (code, text) in [
            (
                "DenyAssignmentAuthorizationFailed",
                "A deny assignment stands in the way.",
            ),
            ("RequestDisallowedByPolicy", "Not here."),
            (
                "LinkedAuthorizationFailed",
                "however the linked subscription 'subscriptions' was not found.",
            ),
            (
                "LinkedAuthorizationFailed",
                "perform action 'x <@1>' on the linked scope(s) '/'",
            ),
        ] {
            let trouble = not_allowed(code, text);
            assert!(
                matches!(&trouble, Trouble::Refused { status: 403, code: told, .. } if told == code),
                "{trouble:?}"
            );
        }
    }

    #[test]
    fn a_wait_becomes_an_instant() {
        let now = DateTime::UNIX_EPOCH;
        let trouble = |seconds| {
            ArmError::Throttled {
                retry_after: std::time::Duration::from_secs(seconds),
            }
            .trouble(now)
        };
        assert_eq!(
            trouble(30),
            Trouble::Throttled {
                until: now + TimeDelta::seconds(30)
            }
        );
        assert_eq!(trouble(u64::MAX), Trouble::Throttled { until: now });
    }

    #[test]
    fn the_other_answers_keep_their_facts() {
        let of = |error: ArmError| error.trouble(DateTime::UNIX_EPOCH);
        assert_eq!(
            of(ArmError::NotFound(said(404, "SubscriptionNotFound", "x"))).name(),
            "not_found"
        );
        assert_eq!(of(ArmError::Transient(said(503, "Busy", "x"))).name(), "failing");
        assert_eq!(
            of(ArmError::Unauthorized(said(401, "Expired", "x"))).name(),
            "token_refused"
        );
        for (status, code) in [
            (409, "MissingSubscriptionRegistration"),
            (404, "Subscription Not Registered"),
        ] {
            assert_eq!(
                of(ArmError::Refused(said(status, code, "x"))).name(),
                "not_registered"
            );
        }
        let expired = CredentialError::Refused {
            code: Some(7_000_222),
            detail: "AADSTS7000222".to_owned(),
        };
        assert!(!expired.may_pass());
        let trouble = of(ArmError::Credential(expired));
        assert!(!trouble.may_pass());
        assert!(
            matches!(
                trouble,
                Trouble::SignIn {
                    remedy: Remedy::RenewSecret,
                    ..
                }
            ),
            "{trouble:?}"
        );
        let dead = CredentialError::TimedOut {
            after: std::time::Duration::from_secs(10),
        };
        assert!(of(ArmError::Credential(dead)).may_pass());
    }
}

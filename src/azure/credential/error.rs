//! Why no token could be had.

use std::{error::Error as StdError, time::Duration};

use azure_core::error::{Error, ErrorKind};

use crate::domain::text::FreeText;
pub use crate::domain::trouble::Remedy;

/// Why no token could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The configuration or the environment cannot make a credential; nothing was sent.
    #[error("the Azure credential cannot be made: {detail}")]
    Settings { detail: String },
    /// Entra or the identity endpoint said no.
    #[error("the login was refused{}: {detail}", entra_code(*.code))]
    Refused {
        /// The number of an `AADSTS` code, where the answer has one.
        code: Option<u32>,
        detail: String,
    },
    /// The login host or the identity endpoint could not be asked.
    #[error("the login host cannot be reached: {detail}")]
    Unreachable { detail: String },
    /// The login host did not answer in time.
    #[error("the login host did not answer within {after:?}")]
    TimedOut { after: Duration },
}

fn entra_code(code: Option<u32>) -> String {
    code.map(|code| format!(" with AADSTS{code}")).unwrap_or_default()
}

impl CredentialError {
    /// What helps. The codes are Entra's (learn.microsoft.com, "Microsoft Entra authentication error codes").
    ///
    /// 7000215: the secret is wrong; 7000222: it has expired; 700016: the tenant does not have the application;
    /// 90002 and 900023: there is no such tenant; 500011: the tenant does not know Resource Manager under this
    /// name; 53003: conditional access; 70021 and 700213: no federated credential matches.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Settings { .. } => Remedy::CorrectSettings,
            Self::Unreachable { .. } | Self::TimedOut { .. } => Remedy::CheckNetwork,
            Self::Refused { code, .. } => match code {
                Some(7_000_215) => Remedy::CorrectSecret,
                Some(7_000_222) => Remedy::RenewSecret,
                Some(700_016) => Remedy::CorrectClientId,
                Some(90_002 | 900_023) => Remedy::CorrectTenantId,
                Some(500_011) => Remedy::CorrectCloud,
                Some(53_003) => Remedy::AllowInConditionalAccess,
                Some(70_021 | 700_213) => Remedy::CorrectFederatedCredential,
                _ => Remedy::ReadDetail,
            },
        }
    }

    /// Whether the same attempt may succeed later without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TimedOut { .. })
    }

    pub(super) fn settings(error: &Error) -> Self {
        Self::Settings {
            detail: cleaned(&error.to_string()),
        }
    }

    /// Reads the crate's error, whose kind is hidden in the chain of its sources.
    pub(super) fn read(error: &Error) -> Self {
        let mut detail = cleaned(&error.to_string());
        let mut link: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = link {
            if let Some(known) = error.downcast_ref::<Error>() {
                match known.kind() {
                    ErrorKind::HttpResponse { status, .. } if u16::from(*status) >= 500 => {
                        return Self::Unreachable { detail };
                    }
                    ErrorKind::Connection | ErrorKind::Io => {
                        if let Some(root) = root(known) {
                            detail = cleaned(&root.to_string());
                        }
                        return Self::Unreachable { detail };
                    }
                    _ => {}
                }
            }
            link = error.source();
        }
        Self::Refused {
            code: code_in(&detail),
            detail,
        }
    }
}

fn root<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let mut root = error.source()?;
    while let Some(deeper) = root.source() {
        root = deeper;
    }
    Some(root)
}

/// The number after the first `AADSTS`. Entra documents the code, not the text around it.
fn code_in(detail: &str) -> Option<u32> {
    let (_, rest) = detail.split_once("AADSTS")?;
    let end = rest
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

fn cleaned(text: &str) -> String {
    // The crate appends a link for its own users; ours are told the remedy.
    let text = text.split("To troubleshoot, visit").next().unwrap_or(text);
    FreeText::new(text).map_or_else(|| "no reason was given".to_owned(), |text| text.to_string())
}

//! Where Azure is, and as whom the bot goes there.

use std::{fmt, path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::{Host, Url};

use crate::{config, domain::vm::SubscriptionId};

/// What the Azure side of the program has to be told.
#[derive(Debug, Clone)]
pub struct AzureOptions {
    pub cloud: Cloud,
    /// The Resource Manager to use in place of the cloud's: `https`, or `http` on loopback only.
    pub endpoint: Option<Url>,
    /// The login host to use in place of the cloud's: `https`, or `http` on loopback only.
    pub authority: Option<Url>,
    pub credential: CredentialOptions,
    /// The subscriptions to look at; empty means all that the identity can read.
    pub subscriptions: Vec<SubscriptionId>,
    /// Real time that one HTTP call may take, body included.
    pub time_out: Duration,
    /// Real time that one token may take.
    pub token_time_out: Duration,
}

impl AzureOptions {
    /// The longest that one HTTP call may take; a worker's lease has to be longer.
    pub const TIME_OUT: Duration = Duration::from_secs(20);
    /// The longest that a token may take. A dead login host would otherwise block for about a minute.
    pub const TOKEN_TIME_OUT: Duration = Duration::from_secs(10);

    /// The public cloud, all subscriptions, and the usual time-outs.
    pub fn new(credential: CredentialOptions) -> Self {
        Self {
            cloud: Cloud::Public,
            endpoint: None,
            authority: None,
            credential,
            subscriptions: Vec::new(),
            time_out: Self::TIME_OUT,
            token_time_out: Self::TOKEN_TIME_OUT,
        }
    }

    /// The scope of the tokens: always the cloud's own, because a fake Resource Manager has no audience.
    pub(super) fn scope(&self) -> String {
        format!("{}/.default", self.cloud.resource_manager())
    }

    /// The Resource Manager's base URL.
    pub(super) fn base(&self) -> Result<Url, NotAnEndpoint> {
        match &self.endpoint {
            Some(url) => checked(url),
            None => parsed(self.cloud.resource_manager()),
        }
    }
}

impl From<&config::Azure> for AzureOptions {
    fn from(config: &config::Azure) -> Self {
        let credential = match config.credential.clone() {
            config::Credential::ManagedIdentity { client_id } => {
                CredentialOptions::ManagedIdentity { client_id }
            }
            config::Credential::WorkloadIdentity {
                tenant_id,
                client_id,
                token_file,
            } => CredentialOptions::WorkloadIdentity {
                tenant_id,
                client_id,
                token_file,
            },
            config::Credential::ClientSecret {
                tenant_id,
                client_id,
                secret,
            } => CredentialOptions::ClientSecret {
                tenant_id,
                client_id,
                secret,
            },
            config::Credential::AzureCli { tenant_id } => CredentialOptions::AzureCli { tenant_id },
        };
        Self {
            cloud: match config.cloud {
                config::Cloud::Public => Cloud::Public,
                config::Cloud::Usgov => Cloud::UsGovernment,
                config::Cloud::China => Cloud::China,
            },
            endpoint: config.endpoint.clone(),
            authority: config.login.clone(),
            subscriptions: config.subscriptions.clone(),
            ..Self::new(credential)
        }
    }
}

/// Which of Microsoft's clouds. JIT exists in all three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cloud {
    #[default]
    Public,
    UsGovernment,
    China,
}

impl Cloud {
    /// The address of this cloud's Resource Manager.
    pub fn resource_manager(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com",
            Self::UsGovernment => "https://management.usgovcloudapi.net",
            Self::China => "https://management.chinacloudapi.cn",
        }
    }
}

/// As whom the bot goes to Azure.
#[derive(Debug, Clone)]
pub enum CredentialOptions {
    /// The identity of the machine; `client_id` chooses a user-assigned one.
    ManagedIdentity { client_id: Option<String> },
    /// Kubernetes workload identity; what is `None` comes from `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    WorkloadIdentity {
        tenant_id: Option<String>,
        client_id: Option<String>,
        token_file: Option<PathBuf>,
    },
    /// An app registration with a secret.
    ClientSecret {
        tenant_id: String,
        client_id: String,
        secret: SecretString,
    },
    /// Whoever is signed in to the Azure CLI; for development.
    AzureCli { tenant_id: Option<String> },
}

/// An address that no token may be sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct NotAnEndpoint {
    pub url: String,
}

impl fmt::Display for NotAnEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} cannot be an Azure endpoint: it has to be https, or http on a loopback address, without a user name",
            self.url
        )
    }
}

/// `url` if a token may be sent there: over TLS, or never leaving this machine.
pub(super) fn checked(url: &Url) -> Result<Url, NotAnEndpoint> {
    let allowed = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    };
    if allowed && url.username().is_empty() && url.password().is_none() {
        Ok(url.clone())
    } else {
        // A user name or password in the address is a secret that must not come back in a message.
        let mut shown = url.clone();
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        Err(NotAnEndpoint {
            url: shown.to_string(),
        })
    }
}

pub(super) fn parsed(text: &str) -> Result<Url, NotAnEndpoint> {
    let refusal = || NotAnEndpoint { url: text.to_owned() };
    checked(&Url::parse(text).map_err(|_| refusal())?)
}

/// Whether `url` cannot leave this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_tls_or_stays_on_this_machine() {
        for good in [
            "https://management.azure.com",
            "http://127.0.0.1:8080",
            "http://[::1]:1/",
            "http://localhost:1",
        ] {
            assert!(parsed(good).is_ok(), "{good}");
        }
        for bad in [
            "http://management.azure.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:pass@management.azure.com",
            "management.azure.com",
            "",
        ] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
        let refusal = checked(&Url::parse("https://me:hunter2@host").unwrap()).unwrap_err();
        assert!(!refusal.to_string().contains("hunter2"));
    }
}

//! Tokens for Resource Manager, by `azure_identity`, with a deadline of our own.
//!
//! The crate caches a token and renews it five minutes before its end. Its retries are switched off: against a
//! dead login host they would hold a caller for about a minute. Must not know what a token is used for.

mod error;
mod transport;

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use azure_core::{
    cloud::{CloudConfiguration, CustomConfiguration},
    credentials::{Secret, TokenCredential},
    http::{ClientOptions, HttpClient, RetryOptions, Transport},
};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use self::error::{CredentialError, Remedy};
use self::transport::ToLoopback;
use super::options::{AzureOptions, Cloud, CredentialOptions, checked, is_loopback};

/// Fetches tokens as the configured identity.
pub struct Credential {
    options: AzureOptions,
    /// Swapped for a fresh one by [`Credential::forget`], because the crate's cache cannot be emptied.
    current: ArcSwap<Holder>,
}

type Holder = Arc<dyn TokenCredential>;

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

impl Credential {
    /// A credential for `options`; nothing is sent yet.
    pub fn new(options: &AzureOptions) -> Result<Self, CredentialError> {
        Ok(Self {
            current: ArcSwap::from_pointee(build(options)?),
            options: options.clone(),
        })
    }

    /// A token, from the cache or fresh, within the configured time-out.
    pub async fn token(&self) -> Result<SecretString, CredentialError> {
        let current = Holder::clone(&self.current.load());
        let scope = self.options.scope();
        let scopes = [scope.as_str()];
        let fetch = current.get_token(&scopes, None);
        match tokio::time::timeout(self.options.token_time_out, fetch).await {
            Ok(Ok(token)) => Ok(token.token.secret().to_owned().into()),
            Ok(Err(error)) => Err(CredentialError::read(&error)),
            Err(_) => Err(CredentialError::TimedOut {
                after: self.options.token_time_out,
            }),
        }
    }

    /// Forgets the cached token, which Azure no longer accepts.
    pub fn forget(&self) {
        match build(&self.options) {
            Ok(fresh) => self.current.store(Arc::new(fresh)),
            Err(error) => {
                tracing::warn!(%error, "The Azure credential could not be made anew, so the old one stays.");
            }
        }
    }
}

fn build(options: &AzureOptions) -> Result<Holder, CredentialError> {
    build_with(options, client_options(options)?)
}

fn build_with(options: &AzureOptions, client_options: ClientOptions) -> Result<Holder, CredentialError> {
    let made: azure_core::Result<Holder> = match &options.credential {
        CredentialOptions::ManagedIdentity { client_id } => {
            ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
                client_options,
            }))
            .map(|made| made as Holder)
        }
        CredentialOptions::WorkloadIdentity {
            tenant_id,
            client_id,
            token_file,
        } => WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions { client_options },
            client_id: client_id.clone(),
            tenant_id: tenant_id.clone(),
            token_file_path: token_file.clone(),
        }))
        .map(|made| made as Holder),
        CredentialOptions::ClientSecret {
            tenant_id,
            client_id,
            secret,
        } => ClientSecretCredential::new(
            tenant_id,
            client_id.clone(),
            Secret::new(secret.expose_secret().to_owned()),
            Some(ClientSecretCredentialOptions { client_options }),
        )
        .map(|made| made as Holder),
        CredentialOptions::AzureCli { tenant_id } => {
            AzureCliCredential::new(Some(AzureCliCredentialOptions {
                tenant_id: tenant_id.clone(),
                ..AzureCliCredentialOptions::default()
            }))
            .map(|made| made as Holder)
        }
    };
    made.map_err(|error| CredentialError::settings(&error))
}

fn client_options(options: &AzureOptions) -> Result<ClientOptions, CredentialError> {
    let authority = options
        .authority
        .as_ref()
        .map(checked)
        .transpose()
        .map_err(|refusal| CredentialError::Settings {
            detail: refusal.to_string(),
        })?;
    let mut cloud = match options.cloud {
        Cloud::Public => CloudConfiguration::AzurePublic,
        Cloud::UsGovernment => CloudConfiguration::AzureGovernment,
        Cloud::China => CloudConfiguration::AzureChina,
    };
    let mut client = http_client(options.token_time_out, authority.as_ref())?;
    match authority {
        // The crate refuses a login host without TLS, so calls are sent to the real name and turned round.
        Some(url)
            if url.scheme() == "http"
                && !matches!(options.credential, CredentialOptions::ManagedIdentity { .. }) =>
        {
            client = Arc::new(ToLoopback::new(client, url));
        }
        Some(url) if url.scheme() == "https" => {
            let mut custom = CustomConfiguration::default();
            custom.authority_host = url.into();
            cloud = custom.into();
        }
        Some(_) | None => {}
    }
    Ok(ClientOptions {
        retry: RetryOptions::none(),
        transport: Some(Transport::new(client)),
        cloud: Some(Arc::new(cloud)),
        ..ClientOptions::default()
    })
}

/// A client that follows no redirect: the form that it posts holds the secret.
fn http_client(time_out: Duration, authority: Option<&Url>) -> Result<Arc<dyn HttpClient>, CredentialError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(time_out)
        .timeout(time_out);
    if authority.is_some_and(is_loopback) {
        builder = builder.no_proxy();
    }
    let client = builder.build().map_err(|error| CredentialError::Settings {
        detail: error.to_string(),
    })?;
    Ok(Arc::new(client))
}

#[cfg(test)]
mod tests;

//! From the configuration to the options of the parts.

use std::path::Path;

use anyhow::Context as _;

use crate::{
    azure::{self, AzureOptions, CredentialOptions},
    config::{self, Azure, Cloud, Config, Credential, Environment, Store},
    store::Place,
    telemetry,
};

/// Reads the configuration, with every fault in one error.
pub fn config(file: Option<&Path>) -> anyhow::Result<Config> {
    Config::load(file, &Environment::of_process()).context("The configuration cannot be used.")
}

/// The log's format.
pub fn log_format(format: config::LogFormat) -> telemetry::LogFormat {
    match format {
        config::LogFormat::Text => telemetry::LogFormat::Text,
        config::LogFormat::Json => telemetry::LogFormat::Json,
    }
}

/// The Azure client's options.
pub fn azure(azure: &Azure) -> AzureOptions {
    let credential = match azure.credential.clone() {
        Credential::ManagedIdentity { client_id } => CredentialOptions::ManagedIdentity { client_id },
        Credential::WorkloadIdentity {
            tenant_id,
            client_id,
            token_file,
        } => CredentialOptions::WorkloadIdentity {
            tenant_id,
            client_id,
            token_file,
        },
        Credential::ClientSecret {
            tenant_id,
            client_id,
            secret,
        } => CredentialOptions::ClientSecret {
            tenant_id,
            client_id,
            secret,
        },
        Credential::AzureCli { tenant_id } => CredentialOptions::AzureCli { tenant_id },
    };
    AzureOptions {
        cloud: match azure.cloud {
            Cloud::Public => azure::Cloud::Public,
            Cloud::Usgov => azure::Cloud::UsGovernment,
            Cloud::China => azure::Cloud::China,
        },
        endpoint: azure.endpoint.clone(),
        authority: azure.login.clone(),
        subscriptions: azure.subscriptions.clone(),
        ..AzureOptions::new(credential)
    }
}

/// Where the store is.
pub fn place(store: &Store) -> Place {
    match store {
        Store::Sqlite { path } => Place::Sqlite(path.clone()),
        Store::Postgres { url } => Place::Postgres(url.clone()),
    }
}

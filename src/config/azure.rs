//! `[azure]`: who the bot is there, and which subscriptions it looks at.

use std::{path::PathBuf, time::Duration};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    endpoint::address,
    environment::Environment,
    problem::Problems,
    secret::Given,
    word::{List, each},
};
use crate::domain::vm::SubscriptionId;

const ENDPOINTS: [&str; 3] = [
    "management.azure.com",
    "management.usgovcloudapi.net",
    "management.chinacloudapi.cn",
];
const LOGINS: [&str; 4] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
];
const INVENTORY_EVERY: Duration = Duration::from_secs(5 * 60);
const JIT_EVERY: Duration = Duration::from_secs(60);

/// Who the bot is in Azure, and which subscriptions it looks at.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AzureInput {
    /// How the bot proves who it is.
    credential: Option<Kind>,
    /// The Entra tenant: its id, or one of its domains.
    tenant_id: Option<String>,
    /// The application (client) id; with a managed identity, the user-assigned one.
    client_id: Option<String>,
    /// Better in a file of its own: `client_secret_file`.
    #[schemars(with = "Option<String>")]
    client_secret: Option<SecretString>,
    /// The file that holds the client secret. It goes before `client_secret`.
    client_secret_file: Option<PathBuf>,
    /// The file with the workload's token; left out, `AZURE_FEDERATED_TOKEN_FILE` names it.
    federated_token_file: Option<PathBuf>,
    /// Which Azure.
    cloud: Cloud,
    /// Azure Resource Manager in place of the cloud's: on this machine only.
    endpoint: Option<String>,
    /// The login host in place of the cloud's: on this machine only.
    login: Option<String>,
    /// The ids of the subscriptions; left out, all that the identity can read.
    #[schemars(with = "Option<Vec<String>>")]
    subscriptions: Option<List>,
    /// How often the list of VMs is read again, such as "5m".
    inventory_every: Option<String>,
    /// How often the JIT policies are read again, such as "1m".
    jit_every: Option<String>,
}

/// The ways to prove who the bot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    ManagedIdentity,
    WorkloadIdentity,
    ClientSecret,
    AzureCli,
}

/// Which Azure.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    #[default]
    Public,
    Usgov,
    China,
}

/// Who the bot is in Azure, and which subscriptions it looks at.
#[derive(Debug, Clone)]
pub struct Azure {
    pub credential: Credential,
    pub cloud: Cloud,
    /// In place of the cloud's own; a real host over https, or loopback.
    pub endpoint: Option<Url>,
    /// In place of the cloud's own; a real host over https, or loopback.
    pub login: Option<Url>,
    /// Empty: all that the identity can read.
    pub subscriptions: Vec<SubscriptionId>,
    pub inventory_every: Duration,
    pub jit_every: Duration,
}

/// How the bot proves who it is, with all that this way needs.
#[derive(Debug, Clone)]
pub enum Credential {
    /// `client_id` names a user-assigned identity.
    ManagedIdentity {
        client_id: Option<String>,
    },
    /// What is left out comes from the environment, as the workload's webhook sets it.
    WorkloadIdentity {
        tenant_id: Option<String>,
        client_id: Option<String>,
        token_file: Option<PathBuf>,
    },
    ClientSecret {
        tenant_id: String,
        client_id: String,
        secret: SecretString,
    },
    AzureCli {
        tenant_id: Option<String>,
    },
}

impl AzureInput {
    pub(super) fn check(self, environment: &Environment, problems: &mut Problems) -> Option<Azure> {
        let endpoint = self
            .endpoint
            .as_deref()
            .and_then(|text| address("azure.endpoint", text, &ENDPOINTS, problems));
        let login = self
            .login
            .as_deref()
            .and_then(|text| address("azure.login", text, &LOGINS, problems));
        let listed = self.subscriptions.as_ref();
        if listed.is_some_and(Vec::is_empty) {
            problems.at(
                "azure.subscriptions",
                "the list is empty; leave the key out to use all subscriptions that the identity can read",
            );
        }
        let subscriptions = listed.map_or_else(Vec::new, |list| {
            each("azure.subscriptions", list, problems, |key, text, problems| {
                let id = SubscriptionId::new(text.trim());
                if id.is_none() {
                    problems.at(key, format!("{text:?} is no subscription id, which is a UUID"));
                }
                id
            })
        });
        let mut every = |key: &str, text: Option<&str>, fallback| match text {
            Some(text) => interval(key, text, problems).unwrap_or(fallback),
            None => fallback,
        };
        let inventory_every = every(
            "azure.inventory_every",
            self.inventory_every.as_deref(),
            INVENTORY_EVERY,
        );
        let jit_every = every("azure.jit_every", self.jit_every.as_deref(), JIT_EVERY);
        let cloud = self.cloud;
        Some(Azure {
            credential: self.credential(environment, problems)?,
            cloud,
            endpoint,
            login,
            subscriptions,
            inventory_every,
            jit_every,
        })
    }

    fn credential(self, environment: &Environment, problems: &mut Problems) -> Option<Credential> {
        let kind = problems.required(
            "azure.credential",
            self.credential,
            "it is \"managed-identity\", \"workload-identity\", \"client-secret\" or \"azure-cli\"",
        )?;
        self.refuse_strangers(kind, problems);
        match kind {
            Kind::ManagedIdentity => Some(Credential::ManagedIdentity {
                client_id: self.client_id,
            }),
            Kind::WorkloadIdentity => Some(Credential::WorkloadIdentity {
                tenant_id: self.tenant_id,
                client_id: self.client_id,
                token_file: self.federated_token_file,
            }),
            Kind::AzureCli => Some(Credential::AzureCli {
                tenant_id: self.tenant_id,
            }),
            Kind::ClientSecret => {
                let why = "the credential \"client-secret\" needs tenant_id, client_id and a secret";
                let secret = Given {
                    key: "azure.client_secret",
                    file: self.client_secret_file.as_deref(),
                    credential: "azure_client_secret",
                    inline: self.client_secret.as_ref(),
                }
                .resolve(environment, problems);
                let tenant_id = problems.required("azure.tenant_id", self.tenant_id, why);
                let client_id = problems.required("azure.client_id", self.client_id, why);
                let secret = problems.required("azure.client_secret_file", secret, why);
                Some(Credential::ClientSecret {
                    tenant_id: tenant_id?,
                    client_id: client_id?,
                    secret: secret?,
                })
            }
        }
    }

    /// A key that the chosen credential does not read was meant for another one.
    fn refuse_strangers(&self, kind: Kind, problems: &mut Problems) {
        let given = [
            (
                "tenant_id",
                self.tenant_id.is_some(),
                kind != Kind::ManagedIdentity,
            ),
            ("client_id", self.client_id.is_some(), kind != Kind::AzureCli),
            (
                "client_secret",
                self.client_secret.is_some(),
                kind == Kind::ClientSecret,
            ),
            (
                "client_secret_file",
                self.client_secret_file.is_some(),
                kind == Kind::ClientSecret,
            ),
            (
                "federated_token_file",
                self.federated_token_file.is_some(),
                kind == Kind::WorkloadIdentity,
            ),
        ];
        for (key, is_given, is_read) in given {
            if is_given && !is_read {
                problems.at(
                    &format!("azure.{key}"),
                    "the chosen credential does not use this key; take it out, or choose the credential that does",
                );
            }
        }
    }
}

/// An interval of 10 seconds to one day.
fn interval(key: &str, text: &str, problems: &mut Problems) -> Option<Duration> {
    let range = Duration::from_secs(10)..=Duration::from_secs(24 * 60 * 60);
    let interval = humantime::parse_duration(text.trim()).ok();
    let fits = interval.filter(|interval| range.contains(interval));
    if fits.is_none() {
        problems.at(
            key,
            format!("{text:?} is no interval from 10s to 24h, such as \"5m\""),
        );
    }
    fits
}

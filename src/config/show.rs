//! The configuration in force, with every default filled in and every secret left out.

use serde_json::{Map, Value, json};

use super::{
    Config,
    azure::{Azure, Credential},
    http::Http,
    rules::{describe, name_of},
    store::Store,
    template,
};

const SECRET: &str = "[not shown]";

impl Config {
    /// The configuration as TOML, to read; secrets do not appear in it.
    pub fn show(&self) -> String {
        let discord = &self.discord;
        let digest_at = self
            .trail
            .digest_at
            .map_or_else(|| "off".to_owned(), |at| at.format("%H:%M").to_string());
        let mut shown = json!({
            "discord": {
                "token": SECRET,
                "guild_id": discord.guild_id,
                "approver_channel": discord.approver_channel,
                "trail_channel": discord.trail_channel,
                "administrators": discord.administrators.iter().map(name_of).collect::<Vec<_>>(),
                "auditors": discord.auditors.iter().map(name_of).collect::<Vec<_>>(),
                "api_url": discord.api_url.as_str(),
                "members_intent": discord.members_intent,
            },
            "azure": azure(&self.azure),
            "store": match &self.store {
                Store::Sqlite { path } => json!({ "path": path }),
                Store::Postgres { .. } => json!({ "url": SECRET }),
            },
            "http": http(&self.http),
            "log": { "format": self.log.format, "filter": self.log.filter },
            "trail": { "digest_at": digest_at },
            "flood": {
                "requests_per_hour": self.flood.requests_per_hour,
                "waiting": self.flood.waiting,
            },
            "rule": self.rules.rules.iter().map(describe).collect::<Vec<_>>(),
        });
        if let (false, Value::Object(table)) = (self.rules.templates.is_empty(), &mut shown) {
            let templates = self.rules.templates.iter().map(template::describe);
            table.insert("template".to_owned(), templates.collect());
        }
        if let (Some(id), Some(Value::Object(table))) =
            (discord.application_id, shown.pointer_mut("/discord"))
        {
            table.insert("application_id".to_owned(), Value::from(id.to_string()));
        }
        // Only strings, flags, small numbers, lists and tables stand above, and TOML can write all of them.
        toml::to_string_pretty(&shown).unwrap_or_else(|error| format!("# cannot be shown: {error}\n"))
    }
}

fn http(http: &Http) -> Value {
    let mut shown = Map::new();
    shown.insert("listen".to_owned(), json!(http.listen.to_string()));
    if let Some(page) = &http.page {
        shown.insert("public_url".to_owned(), json!(page.public_url.as_str()));
        if let Some(url) = &page.ipv4_url {
            shown.insert("ipv4_url".to_owned(), json!(url.as_str()));
        }
    }
    if !http.trusted_proxies.is_empty() {
        shown.insert("trusted_proxies".to_owned(), json!(http.trusted_proxies));
    }
    Value::Object(shown)
}

fn azure(azure: &Azure) -> Value {
    let mut shown = Map::new();
    let mut set = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            shown.insert(key.to_owned(), Value::from(value));
        }
    };
    let kind = match &azure.credential {
        Credential::ManagedIdentity { client_id } => {
            set("client_id", client_id.clone());
            "managed-identity"
        }
        Credential::WorkloadIdentity {
            tenant_id,
            client_id,
            token_file,
        } => {
            set("tenant_id", tenant_id.clone());
            set("client_id", client_id.clone());
            let file = token_file.as_ref().map(|file| file.display().to_string());
            set("federated_token_file", file);
            "workload-identity"
        }
        Credential::ClientSecret {
            tenant_id, client_id, ..
        } => {
            set("tenant_id", Some(tenant_id.clone()));
            set("client_id", Some(client_id.clone()));
            set("client_secret", Some(SECRET.to_owned()));
            "client-secret"
        }
        Credential::AzureCli { tenant_id } => {
            set("tenant_id", tenant_id.clone());
            "azure-cli"
        }
    };
    set("credential", Some(kind.to_owned()));
    set("endpoint", azure.endpoint.as_ref().map(ToString::to_string));
    set("login", azure.login.as_ref().map(ToString::to_string));
    let every = |duration| humantime::format_duration(duration).to_string();
    set("inventory_every", Some(every(azure.inventory_every)));
    set("jit_every", Some(every(azure.jit_every)));
    shown.insert("cloud".to_owned(), json!(azure.cloud));
    if !azure.subscriptions.is_empty() {
        shown.insert("subscriptions".to_owned(), json!(azure.subscriptions));
    }
    Value::Object(shown)
}

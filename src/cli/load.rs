//! From the configuration to the options of the parts.

use std::path::Path;

use anyhow::Context as _;

use crate::{
    config::{self, Config, Environment, Store},
    domain::ids::UserId,
    engine::Settings,
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

/// Where the store is.
pub fn place(store: &Store) -> Place {
    match store {
        Store::Sqlite { path } => Place::Sqlite(path.clone()),
        Store::Postgres { url } => Place::Postgres(url.clone()),
    }
}

/// What the engine needs, for the bot `bot` of `application`.
pub fn settings(config: &Config, application: u64, bot: UserId) -> Settings {
    Settings {
        guild: config.discord.guild_id,
        approver_channel: config.discord.approver_channel,
        trail_channel: config.discord.trail_channel,
        administrators: config.discord.administrators.clone(),
        auditors: config.discord.auditors.clone(),
        application,
        bot,
        subscriptions: config.azure.subscriptions.clone(),
        inventory_every: config.azure.inventory_every,
        compare_every: config.azure.jit_every,
        digest_at: config.trail.digest_at,
        page: config.http.page.clone(),
        flood: config.flood,
        counts_members: config.discord.members_intent,
    }
}

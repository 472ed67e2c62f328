//! From the configuration to the options of the parts.

use std::path::Path;

use anyhow::Context as _;

use crate::{
    config::{self, Config, Environment, Store},
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

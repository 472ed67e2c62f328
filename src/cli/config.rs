//! `portcullis config check|show|schema`

use std::path::Path;

use clap::Subcommand;

use super::{Verdict, counted};
use crate::config::{self, Environment};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Check everything and tell every fault with its place.
    Check,
    /// Show what is in force, without secrets.
    Show,
    /// Print the JSON Schema, for completion in an editor.
    Schema,
}

impl Config {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        if matches!(self, Self::Schema) {
            println!("{}", serde_json::to_string_pretty(&config::schema())?);
            return Ok(Verdict::Good);
        }
        let config = match config::Config::load(file, &Environment::of_process()) {
            Ok(config) => config,
            Err(invalid) => {
                println!("{invalid}");
                return Ok(Verdict::Finding);
            }
        };
        for warning in &config.warnings {
            println!("Warning: {warning}");
        }
        match self {
            Self::Show => println!("{}", config.show()),
            _ => println!(
                "The configuration is good: {}, hash {}.",
                counted(config.rules.rules.len(), "rule", "rules"),
                config.rules.hash
            ),
        }
        Ok(Verdict::Good)
    }
}

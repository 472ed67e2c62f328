//! `portcullis config check|show|schema`

mod online;

use std::path::Path;

use clap::Subcommand;

use super::{Verdict, counted};
use crate::config::{self, Environment};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Check everything and tell every fault with its place.
    Check {
        /// Also look whether what the rules name is there in Discord and in Azure.
        #[arg(long)]
        online: bool,
    },
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
        let Self::Check { online } = self else {
            println!("{}", config.show());
            return Ok(Verdict::Good);
        };
        for finding in &config.findings {
            println!("Finding: {finding}");
        }
        let mut found = config.findings.len();
        if online {
            for check in online::look(&config).await {
                check.print();
                found += usize::from(!check.good);
            }
        }
        let rules = counted(config.rules.rules.len(), "rule", "rules");
        if found > 0 {
            println!(
                "The configuration can be used, with {}: {rules}, hash {}.",
                counted(found, "finding", "findings"),
                config.rules.hash
            );
            return Ok(Verdict::Finding);
        }
        println!("The configuration is good: {rules}, hash {}.", config.rules.hash);
        Ok(Verdict::Good)
    }
}

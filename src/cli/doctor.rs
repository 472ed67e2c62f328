//! `portcullis doctor`: looks for everything that would keep the bot from working, and says how to mend it.
//!
//! Nothing is changed anywhere. What can be looked at is looked at, whatever else is wrong.

mod azure;
mod database;
pub(super) mod discord;
mod page;

use std::{path::Path, sync::Arc};

use clap::Args;
use serde::Serialize;

use super::{Verdict, counted, load};
use crate::clock::SystemClock;

/// How to tell it.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// One JSON array, for a machine to read.
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Check {
    /// What was looked at.
    pub(super) subject: String,
    pub(super) good: bool,
    /// What was found.
    pub(super) found: String,
    /// What to do about it; empty if it is good.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) remedy: String,
}

impl Check {
    pub(super) fn good(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            good: true,
            found: found.into(),
            remedy: String::new(),
        }
    }

    pub(super) fn bad(
        subject: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            subject: subject.into(),
            good: false,
            found: found.into(),
            remedy: remedy.into(),
        }
    }
}

impl Check {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) fn print(&self) {
        println!(
            "{} {}: {}",
            if self.good { "good   " } else { "FINDING" },
            self.subject,
            self.found
        );
        if !self.remedy.is_empty() {
            println!("        To mend it: {}", self.remedy);
        }
    }
}

impl Doctor {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let config = load::config(file)?;
        let mut checks = vec![Check::good(
            "configuration",
            counted(config.rules.rules.len(), "rule", "rules"),
        )];
        checks.extend(config.warnings.iter().map(|warning| {
            Check::bad(
                "configuration",
                warning.to_string(),
                "Change the key that is named, or leave it.",
            )
        }));
        checks.extend(
            config
                .findings
                .iter()
                .map(|finding| Check::bad("rules", finding.to_string(), "Change the rule that is named.")),
        );
        checks.push(database::look(&config.store).await);
        checks.extend(discord::look(&config).await);
        checks.extend(page::look(&config.http).await);
        checks.extend(azure::look(&config.azure, Arc::new(SystemClock)).await);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&checks)?);
        } else {
            checks.iter().for_each(Check::print);
        }
        let all_good = checks.iter().all(|check| check.good);
        Ok(if all_good { Verdict::Good } else { Verdict::Finding })
    }
}

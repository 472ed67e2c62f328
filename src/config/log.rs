//! `[log]`: what is logged, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use super::problem::Problems;

/// What is logged, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LogInput {
    /// "text" for people, "json" for machines.
    format: LogFormat,
    /// Which lines, such as "info" or "info,portcullis=debug". The variable PORTCULLIS_LOG goes before it.
    filter: Option<String>,
}

/// How a log line looks.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    pub format: LogFormat,
    /// Readable by `tracing_subscriber::EnvFilter`.
    pub filter: String,
}

impl LogInput {
    pub(super) fn check(self, problems: &mut Problems) -> Option<Log> {
        let filter = self.filter.unwrap_or_else(|| "info".to_owned());
        if let Err(error) = EnvFilter::builder().parse(&filter) {
            problems.at("log.filter", format!("{filter:?} is no filter: {error}"));
            return None;
        }
        Some(Log {
            format: self.format,
            filter,
        })
    }
}

//! `portcullis azure role|plan`

mod plan;
mod role;

use std::path::Path;

use clap::Subcommand;

use super::Verdict;

/// What to do about Azure.
#[derive(Debug, Subcommand)]
pub(super) enum Azure {
    /// Print the custom role that the bot's identity needs, as `az role definition create` takes it.
    Role(role::Role),
    /// Look after Microsoft Defender for Servers, of which JIT is a part.
    #[command(subcommand)]
    Plan(plan::Plan),
}

impl Azure {
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        match self {
            Self::Role(role) => role.run(file),
            Self::Plan(plan) => plan.run(file).await,
        }
    }
}

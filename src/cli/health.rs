//! `portcullis health`: asks a running bot, so that a container needs no other program for its health check.

use std::{path::Path, time::Duration};

use clap::Args;

use super::{Verdict, load};

/// How long a healthy bot may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whom to ask.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// Ask whether it is ready (database, Discord, machines), not only whether it lives.
    #[arg(long)]
    ready: bool,
}

impl Health {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let config = load::config(file)?;
        let path = if self.ready { "readyz" } else { "livez" };
        let url = format!("http://{}/{path}", config.http.listen);
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        match client.get(&url).send().await {
            Ok(answer) if answer.status().is_success() => {
                println!("The bot answers at {url}.");
                Ok(Verdict::Good)
            }
            Ok(answer) => {
                println!(
                    "The bot answers at {url} with {}: {}",
                    answer.status(),
                    answer.text().await.unwrap_or_default()
                );
                Ok(Verdict::Finding)
            }
            Err(_) => {
                println!("No bot answers at {url} within {} seconds.", PATIENCE.as_secs());
                Ok(Verdict::Finding)
            }
        }
    }
}

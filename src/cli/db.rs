//! `portcullis db migrate|status`

use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;

use super::{Verdict, load};
use crate::store::{OpenMode, Store, StoreError};

/// What to do with the database.
#[derive(Debug, Subcommand)]
pub(super) enum Db {
    /// Bring the schema up to date. `serve` does so by itself.
    Migrate,
    /// Show how the schema stands and what waits. Exit code 1 if it is out of date.
    Status,
}

impl Db {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let config = load::config(file)?;
        let place = load::place(&config.store);
        match self {
            Self::Migrate => {
                let store = Store::open(&place, OpenMode::Serve)
                    .await
                    .context("The database cannot be opened.")?;
                let status = store.schema_status().await?;
                println!("The database is up to date: {status}.");
                store.close().await;
                Ok(Verdict::Good)
            }
            Self::Status => {
                let store = match Store::open(&place, OpenMode::ReadOnly).await {
                    Ok(store) => store,
                    Err(why @ (StoreError::Missing { .. } | StoreError::SchemaOld { .. })) => {
                        println!("{why}. `portcullis db migrate` brings it up to date.");
                        return Ok(Verdict::Finding);
                    }
                    Err(why) => return Err(why).context("The database cannot be opened."),
                };
                println!("Schema: {}.", store.schema_status().await?);
                let now = store.read().await?.statistics().await?;
                println!("Requests by state: {:?}", now.requests);
                println!("Windows that are not over, by state: {:?}", now.windows);
                println!(
                    "Jobs that wait, by kind: {:?}; given up: {}",
                    now.jobs, now.dead_jobs
                );
                println!(
                    "Records that the trail does not show yet: {}",
                    now.unposted_records
                );
                store.close().await;
                Ok(Verdict::Good)
            }
        }
    }
}

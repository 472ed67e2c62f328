//! The database, as `doctor` sees it.

use super::Check;
use crate::{
    cli::load,
    config,
    store::{OpenMode, Store, StoreError},
};

const SUBJECT: &str = "database";

pub(super) async fn look(store: &config::Store) -> Check {
    let opened = Store::open(&load::place(store), OpenMode::ReadOnly).await;
    let store = match opened {
        Ok(store) => store,
        Err(why @ StoreError::Missing { .. }) => {
            return Check::good(SUBJECT, format!("{why}; `portcullis serve` creates it"));
        }
        Err(why @ StoreError::SchemaOld { .. }) => {
            return Check::bad(
                SUBJECT,
                why.to_string(),
                "Run `portcullis db migrate`, or start `portcullis serve`.",
            );
        }
        Err(why @ StoreError::NetworkFileSystem { .. }) => {
            return Check::bad(
                SUBJECT,
                why.to_string(),
                "Set store.path to a disk of this machine, or use PostgreSQL.",
            );
        }
        Err(why) => {
            return Check::bad(
                SUBJECT,
                why.to_string(),
                "Check that the file's folder exists and belongs to this user, or that the server can be reached.",
            );
        }
    };
    let counted = match store.read().await {
        Ok(mut view) => view.statistics().await,
        Err(why) => Err(why),
    };
    store.close().await;
    match counted {
        Ok(now) if now.dead_jobs > 0 => Check::bad(
            SUBJECT,
            format!("{} jobs were given up", now.dead_jobs),
            "Read in the trail what was given up and why; the records say it.",
        ),
        Ok(now) => Check::good(
            SUBJECT,
            format!(
                "readable and up to date; {} records wait for the trail",
                now.unposted_records
            ),
        ),
        Err(why) => Check::bad(
            SUBJECT,
            why.to_string(),
            "Restore a backup if the file is damaged.",
        ),
    }
}

//! Counts for metrics.

use std::collections::BTreeMap;

use super::{
    View,
    cell::Cells,
    error::Result,
    link::{run, texts},
};
use crate::domain::Instant;

texts! {
    REQUESTS = "SELECT state_name, CAST(COUNT(*) AS BIGINT) FROM requests GROUP BY state_name";
    WINDOWS = "SELECT state_name, CAST(COUNT(*) AS BIGINT) FROM windows WHERE is_over = 0 GROUP BY state_name";
    JOBS = "SELECT kind, CAST(COUNT(*) AS BIGINT) FROM jobs WHERE dead_at IS NULL GROUP BY kind";
    DEAD_JOBS = "SELECT CAST(COUNT(*) AS BIGINT) FROM jobs WHERE dead_at IS NOT NULL";
    OLDEST_DUE = "SELECT CAST(MIN(due_at) AS BIGINT) FROM jobs WHERE dead_at IS NULL";
    UNPOSTED = "SELECT record_head.number - trail.last_posted FROM record_head, trail
        WHERE record_head.id = 1 AND trail.id = 1";
}

/// Counts at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// All requests by state.
    pub requests: BTreeMap<String, i64>,
    /// The windows that are not over, by state.
    pub windows: BTreeMap<String, i64>,
    /// The jobs that wait or run, by kind.
    pub jobs: BTreeMap<String, i64>,
    /// Jobs that were given up.
    pub dead_jobs: i64,
    /// The earliest instant at which a job is or was due.
    pub oldest_due: Option<Instant>,
    /// Records that the trail does not show yet.
    pub unposted_records: i64,
}

impl View {
    /// Counts for metrics.
    pub async fn statistics(&mut self) -> Result<Statistics> {
        let (dead_jobs,) = run!(self, fetch_one::<(i64,)>, DEAD_JOBS)?;
        let (oldest,) = run!(self, fetch_one::<(Option<i64>,)>, OLDEST_DUE)?;
        let (unposted_records,) = run!(self, fetch_one::<(i64,)>, UNPOSTED)?;
        let cell = Cells {
            table: "jobs",
            id: &"with the earliest time",
        }
        .at("due_at");
        Ok(Statistics {
            requests: run!(self, fetch_all::<(String, i64)>, REQUESTS)?
                .into_iter()
                .collect(),
            windows: run!(self, fetch_all::<(String, i64)>, WINDOWS)?
                .into_iter()
                .collect(),
            jobs: run!(self, fetch_all::<(String, i64)>, JOBS)?
                .into_iter()
                .collect(),
            dead_jobs,
            oldest_due: oldest.map(|oldest| cell.instant(oldest)).transpose()?,
            unposted_records,
        })
    }
}

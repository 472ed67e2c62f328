//! Looking at jobs without taking one.

use sqlx::FromRow;

use crate::{
    domain::{Instant, effect::Task, ids::JobId},
    store::{
        View, Work,
        cell::{Cells, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    /// A running job can be claimed again when its lease ends.
    NEXT_DUE = "SELECT CAST(MIN(CASE WHEN lease_until IS NOT NULL AND lease_until > due_at THEN lease_until
            ELSE due_at END) AS BIGINT)
        FROM jobs WHERE dead_at IS NULL";
    LIVING = "SELECT id, task, due_at, error FROM jobs WHERE dead_at IS NULL ORDER BY due_at, id LIMIT $1";
    DEAD = "SELECT id, task, dead_at AS due_at, error FROM jobs WHERE dead_at IS NOT NULL ORDER BY dead_at, id LIMIT $1";
    FORGET_DEAD = "DELETE FROM jobs WHERE dead_at IS NOT NULL AND dead_at < $1";
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    pub id: JobId,
    pub task: Task,
    pub at: Instant,
    pub error: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    task: String,
    due_at: i64,
    error: Option<String>,
}

impl View {
    /// When the next job can be claimed; `None` if there is none.
    pub async fn next_due(&mut self) -> Result<Option<Instant>> {
        let (next,) = run!(self, fetch_one::<(Option<i64>,)>, NEXT_DUE)?;
        let cell = Cells {
            table: "jobs",
            id: &"with the earliest time",
        }
        .at("due_at");
        next.map(|next| cell.instant(next)).transpose()
    }

    /// At most `limit` jobs that wait or run, and when they are due, soonest first.
    pub async fn living_jobs(&mut self, limit: u32) -> Result<Vec<(Task, Instant)>> {
        let rows = run!(self, fetch_all::<Row>, LIVING, i64::from(limit))?;
        rows.into_iter()
            .map(|row| read(row).map(|job| (job.task, job.at)))
            .collect()
    }

    /// At most `limit` jobs that were given up, oldest first.
    pub async fn dead_jobs(&mut self, limit: u32) -> Result<Vec<DeadJob>> {
        let rows = run!(self, fetch_all::<Row>, DEAD, i64::from(limit))?;
        rows.into_iter().map(read).collect()
    }
}

impl Work {
    /// Forgets the jobs that were given up before an instant; their records stay.
    pub async fn forget_dead_jobs(&mut self, before: Instant) -> Result<u64> {
        run!(self, execute, FORGET_DEAD, millis(before))
    }
}

fn read(row: Row) -> Result<DeadJob> {
    let cells = Cells {
        table: "jobs",
        id: &row.id,
    };
    Ok(DeadJob {
        id: cells.at("id").parse(&row.id)?,
        task: cells.at("task").json(&row.task)?,
        at: cells.at("due_at").instant(row.due_at)?,
        error: row.error,
    })
}

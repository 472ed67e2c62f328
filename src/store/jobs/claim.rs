//! Claiming a job.

use std::time::Duration;

use sqlx::FromRow;

use super::{Job, Lane, Lease};
use crate::{
    domain::Instant,
    store::{
        Store, View, Work,
        cell::{Cells, clean, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    /// The condition stands twice because two PostgreSQL sessions may find the same row; the outer one is judged
    /// again after waiting for the other session's commit.
    CLAIM = "UPDATE jobs SET worker = $1, lease_until = $2, epoch = epoch + 1, attempt = attempt + 1
        WHERE id = (
            SELECT id FROM jobs
            WHERE lane = $3 AND dead_at IS NULL AND due_at <= $4 AND (lease_until IS NULL OR lease_until <= $4)
            ORDER BY due_at, id LIMIT 1
        ) AND dead_at IS NULL AND due_at <= $4 AND (lease_until IS NULL OR lease_until <= $4)
        RETURNING id, task, attempt, epoch, created_at, due_at, first_sent_at, sent_at, memo, error";
    COUNT_DUE = "SELECT CAST(COUNT(*) AS BIGINT) FROM jobs
        WHERE lane = $1 AND dead_at IS NULL AND due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)";
    VOID = "UPDATE jobs SET worker = NULL, lease_until = NULL, epoch = epoch + 1 WHERE lease_until IS NOT NULL";
}

/// Who claims, what, and for how long.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Only for people who look at the table.
    pub worker: &'a str,
    /// Longer than any call that the job makes can last.
    pub lease_for: Duration,
    /// Tried in this order.
    pub lanes: &'a [Lane],
}

#[derive(FromRow)]
struct Row {
    id: String,
    task: String,
    attempt: i64,
    epoch: i64,
    created_at: i64,
    due_at: i64,
    first_sent_at: Option<i64>,
    sent_at: Option<i64>,
    memo: Option<String>,
    error: Option<String>,
}

impl Row {
    fn job(self) -> Result<Job> {
        let cells = Cells {
            table: "jobs",
            id: &self.id,
        };
        let instant = |column, value: Option<i64>| value.map(|at| cells.at(column).instant(at)).transpose();
        Ok(Job {
            lease: Lease {
                job: cells.at("id").parse(&self.id)?,
                epoch: self.epoch,
            },
            task: cells.at("task").json(&self.task)?,
            attempt: u32::try_from(self.attempt).map_err(|error| cells.at("attempt").bad(error))?,
            created_at: cells.at("created_at").instant(self.created_at)?,
            due_at: cells.at("due_at").instant(self.due_at)?,
            first_sent_at: instant("first_sent_at", self.first_sent_at)?,
            sent_at: instant("sent_at", self.sent_at)?,
            memo: self
                .memo
                .as_deref()
                .map(|memo| cells.at("memo").json(memo))
                .transpose()?,
            error: self.error,
        })
    }
}

impl Store {
    /// Claims the job that is due for longest. It is durable before it is given, so the caller may act on it.
    pub async fn claim(&self, claim: &Claim<'_>, now: Instant) -> Result<Option<Job>> {
        let until = now + claim.lease_for;
        for lane in claim.lanes {
            // Looked at with a reader: most looks find nothing, and none of those keeps a writer waiting. Something
            // is due and is not found where another session took the very row; then it is looked at again.
            while self.count_due(*lane, now).await? > 0 {
                let mut view = View {
                    link: self.begin_quietly().await?,
                };
                let row = run!(
                    view,
                    fetch_optional::<Row>,
                    CLAIM,
                    clean(claim.worker).into_owned(),
                    millis(until),
                    lane.name(),
                    millis(now),
                )?;
                if let Some(row) = row {
                    // Committed also if the row cannot be read: its lease keeps the others from stumbling over it
                    // all the time.
                    view.link.commit().await?;
                    return row.job().map(Some);
                }
                view.link.rollback().await?;
            }
        }
        Ok(None)
    }

    async fn count_due(&self, lane: Lane, now: Instant) -> Result<i64> {
        let mut view = self.read().await?;
        let (due,) = run!(view, fetch_one::<(i64,)>, COUNT_DUE, lane.name(), millis(now))?;
        Ok(due)
    }
}

impl Work {
    /// Ends all leases, so that their jobs can be claimed at once and late results are refused.
    ///
    /// Only where no other process can be working on them.
    pub async fn void_leases(&mut self) -> Result<u64> {
        run!(self, execute, VOID)
    }
}

//! Writing a job's result. All of it is refused once the lease is not the caller's any more.

use serde_json::Value;

use super::Lease;
use crate::{
    clock::fresh_uuid,
    domain::{Instant, effect::Effect},
    store::{
        StoreError, Work,
        cell::{Cells, clean, json, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    COMPLETE = "DELETE FROM jobs WHERE id = $1 AND epoch = $2 AND lease_until > $3 AND again_at IS NULL";
    /// A fresh id, because the old one is the nonce of what was already sent.
    RUN_AGAIN = "UPDATE jobs SET id = $4, due_at = again_at, again_at = NULL, attempt = 0, worker = NULL,
            lease_until = NULL, first_sent_at = NULL, sent_at = NULL, memo = NULL, error = NULL
        WHERE id = $1 AND epoch = $2 AND lease_until > $3 AND again_at IS NOT NULL";
    MARK_SENT = "UPDATE jobs SET sent_at = $4, memo = $5,
            first_sent_at = CASE WHEN first_sent_at IS NULL THEN $4 ELSE first_sent_at END
        WHERE id = $1 AND epoch = $2 AND lease_until > $3";
    RETRY = "UPDATE jobs SET due_at = $4, again_at = NULL, worker = NULL, lease_until = NULL, error = $5
        WHERE id = $1 AND epoch = $2 AND lease_until > $3";
    PUT_BACK = "UPDATE jobs SET attempt = attempt - 1, worker = NULL, lease_until = NULL, error = NULL,
            due_at = CASE WHEN again_at IS NOT NULL AND again_at < $4 THEN again_at ELSE $4 END, again_at = NULL
        WHERE id = $1 AND epoch = $2 AND lease_until > $3";
    GIVE_UP = "UPDATE jobs SET dead_at = $3, worker = NULL, lease_until = NULL, error = $4
        WHERE id = $1 AND epoch = $2 AND lease_until > $3
        RETURNING task, again_at";
}

impl Work {
    /// The job is done. If it was asked for again meanwhile, it becomes due again.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], here and in the other results.
    pub async fn complete(&mut self, lease: Lease, now: Instant) -> Result<()> {
        let (id, epoch) = (lease.job.to_string(), lease.epoch);
        if run!(self, execute, COMPLETE, id.clone(), epoch, millis(now))? == 1 {
            return Ok(());
        }
        let fresh = fresh_uuid(now).to_string();
        held(
            lease,
            run!(self, execute, RUN_AGAIN, id, epoch, millis(now), fresh)?,
        )
    }

    /// Notes, before a call leaves whose outcome may stay unknown, that it leaves, and what to look for later.
    /// Commit it before the call.
    pub async fn mark_sent(&mut self, lease: Lease, memo: &Value, now: Instant) -> Result<()> {
        let touched = run!(
            self,
            execute,
            MARK_SENT,
            lease.job.to_string(),
            lease.epoch,
            millis(now),
            millis(now),
            json(memo)?,
        )?;
        held(lease, touched)
    }

    /// The try failed; the next one is not before `due_at`, even if it is asked for again.
    pub async fn retry_at(&mut self, lease: Lease, due_at: Instant, error: &str, now: Instant) -> Result<()> {
        let touched = run!(
            self,
            execute,
            RETRY,
            lease.job.to_string(),
            lease.epoch,
            millis(now),
            millis(due_at),
            clean(error).into_owned(),
        )?;
        held(lease, touched)
    }

    /// Nothing failed, but it is too early: look again at `due_at`. The try does not count.
    pub async fn put_back(&mut self, lease: Lease, due_at: Instant, now: Instant) -> Result<()> {
        let touched = run!(
            self,
            execute,
            PUT_BACK,
            lease.job.to_string(),
            lease.epoch,
            millis(now),
            millis(due_at),
        )?;
        held(lease, touched)
    }

    /// The last try failed: the job stays as dead, for somebody to look at. Record it in the same transaction.
    ///
    /// If it was asked for again meanwhile, a new job stands in its place.
    pub async fn give_up(&mut self, lease: Lease, error: &str, now: Instant) -> Result<()> {
        let id = lease.job.to_string();
        let row = run!(
            self,
            fetch_optional::<(String, Option<i64>)>,
            GIVE_UP,
            id.clone(),
            lease.epoch,
            millis(now),
            clean(error).into_owned(),
        )?;
        let Some((task, again_at)) = row else {
            return held(lease, 0);
        };
        let Some(again_at) = again_at else {
            return Ok(());
        };
        let cells = Cells {
            table: "jobs",
            id: &id,
        };
        let due_at = cells.at("again_at").instant(again_at)?;
        let task = cells.at("task").json(&task)?;
        self.enqueue(&Effect::at(due_at, task), now).await
    }
}

fn held(lease: Lease, touched: u64) -> Result<()> {
    if touched == 1 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost { job: lease.job })
    }
}

//! Asking for something to be done.

use super::Lane;
use crate::{
    clock::fresh_uuid,
    domain::{Instant, effect::Effect},
    store::{
        Work,
        cell::{clean, json, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    /// A running job may have read what has changed since, so it runs once more. A job that waits after a failure
    /// keeps its time: asking again must not defeat the back-off or a Retry-After.
    ENQUEUE = "INSERT INTO jobs (id, key, kind, lane, task, created_at, due_at, attempt, epoch)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)
        ON CONFLICT (key) WHERE dead_at IS NULL DO UPDATE SET
            task = excluded.task,
            again_at = CASE
                WHEN jobs.lease_until IS NULL THEN NULL
                WHEN jobs.again_at IS NULL OR excluded.due_at < jobs.again_at THEN excluded.due_at
                ELSE jobs.again_at END,
            due_at = CASE
                WHEN jobs.lease_until IS NULL AND jobs.error IS NULL AND excluded.due_at < jobs.due_at
                THEN excluded.due_at
                ELSE jobs.due_at END";
    MAKE_DUE = "UPDATE jobs SET due_at = $1, error = NULL
        WHERE kind = $2 AND dead_at IS NULL AND lease_until IS NULL AND due_at > $1";
}

impl Work {
    /// Stores a job for `effect`, or makes the one that has its key run (again) no later than then.
    pub async fn enqueue(&mut self, effect: &Effect, now: Instant) -> Result<()> {
        run!(
            self,
            execute,
            ENQUEUE,
            fresh_uuid(now).to_string(),
            clean(&effect.task.key()).into_owned(),
            effect.task.name(),
            Lane::of(&effect.task).name(),
            json(&effect.task)?,
            millis(now),
            millis(effect.due_at.unwrap_or(now)),
        )?;
        Ok(())
    }

    /// Makes every waiting job of one kind ([`crate::domain::effect::Task::name`]) due now, and says how many;
    /// for what a freeze held back.
    pub async fn make_due(&mut self, kind: &str, now: Instant) -> Result<u64> {
        run!(self, execute, MAKE_DUE, millis(now), clean(kind).into_owned())
    }
}

//! What was seen already, so that a repeated delivery does nothing twice.

use super::{
    View, Work,
    cell::{clean, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::Instant;

texts! {
    SEE = "INSERT INTO seen (key, seen_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    HAS_SEEN = "SELECT key FROM seen WHERE key = $1";
    FORGET = "DELETE FROM seen WHERE seen_at < $1";
}

impl Work {
    /// Whether `key` (an interaction's id, or the name of something told once) is seen for the first time.
    pub async fn first_time(&mut self, key: &str, now: Instant) -> Result<bool> {
        Ok(run!(self, execute, SEE, clean(key).into_owned(), millis(now))? == 1)
    }

    /// Forgets what was seen before an instant, and says how much that was.
    pub async fn forget_seen(&mut self, before: Instant) -> Result<u64> {
        run!(self, execute, FORGET, millis(before))
    }
}

impl View {
    /// Whether `key` was seen before.
    pub async fn has_seen(&mut self, key: &str) -> Result<bool> {
        let found = run!(
            self,
            fetch_optional::<(String,)>,
            HAS_SEEN,
            clean(key).into_owned()
        )?;
        Ok(found.is_some())
    }
}

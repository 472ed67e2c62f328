//! Which of several replicas leads (holds the gateway, posts the trail).
//!
//! No clock is compared between machines: the holder raises the beat, and another replica takes over when it
//! has seen the same beat for one lease length on its own clock.

use super::{
    View, Work,
    cell::clean,
    error::Result,
    link::{run, texts},
};

texts! {
    LOOK = "SELECT holder, beat FROM leader WHERE id = 1";
    BEAT = "UPDATE leader SET holder = $1, beat = beat + 1 WHERE id = 1 AND beat = $2 RETURNING beat";
}

/// Who leads, as it was last written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// Empty if nobody ever did.
    pub holder: String,
    pub beat: i64,
}

impl Work {
    /// Raises the beat as `holder`, if it still is what was seen; gives the new one, or `None` to whoever was late.
    ///
    /// The holder calls it to stay, another replica to take over.
    pub async fn lead(&mut self, holder: &str, seen: i64) -> Result<Option<i64>> {
        let row = run!(
            self,
            fetch_optional::<(i64,)>,
            BEAT,
            clean(holder).into_owned(),
            seen
        )?;
        Ok(row.map(|(beat,)| beat))
    }
}

impl View {
    /// Who leads now.
    pub async fn leader(&mut self) -> Result<Leader> {
        let (holder, beat) = run!(self, fetch_one::<(String, i64)>, LOOK)?;
        Ok(Leader { holder, beat })
    }
}

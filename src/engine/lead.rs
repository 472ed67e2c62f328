//! Which of several replicas holds the gateway.
//!
//! No clocks are compared: the holder raises a counter in a row, and another replica takes over when it has seen
//! no change for one lease length of its own real time. On SQLite there is one `serve`, and it leads.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Engine;
use crate::{
    store::{Leader, StoreError},
    telemetry::Causes,
};

/// A holder that has not raised the counter for this long is taken for dead.
const LEASE: Duration = Duration::from_secs(30);
/// How often the holder raises it, and the others look.
const EVERY: Duration = Duration::from_secs(8);

impl Engine {
    /// Keeps `leads` true while this replica is the holder, until `stop`.
    pub async fn keep_leading(
        self: Arc<Self>,
        me: String,
        leads: watch::Sender<bool>,
        stop: CancellationToken,
    ) {
        let mut turns = tokio::time::interval(EVERY);
        let mut seen: Option<(Leader, Instant)> = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = turns.tick() => {}
            }
            let now = match self.take_turn(&me, &mut seen).await {
                Ok(now) => now,
                Err(why) => {
                    warn!(error = %Causes(&why), "It is not known which replica leads; this one steps back.");
                    false
                }
            };
            if leads.send_replace(now) != now {
                info!(leads = now, "The gateway has changed hands.");
            }
        }
    }

    async fn take_turn(&self, me: &str, seen: &mut Option<(Leader, Instant)>) -> Result<bool, StoreError> {
        let leader = self.store.read().await?.leader().await?;
        let since = match seen {
            Some((known, since)) if *known == leader => *since,
            _ => Instant::now(),
        };
        *seen = Some((leader.clone(), since));
        let vacant = leader.holder.is_empty() || since.elapsed() >= LEASE;
        if leader.holder != me && !vacant {
            return Ok(false);
        }
        let mut work = self.store.begin().await?;
        let Some(beat) = work.lead(me, leader.beat).await? else {
            return Ok(false);
        };
        work.commit().await?;
        *seen = Some((
            Leader {
                holder: me.to_owned(),
                beat,
            },
            Instant::now(),
        ));
        Ok(true)
    }
}

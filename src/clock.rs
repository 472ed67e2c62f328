//! World time, and the fresh ids and jitter that need chance.
//!
//! Windows, lapses, jobs and the 15 minutes of an interaction token follow a [`Clock`]. Protocol time
//! (the 3 s of an acknowledgement, heartbeats, HTTP time-outs, the life of an Entra token) is real time
//! and must never be taken from here: a fast-forwarded clock would break the protocols.
//!
//! This module knows no other module of the program.

use std::{fmt::Debug, sync::Arc, time::Duration as StdDuration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use rand::Rng as _;
use tokio::sync::watch;
use uuid::Uuid;

/// An instant of world time.
pub type Instant = DateTime<Utc>;

/// Tells world time, and sleeps in it.
pub trait Clock: Debug + Send + Sync {
    /// The present instant, cut to whole milliseconds (the store keeps no more).
    fn now(&self) -> Instant;

    /// Returns once `now() >= until`.
    fn sleep_until(&self, until: Instant) -> BoxFuture<'_, ()>;
}

/// How the rest of the program holds a clock.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock: what `serve` uses, always.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        system_now()
    }

    fn sleep_until(&self, until: Instant) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // A wall clock can be set back while we sleep, so the answer is checked, not assumed.
            while let Some(left) = time_left(self.now(), until) {
                real_sleep(left.min(LONGEST_NAP)).await;
            }
        })
    }
}

/// The machine's clock plus an offset that only grows: the sandbox fast-forwards with it.
#[derive(Debug)]
pub struct OffsetClock {
    offset: watch::Sender<TimeDelta>,
}

impl Default for OffsetClock {
    fn default() -> Self {
        Self {
            offset: watch::Sender::new(TimeDelta::zero()),
        }
    }
}

impl OffsetClock {
    /// Moves world time forward by `by`; whoever sleeps wakes and looks again.
    pub fn advance(&self, by: StdDuration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.offset.send_modify(|offset| {
            *offset = offset.checked_add(&by).unwrap_or(*offset);
        });
    }

    /// How far world time is ahead of the machine's clock.
    pub fn offset(&self) -> TimeDelta {
        *self.offset.borrow()
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Instant {
        let now = system_now();
        now.checked_add_signed(*self.offset.borrow()).unwrap_or(now)
    }

    fn sleep_until(&self, until: Instant) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut moved = self.offset.subscribe();
            while let Some(left) = time_left(self.now(), until) {
                tokio::select! {
                    () = real_sleep(left.min(LONGEST_NAP)) => {}
                    _ = moved.changed() => {}
                }
            }
        })
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<Instant>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn at(start: Instant) -> Self {
        Self {
            now: watch::Sender::new(start),
        }
    }

    /// Moves world time forward by `by`.
    pub fn advance(&self, by: StdDuration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.now.send_modify(|now| {
            *now = now.checked_add_signed(by).unwrap_or(*now);
        });
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        *self.now.borrow()
    }

    fn sleep_until(&self, until: Instant) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut now = self.now.subscribe();
            // Fails only when the sender is gone, and `self` holds it.
            let _ = now.wait_for(|now| *now >= until).await;
        })
    }
}

/// A fresh, time-ordered id (UUID version 7, RFC 9562).
pub fn fresh_uuid(now: Instant) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &chance().random()).into_uuid()
}

/// A secret that nobody guesses: 192 random bits as 32 characters of base64url (RFC 4648, section 5).
///
/// The generator is one for cryptography, and seeded by the operating system.
pub fn fresh_secret() -> String {
    let bytes: [u8; 24] = chance().random();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A random length from zero to `most`: full jitter for a delay before a retry.
pub fn jitter(most: StdDuration) -> StdDuration {
    most.mul_f64(chance().random::<f64>())
}

#[expect(clippy::disallowed_methods, reason = "the one place where chance enters")]
fn chance() -> rand::rngs::ThreadRng {
    rand::rng()
}

/// A sleeping task looks at the wall clock at least this often, in case somebody set it.
const LONGEST_NAP: StdDuration = StdDuration::from_secs(30);

fn time_left(now: Instant, until: Instant) -> Option<StdDuration> {
    (until - now).to_std().ok().filter(|left| !left.is_zero())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's clock enters"
)]
fn system_now() -> Instant {
    let now = Utc::now();
    DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that sleeps, for the clocks above"
)]
async fn real_sleep(length: StdDuration) {
    tokio::time::sleep(length).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_only_when_their_time_has_come() {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
        let until = clock.now() + TimeDelta::seconds(10);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(until).await }
        });
        clock.advance(StdDuration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(StdDuration::from_secs(1));
        sleeper.await.unwrap();
    }

    #[tokio::test]
    async fn an_offset_clock_wakes_sleepers_when_it_is_moved() {
        let clock = Arc::new(OffsetClock::default());
        let until = clock.now() + TimeDelta::hours(1);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(until).await }
        });
        tokio::task::yield_now().await;
        clock.advance(StdDuration::from_secs(3600));
        sleeper.await.unwrap();
        assert!(clock.now() >= until);
    }

    #[test]
    fn ids_made_later_sort_later() {
        let early = fresh_uuid(DateTime::UNIX_EPOCH);
        let late = fresh_uuid(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1));
        assert!(early < late);
        assert_eq!(late.get_version_num(), 7);
    }
}

//! Discord's rate limits, as its answers tell them; no number about a bucket is known beforehand.
//!
//! `twilight-http-ratelimiting` 0.18 was looked at first: it can stand alone, but it sends all
//! acknowledgements one after the other, keeps each interaction's path (with its token) for hours and for
//! ever if the answer had no headers, and writes these paths to the log. Here the keys are hashes, and
//! the memory is bounded. Time is real time: these limits are Discord's, not the world's.

mod bucket;
mod headers;

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use moka::future::Cache;
use tokio::time::{Instant, sleep_until};

pub(super) use self::headers::LimitHeaders;
use self::{
    bucket::{Bucket, Turn},
    headers::Limit,
};
use super::route::{Kind, Route};

/// All limits of one bot token.
pub(super) struct Limits {
    /// Which routes share a bucket, learned from the answers. No more entries than routes.
    names: Mutex<HashMap<Route, Arc<str>>>,
    buckets: Cache<Key, Arc<Bucket>>,
    global: DefaultDirectRateLimiter,
    /// Until when Discord told the whole bot to be silent.
    silent_until: Mutex<Option<Instant>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    bucket: Name,
    major: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Learned(Arc<str>),
    NotYet(Route),
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            names: Mutex::default(),
            buckets: Cache::builder()
                .max_capacity(BUCKETS_MAX)
                .time_to_idle(BUCKET_IDLE_MAX)
                .build(),
            global: RateLimiter::direct(Quota::per_second(GLOBAL_PER_SECOND).allow_burst(GLOBAL_BURST)),
            silent_until: Mutex::default(),
        }
    }
}

impl Limits {
    /// Waits for this call's turn, at most until `deadline`; else says how long it would take.
    pub(super) async fn admit(
        self: &Arc<Self>,
        route: Route,
        major: u64,
        deadline: Instant,
    ) -> Result<Permit, Duration> {
        let begun = Instant::now();
        let result = self.wait_for_turn(route, major, deadline).await;
        let waited = begun.elapsed();
        if result.is_err() || waited > Duration::from_millis(1) {
            metrics::histogram!(LIMIT_WAIT_SECONDS, "route" => route.template()).record(waited);
        }
        result
    }

    async fn wait_for_turn(
        self: &Arc<Self>,
        route: Route,
        major: u64,
        deadline: Instant,
    ) -> Result<Permit, Duration> {
        let permit = loop {
            let (key, bucket) = self.bucket(route, major).await;
            // Whoever could not be served in time need not stand in the queue.
            if let Some(opens) = bucket.closed_until().filter(|opens| *opens > deadline) {
                return Err(time_to(opens));
            }
            match bucket.enter(deadline).await {
                Ok(Turn::Go) => {
                    break Permit {
                        limits: self.clone(),
                        bucket,
                        key,
                        route,
                        answered: false,
                    };
                }
                // The bucket's real name became known meanwhile: queue there.
                Ok(Turn::Elsewhere) => {}
                Err(retry_after) => return Err(retry_after),
            }
        };
        if route.kind() == Kind::Bot {
            self.wait_for_global(deadline).await?;
        }
        Ok(permit)
    }

    async fn wait_for_global(&self, deadline: Instant) -> Result<(), Duration> {
        loop {
            let now = Instant::now();
            let silent_until = lock(&self.silent_until).filter(|until| *until > now);
            let wait = match silent_until {
                Some(until) => until - now,
                None => match self.global.check() {
                    Ok(()) => return Ok(()),
                    Err(not_yet) => not_yet.wait_time_from(DefaultClock::default().now()),
                },
            };
            if now + wait > deadline {
                return Err(wait);
            }
            sleep_until(now + wait).await;
        }
    }

    async fn bucket(&self, route: Route, major: u64) -> (Key, Arc<Bucket>) {
        let name = lock(&self.names).get(&route).cloned();
        let bucket = name.map_or(Name::NotYet(route), Name::Learned);
        let key = Key { bucket, major };
        let bucket = self.buckets.get_with_by_ref(&key, async { Arc::default() }).await;
        (key, bucket)
    }

    #[cfg(test)]
    async fn remembered(&self) -> u64 {
        self.buckets.run_pending_tasks().await;
        self.buckets.entry_count()
    }
}

/// Leave to send one call. Dropping it without an answer gives the place back.
pub(super) struct Permit {
    limits: Arc<Limits>,
    bucket: Arc<Bucket>,
    key: Key,
    route: Route,
    answered: bool,
}

impl Permit {
    /// Takes in what the answer says about the limits.
    pub(super) async fn learn(mut self, headers: LimitHeaders) {
        self.answered = true;
        if let Limit::Everything { retry_after } = headers.turned_away {
            let until = Instant::now() + retry_after;
            let mut silent_until = lock(&self.limits.silent_until);
            *silent_until = (*silent_until).max(Some(until));
        }
        let moved_to = match (&self.key.bucket, &headers.bucket) {
            (Name::NotYet(_), Some(name)) => Some(name),
            (Name::Learned(old), Some(name)) if old != name => Some(name),
            _ => None,
        };
        let Some(name) = moved_to else {
            self.bucket.answered(Some(&headers));
            return;
        };
        lock(&self.limits.names).insert(self.route, name.clone());
        let key = Key {
            bucket: Name::Learned(name.clone()),
            major: self.key.major,
        };
        let home = self.limits.buckets.get_with(key, async { Arc::default() }).await;
        home.told(&headers);
        if let Name::NotYet(_) = self.key.bucket {
            self.limits.buckets.invalidate(&self.key).await;
            self.bucket.close_down();
        }
        self.bucket.answered(None);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.answered {
            self.bucket.answered(None);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks can leave a value half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn time_to(then: Instant) -> Duration {
    then.saturating_duration_since(Instant::now())
}

pub(super) const LIMIT_WAIT_SECONDS: &str = "portcullis_discord_rate_limit_wait_seconds";
/// 40 + 10: never more than Discord's 50 in any one second.
const GLOBAL_PER_SECOND: NonZeroU32 = NonZeroU32::new(40).unwrap();
const GLOBAL_BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// One entry takes some 250 bytes; each interaction makes one.
const BUCKETS_MAX: u64 = 10_000;
/// Longer than the longest window that Discord documents (10 minutes).
const BUCKET_IDLE_MAX: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests;

//! Rate limits: one bucket per route and major parameter, one for everything of the bot.
//!
//! Real time, because the clients wait in real time.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use crate::{
    clock::{Clock as _, SystemClock},
    sandbox::discord::route::RouteKind,
};

/// How many calls fit into how much real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub calls: u32,
    pub per: Duration,
}

/// The limits of all routes. The default is so wide that only a deliberate test meets it.
#[derive(Debug, Clone)]
pub struct RateLimits {
    /// For every route without a limit of its own.
    pub each: RateLimit,
    pub routes: HashMap<RouteKind, RateLimit>,
    /// For all routes together, interaction routes excepted.
    pub global: RateLimit,
}

impl Default for RateLimits {
    fn default() -> Self {
        let wide = RateLimit {
            calls: 1_000_000,
            per: Duration::from_secs(1),
        };
        Self {
            each: wide,
            routes: HashMap::new(),
            global: wide,
        }
    }
}

impl RateLimits {
    /// Limits like the ones seen at the real service: 5 messages in 5 s per channel, 50 calls a second.
    pub fn realistic() -> Self {
        let limit = |calls, seconds| RateLimit {
            calls,
            per: Duration::from_secs(seconds),
        };
        let routes = HashMap::from([
            (RouteKind::CreateMessage, limit(5, 5)),
            (RouteKind::EditMessage, limit(5, 5)),
            (RouteKind::EditOriginal, limit(5, 5)),
            (RouteKind::CreateFollowup, limit(5, 5)),
            (RouteKind::DeleteMessage, limit(5, 1)),
            (RouteKind::CreateThread, limit(10, 60)),
            (RouteKind::ThreadFromMessage, limit(10, 60)),
        ]);
        Self {
            each: limit(50, 1),
            routes,
            global: limit(50, 1),
        }
    }

    /// Sets the limit of one route.
    #[must_use]
    pub fn with(mut self, route: RouteKind, calls: u32, per: Duration) -> Self {
        self.routes.insert(route, RateLimit { calls, per });
        self
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Instant,
    used: u32,
}

/// What the headers of an answer say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds until the bucket is full again.
    pub(crate) reset_after: f64,
    pub(crate) reset: f64,
    pub(crate) bucket: String,
}

/// A call that came too early.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TooMany {
    pub(crate) retry_after: f64,
    pub(crate) global: bool,
    pub(crate) standing: Standing,
}

#[derive(Debug, Default)]
pub(crate) struct Buckets {
    windows: HashMap<(RouteKind, String), Window>,
    global: Option<Window>,
}

impl Buckets {
    /// Takes one call out of its bucket.
    pub(crate) fn take(
        &mut self,
        limits: &RateLimits,
        route: RouteKind,
        major: &str,
        now: Instant,
    ) -> Result<Standing, TooMany> {
        let limit = limits.routes.get(&route).copied().unwrap_or(limits.each);
        // Windows that are over say nothing any more, and tokens come without end.
        if self.windows.len() > 1000 {
            self.windows
                .retain(|_, window| now.duration_since(window.began) < Duration::from_secs(60));
        }
        let window = self
            .windows
            .entry((route, major.to_owned()))
            .or_insert(Window { began: now, used: 0 });
        let fits = spend(window, limit, now);
        let standing = standing(*window, limit, route, now);
        if !fits {
            return Err(TooMany {
                retry_after: standing.reset_after,
                global: false,
                standing,
            });
        }
        if !route.is_interaction() {
            let global = self.global.get_or_insert(Window { began: now, used: 0 });
            if !spend(global, limits.global, now) {
                let retry_after = left(*global, limits.global, now);
                return Err(TooMany {
                    retry_after,
                    global: true,
                    standing,
                });
            }
        }
        Ok(standing)
    }
}

fn spend(window: &mut Window, limit: RateLimit, now: Instant) -> bool {
    if now.duration_since(window.began) >= limit.per {
        *window = Window { began: now, used: 0 };
    }
    let fits = window.used < limit.calls;
    if fits {
        window.used += 1;
    }
    fits
}

fn left(window: Window, limit: RateLimit, now: Instant) -> f64 {
    limit
        .per
        .saturating_sub(now.duration_since(window.began))
        .as_secs_f64()
}

fn standing(window: Window, limit: RateLimit, route: RouteKind, now: Instant) -> Standing {
    let reset_after = left(window, limit, now);
    let unix = SystemTime::from(SystemClock.now())
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Standing {
        limit: limit.calls,
        remaining: limit.calls.saturating_sub(window.used),
        reset_after,
        reset: unix.as_secs_f64() + reset_after,
        bucket: format!("{:032x}", 0x6b75_6265_u128 << 64 | route as u128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_and_others_do_not_feel_it() {
        let limits = RateLimits::default().with(RouteKind::CreateMessage, 2, Duration::from_secs(5));
        let mut buckets = Buckets::default();
        let now = Instant::now();
        let mut post = |channel: &str, at| buckets.take(&limits, RouteKind::CreateMessage, channel, at);
        assert_eq!(post("1", now).unwrap().remaining, 1);
        assert_eq!(post("1", now).unwrap().remaining, 0);
        let refused = post("1", now + Duration::from_secs(1)).unwrap_err();
        assert!(!refused.global && (refused.retry_after - 4.0).abs() < 0.01);
        assert!(post("2", now).is_ok());
        assert!(post("1", now + Duration::from_secs(5)).is_ok());
    }

    #[test]
    fn interaction_routes_do_not_count_for_the_global_limit() {
        let second = Duration::from_secs(1);
        let limits = RateLimits {
            global: RateLimit {
                calls: 1,
                per: second,
            },
            ..RateLimits::default()
        };
        let mut buckets = Buckets::default();
        let now = Instant::now();
        assert!(buckets.take(&limits, RouteKind::GetChannel, "1", now).is_ok());
        assert!(buckets.take(&limits, RouteKind::Callback, "1", now).is_ok());
        assert!(
            buckets
                .take(&limits, RouteKind::GetChannel, "2", now)
                .unwrap_err()
                .global
        );
    }
}

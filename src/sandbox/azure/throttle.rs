//! Resource Manager's token buckets, in real time: protocol time does not jump with the world.

use std::{collections::HashMap, time::Instant as RealInstant};

use axum::http::{Method, StatusCode};

use super::{
    answer::Refusal,
    call::Call,
    options::{Bucket, Throttle},
    route::Route,
};

#[derive(Debug)]
pub(crate) struct Throttling {
    limits: Throttle,
    levels: HashMap<(String, String, &'static str), Level>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    left: f64,
    at: RealInstant,
}

/// What is left after a call, for its headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    pub kind: &'static str,
    /// Whether the call was to the tenant and not to a subscription.
    pub tenant: bool,
    pub left: u32,
    /// What is left for all callers of the subscription together.
    pub left_for_all: u32,
}

/// How much more all callers of a subscription may do together than one of them.
const ALL_CALLERS: u32 = 15;

impl Quota {
    /// The headers that tell what is left.
    pub(crate) fn headers(&self) -> Vec<(&'static str, u32)> {
        let (own, all) = match (self.kind, self.tenant) {
            ("graph", _) => return vec![("x-ms-user-quota-remaining", self.left)],
            // The recorded answers name this one and no other.
            ("resource-requests", _) => {
                return vec![(
                    "x-ms-ratelimit-remaining-subscription-resource-requests",
                    self.left,
                )];
            }
            ("reads", true) => return vec![("x-ms-ratelimit-remaining-tenant-reads", self.left)],
            (_, true) => return vec![("x-ms-ratelimit-remaining-tenant-writes", self.left)],
            ("reads", false) => (
                "x-ms-ratelimit-remaining-subscription-reads",
                "x-ms-ratelimit-remaining-subscription-global-reads",
            ),
            ("deletes", false) => (
                "x-ms-ratelimit-remaining-subscription-deletes",
                "x-ms-ratelimit-remaining-subscription-global-deletes",
            ),
            (_, false) => (
                "x-ms-ratelimit-remaining-subscription-writes",
                "x-ms-ratelimit-remaining-subscription-global-writes",
            ),
        };
        vec![(own, self.left), (all, self.left_for_all)]
    }
}

impl Throttling {
    pub(crate) fn new(limits: Throttle) -> Self {
        Self {
            limits,
            levels: HashMap::new(),
        }
    }

    /// Takes one token, or refuses with the wait in whole seconds.
    pub(crate) fn take(&mut self, call: &Call) -> Result<Quota, Refusal> {
        let (kind, bucket) = self.bucket_of(call);
        let subscription = call.subscription().unwrap_or_default();
        let tenant = subscription.is_empty();
        let own = (subscription.clone(), call.client_id.clone(), kind);
        // No client has this id.
        let all = (subscription, "*".to_owned(), kind);
        let together = Bucket {
            size: bucket.size.saturating_mul(ALL_CALLERS),
            refill_per_second: bucket.refill_per_second.saturating_mul(ALL_CALLERS),
        };
        let left_for_all = self.level(all, together)?;
        let left = self.level(own, bucket)?;
        Ok(Quota {
            kind,
            tenant,
            left,
            left_for_all,
        })
    }

    fn level(&mut self, of: (String, String, &'static str), bucket: Bucket) -> Result<u32, Refusal> {
        let kind = of.2;
        let at = RealInstant::now();
        let full = f64::from(bucket.size);
        let refill = f64::from(bucket.refill_per_second);
        let level = self.levels.entry(of).or_insert(Level { left: full, at });
        let passed = at.saturating_duration_since(level.at).as_secs_f64();
        level.left = refill.mul_add(passed, level.left).min(full);
        level.at = at;
        if level.left < 1.0 {
            return Err(refusal(kind, (1.0 - level.left) / refill.max(0.001)));
        }
        level.left -= 1.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between zero and a u32"
        )]
        let left = level.left as u32;
        Ok(left)
    }

    fn bucket_of(&self, call: &Call) -> (&'static str, Bucket) {
        if call.route == Route::Graph {
            return ("graph", self.limits.graph);
        }
        if matches!(
            call.route,
            Route::JitList { group: None, .. } | Route::Pricings { .. } | Route::Pricing { .. }
        ) {
            return ("resource-requests", self.limits.security);
        }
        match call.method {
            Method::GET | Method::HEAD => ("reads", self.limits.reads),
            Method::DELETE => ("deletes", self.limits.deletes),
            _ => ("writes", self.limits.writes),
        }
    }
}

fn refusal(kind: &str, wait: f64) -> Refusal {
    let seconds = format!("{:.0}", wait.ceil().max(1.0));
    if kind == "graph" {
        let body = serde_json::json!({"error": {
            "code": "RateLimiting",
            "message": "Please provide below info when asking for support.",
            "details": [{"code": "RateLimiting", "message": "Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed."}],
        }});
        return Refusal::shaped(StatusCode::TOO_MANY_REQUESTS, body)
            .header("x-ms-user-quota-remaining", "0")
            .header("x-ms-user-quota-resets-after", format!("00:00:{seconds:0>2}"))
            .header("retry-after", seconds);
    }
    throttled(&seconds)
}

/// 429 as Resource Manager answers it.
pub(crate) fn throttled(seconds: &str) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "SubscriptionRequestsThrottled",
        format!(
            "Number of requests for the subscription exceeded the limit. Please try again after '{seconds}' seconds."
        ),
    )
    .header("retry-after", seconds)
}

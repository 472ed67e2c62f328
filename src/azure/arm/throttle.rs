//! Azure's quotas, per subscription and kind of call: kept from what its answers say.
//!
//! The waits follow world time, because the jobs that wait for them do.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::{
    call::{Call, Quota},
    error::ArmError,
    numbers::{QUOTA_REMAINING, THROTTLED_TOTAL},
};
use crate::clock::Instant;

/// The wait after a 429 that names none.
pub(super) const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(15);
/// The longest wait that is believed; Azure's own buckets refill within a minute.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);
/// Below this many calls left, work in the background steps back.
const REMAINING_LOW: u64 = 20;
/// For how long it steps back. Azure refills 25 reads in a second.
const STEP_BACK: Duration = Duration::from_secs(5);

/// A place where calls wait for Azure's quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degraded {
    /// The subscription, or `tenant`.
    pub scope: String,
    /// `reads`, `writes` or `graph`.
    pub calls: &'static str,
    pub until: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Throttle {
    gates: Mutex<HashMap<Lane, Gate>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Lane {
    scope: String,
    quota: Quota,
}

#[derive(Debug, Default)]
struct Gate {
    closed_until: Option<Instant>,
    low_until: Option<Instant>,
}

impl Lane {
    fn of(call: &Call) -> Self {
        Self {
            scope: call
                .subscription
                .as_ref()
                .map_or_else(|| "tenant".to_owned(), ToString::to_string),
            quota: call.operation.quota,
        }
    }
}

impl Throttle {
    /// Refuses a call that Azure has asked to wait with.
    pub(super) fn check(&self, call: &Call, now: Instant) -> Result<(), ArmError> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(gate) = gates.get(&Lane::of(call)) else {
            return Ok(());
        };
        let until = if call.background {
            gate.closed_until.max(gate.low_until)
        } else {
            gate.closed_until
        };
        match until.and_then(|until| (until - now).to_std().ok()) {
            Some(retry_after) if !retry_after.is_zero() => Err(ArmError::Throttled { retry_after }),
            _ => Ok(()),
        }
    }

    /// Azure answered 429.
    pub(super) fn close(&self, call: &Call, retry_after: Duration, now: Instant) {
        let lane = Lane::of(call);
        metrics::counter!(THROTTLED_TOTAL, "subscription" => lane.scope.clone(), "calls" => lane.quota.name())
            .increment(1);
        tracing::warn!(
            azure.subscription = lane.scope,
            azure.calls = lane.quota.name(),
            wait_s = retry_after.as_secs(),
            "Azure asks to wait, so its calls are held back."
        );
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry(lane).or_default();
        gate.closed_until = gate.closed_until.max(after(now, retry_after));
    }

    /// Keeps what an answer says about the quota that is left.
    pub(super) fn note(&self, call: &Call, headers: &HeaderMap, now: Instant) {
        let Some(remaining) = remaining(call.operation.quota, headers) else {
            return;
        };
        let lane = Lane::of(call);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; quotas are small")]
        metrics::gauge!(QUOTA_REMAINING, "subscription" => lane.scope.clone(), "calls" => lane.quota.name())
            .set(remaining as f64);
        let step_back = if call.operation.quota == Quota::Graph {
            // Its whole quota is about 15 questions in 5 seconds, and the answer says when it is full again.
            (remaining == 0).then(|| resets_after(headers).unwrap_or(STEP_BACK))
        } else {
            (remaining < REMAINING_LOW).then_some(STEP_BACK)
        };
        let low_until = step_back.and_then(|wait| after(now, wait));
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(lane).or_default().low_until = low_until;
    }

    pub(super) fn degraded(&self, now: Instant) -> Vec<Degraded> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<_> = gates
            .iter()
            .filter_map(|(lane, gate)| {
                let until = gate.closed_until.filter(|until| *until > now)?;
                Some(Degraded {
                    scope: lane.scope.clone(),
                    calls: lane.quota.name(),
                    until,
                })
            })
            .collect();
        found.sort_by(|a, b| (&a.scope, a.calls).cmp(&(&b.scope, b.calls)));
        found
    }
}

fn after(now: Instant, wait: Duration) -> Option<Instant> {
    now.checked_add_signed(chrono::TimeDelta::from_std(wait).ok()?)
}

/// The wait of a 429: `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3).
///
/// A date is measured against the answer's own `Date`, so that a clock that is wrong here does no harm.
pub(super) fn retry_after(headers: &HeaderMap) -> Duration {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let wait = text(RETRY_AFTER).and_then(|asked| {
        if let Ok(seconds) = asked.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        (http_date(asked)? - http_date(text(DATE)?)?).to_std().ok()
    });
    // A wait of nothing would be a busy loop.
    wait.unwrap_or(RETRY_AFTER_DEFAULT)
        .clamp(Duration::from_secs(1), RETRY_AFTER_MAX)
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim())
        .ok()
        .map(|date| date.to_utc())
}

/// Resource Graph's `hh:mm:ss`.
fn resets_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("x-ms-user-quota-resets-after")?.to_str().ok()?;
    let mut parts = text.trim().splitn(3, ':').map(str::parse::<u64>);
    let (hours, minutes, seconds) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let wait = hours
        .checked_mul(3600)?
        .checked_add(minutes.checked_mul(60)?)?
        .checked_add(seconds)?;
    Some(Duration::from_secs(wait).min(RETRY_AFTER_MAX))
}

/// The smallest quota that the headers name for this kind of call.
fn remaining(quota: Quota, headers: &HeaderMap) -> Option<u64> {
    let kinds: &[&str] = match quota {
        Quota::Reads => &["reads", "resource-requests"],
        Quota::Writes => &["writes"],
        Quota::Graph => &["x-ms-user-quota-remaining"],
    };
    headers
        .iter()
        .filter(|(name, _)| {
            let name = name.as_str();
            let known = name == "x-ms-user-quota-remaining" || name.starts_with("x-ms-ratelimit-remaining-");
            known && kinds.iter().any(|kind| name.ends_with(kind))
        })
        .filter_map(|(_, value)| value.to_str().ok()?.trim().parse().ok())
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::arm::Operation;

    static READ: Operation = Operation {
        name: "test-read",
        method: reqwest::Method::GET,
        api_version: "2020-01-01",
        action: "Test/read",
        quota: Quota::Reads,
    };

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_wait_is_read_in_seconds_and_as_a_date() {
        let date = "Sun, 22 Jul 2018 12:51:56 GMT";
        let later = "Sun, 22 Jul 2018 12:52:26 GMT";
        for (pairs, seconds) in [
            (vec![("retry-after", "7")], 7),
            (vec![("retry-after", "0")], 1),
            (vec![("retry-after", "99999999999")], 3600),
            (vec![("retry-after", later), ("date", date)], 30),
            (vec![("retry-after", date), ("date", later)], 15),
            (vec![("retry-after", later)], 15),
            (vec![("retry-after", "-3")], 15),
            (vec![("retry-after", "soon")], 15),
            (vec![], 15),
        ] {
            assert_eq!(
                retry_after(&headers(&pairs)),
                Duration::from_secs(seconds),
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn a_low_quota_stops_the_background_first() {
        let throttle = Throttle::default();
        let call = Call::new(&READ, "/x".into());
        let background = call.clone().in_background();
        let now = DateTime::UNIX_EPOCH;
        throttle.note(
            &call,
            &headers(&[("x-ms-ratelimit-remaining-subscription-reads", "19")]),
            now,
        );
        assert!(throttle.check(&call, now).is_ok());
        assert!(throttle.check(&background, now).is_err());
        assert!(
            throttle
                .check(&background, now + chrono::TimeDelta::seconds(5))
                .is_ok()
        );
        throttle.note(
            &call,
            &headers(&[("x-ms-ratelimit-remaining-subscription-reads", "249")]),
            now,
        );
        assert!(throttle.check(&background, now).is_ok());
        assert!(throttle.degraded(now).is_empty());
    }

    #[test]
    fn an_empty_graph_quota_is_waited_for_as_long_as_it_says() {
        static GRAPH: Operation = Operation {
            name: "test-graph",
            method: reqwest::Method::POST,
            api_version: "2022-10-01",
            action: "Test/read",
            quota: Quota::Graph,
        };
        let throttle = Throttle::default();
        let call = Call::new(&GRAPH, "/x".into()).in_background();
        let now = DateTime::UNIX_EPOCH;
        throttle.note(&call, &headers(&[("x-ms-user-quota-remaining", "1")]), now);
        assert!(throttle.check(&call, now).is_ok());
        let empty = [
            ("x-ms-user-quota-remaining", "0"),
            ("x-ms-user-quota-resets-after", "00:00:03"),
        ];
        throttle.note(&call, &headers(&empty), now);
        assert!(
            throttle
                .check(&call, now + chrono::TimeDelta::seconds(2))
                .is_err()
        );
        assert!(throttle.check(&call, now + chrono::TimeDelta::seconds(3)).is_ok());
        for wrong in [
            "",
            "3",
            "a:b:c",
            "99999999999999999999:0:0",
            "18446744073709551615:0:0",
        ] {
            assert_eq!(
                resets_after(&headers(&[("x-ms-user-quota-resets-after", wrong)])),
                None,
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_recorded_quota_headers_are_read() {
        for (quota, name, value) in [
            (
                Quota::Writes,
                "x-ms-ratelimit-remaining-subscription-writes",
                1199,
            ),
            (
                Quota::Reads,
                "x-ms-ratelimit-remaining-subscription-resource-requests",
                749,
            ),
            (
                Quota::Reads,
                "x-ms-ratelimit-remaining-subscription-global-reads",
                3749,
            ),
            (Quota::Graph, "x-ms-user-quota-remaining", 14),
        ] {
            assert_eq!(
                remaining(quota, &headers(&[(name, &value.to_string())])),
                Some(value),
                "{name}"
            );
        }
        assert_eq!(
            remaining(
                Quota::Reads,
                &headers(&[("x-ms-ratelimit-remaining-resource", "a;197")])
            ),
            None
        );
    }
}

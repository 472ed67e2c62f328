//! Once a day the trail is told what the inventory shows and nobody would look for.
//!
//! One job waits for the next time; what it was told for is remembered, so that a restart tells nothing twice.

use chrono::{NaiveTime, TimeDelta};

use super::{Engine, worker::Outcome, write};
use crate::{
    domain::{
        Change, Instant,
        digest::Digest,
        effect::{Effect, Task},
        record::{By, Entry, Fact},
    },
    store::StoreError,
};

/// For so long a digest waits for the first picture after a start; then it says that there is none.
const WAIT_FOR_PICTURE: TimeDelta = TimeDelta::minutes(30);
/// More unsigned reviews than this do not fit into a line.
const REVIEWS_MAX: u32 = 10;
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);

impl Engine {
    /// The job that tells the next digest, if one is wanted.
    pub(super) fn next_digest(&self, now: Instant) -> Option<Effect> {
        let due = last(self.settings.digest_at?, now) + TimeDelta::days(1);
        Some(Effect::at(due, Task::Digest))
    }

    pub(super) async fn run_digest(&self) -> Result<Outcome, StoreError> {
        let now = self.now();
        let Some(at) = self.settings.digest_at else {
            return Ok(Outcome::Done);
        };
        let slot = last(at, now);
        let view = self.inventory.view();
        if view.oldest().is_none() && now < slot + WAIT_FOR_PICTURE {
            return Ok(Outcome::at(now + LOOK_AGAIN));
        }
        let mut work = self.store.begin().await?;
        let digest = Digest {
            reviews: work.unsigned_reviews(REVIEWS_MAX).await?,
            ..Digest::of(view.vms(), view.stale(), view.oldest())
        };
        // By the day, so that another time of day in the configuration tells no day twice.
        if work
            .first_time(&format!("digest:{}", slot.date_naive()), now)
            .await?
        {
            count(&digest, work.count_unsigned_reviews().await?);
            let change = Change {
                after: (),
                records: vec![Entry {
                    by: By::Time,
                    fact: Fact::Digest { digest },
                }],
                effects: Vec::new(),
            };
            write(&mut work, change, now).await?;
            work.commit().await?;
        }
        Ok(Outcome::at(slot + TimeDelta::days(1)))
    }
}

/// The last time at or before `now` that it was this time of day.
fn last(at: NaiveTime, now: Instant) -> Instant {
    let today = now.date_naive().and_time(at).and_utc();
    if today <= now {
        today
    } else {
        today - TimeDelta::days(1)
    }
}

fn count(digest: &Digest, unsigned_reviews: usize) {
    for (kind, found) in [
        ("open_without_jit", digest.open.count()),
        ("long_limit", digest.long.count()),
        ("any_source", digest.any_source.count()),
        ("stale_entry", digest.stale.count()),
        ("unsigned_review", unsigned_reviews),
    ] {
        let found = f64::from(u32::try_from(found).unwrap_or(u32::MAX));
        metrics::gauge!("portcullis_digest_findings", "kind" => kind).set(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_is_today_or_yesterday() {
        let seven = NaiveTime::from_hms_opt(7, 0, 0).unwrap();
        for (now, expected) in [
            ("2026-11-25T06:59:59Z", "2026-11-24T07:00:00Z"),
            ("2026-11-25T07:00:00Z", "2026-11-25T07:00:00Z"),
            ("2026-11-25T23:00:00Z", "2026-11-25T07:00:00Z"),
        ] {
            assert_eq!(
                last(seven, now.parse().unwrap()),
                expected.parse::<Instant>().unwrap(),
                "{now}"
            );
        }
    }
}

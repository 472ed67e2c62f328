//! When the hours of the rules begin or end while a request waits.

use super::{Request, RequestState};
use crate::domain::Instant;

impl Request {
    /// The next moment before the end of the wait at which the hours of one of its rules begin or end.
    pub fn next_hours(&self, now: Instant) -> Option<Instant> {
        let RequestState::Pending { answer_by, .. } = self.state else {
            return None;
        };
        let hours = self.terms.iter().filter_map(|terms| terms.bounds.hours.as_ref());
        let changes = hours.filter_map(|hours| {
            if hours.contains(now) {
                hours.end(now)
            } else {
                hours.next(now)
            }
        });
        changes.min().filter(|change| *change < answer_by)
    }
}

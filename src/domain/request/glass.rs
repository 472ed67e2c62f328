//! Somebody breaks the glass: it opens at once, everybody is told, and a review must be signed.

use super::Request;
use crate::domain::{
    Change, Instant,
    alone::Alone,
    ids::WindowId,
    record::{By, Entry, Fact},
    window::Window,
};

impl Change<Request> {
    /// A request that was just asked, opened at once by whoever asks.
    ///
    /// Whether they may is the caller's question.
    pub fn broken_glass(
        mut self,
        now: Instant,
        window_ids: impl FnMut() -> WindowId,
    ) -> Change<(Request, Vec<Window>)> {
        self.records.push(Entry {
            by: By::Person(self.after.requester.clone()),
            fact: Fact::BrokeGlass {
                request: self.after.facts(),
            },
        });
        self.decided_alone(now, window_ids)
    }
}

impl Request {
    /// Whether somebody opened it alone.
    pub fn is_broken_glass(&self) -> bool {
        self.terms
            .iter()
            .any(|terms| matches!(terms.alone, Some(Alone::BrokeGlass { .. })))
    }

    /// Whether it opens although a freeze is on: every rule involved says so.
    pub fn opens_in_freeze(&self) -> bool {
        !self.terms.is_empty()
            && self
                .terms
                .iter()
                .all(|terms| terms.alone == Some(Alone::BrokeGlass { in_freeze: true }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::request::sample::{NOW, facts, ids, simple, source};

    #[test]
    fn the_rule_decides_and_the_record_names_who_broke_it() {
        let mut ask = simple();
        ask.terms[0].alone = Some(Alone::BrokeGlass { in_freeze: false });
        let change = ask.from(source(), NOW).broken_glass(NOW, ids());
        assert_eq!(facts(&change), ["asked", "broke_glass", "approved"]);
        assert!(matches!(change.records[1].by, By::Person(_)));
        assert!(matches!(change.records[2].by, By::Rules(_)));
        let (request, windows) = change.after;
        assert!(request.is_broken_glass() && !request.is_automatic() && !request.opens_in_freeze());
        assert_eq!(windows.len(), 1);
    }
}

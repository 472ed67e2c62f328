//! What an approver must look at twice: a risky access is approved only after its facts were repeated.

use serde::{Deserialize, Serialize};

use super::{
    length::Length,
    source::Source,
    vote::{Door, Terms},
};

/// When a rule wants a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondLook {
    /// At every request under it, or at one for the machines that it names.
    #[serde(default)]
    pub always: bool,
    /// At a source with a shorter prefix.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wider_than: Option<u8>,
    /// At a longer access.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub longer_than: Option<Length>,
}

/// Why a second look is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookWhy {
    /// The rule wants it for these machines.
    Always,
    /// The source has more addresses than this prefix.
    WiderThan(u8),
    LongerThan(Length),
}

impl SecondLook {
    fn why(self, length: Length, source: Source) -> Vec<LookWhy> {
        let wide = self
            .wider_than
            .filter(|prefix| source.net().prefix_len() < *prefix)
            .map(LookWhy::WiderThan);
        let long = self
            .longer_than
            .filter(|most| length > *most)
            .map(LookWhy::LongerThan);
        let always = self.always.then_some(LookWhy::Always);
        [always, wide, long].into_iter().flatten().collect()
    }
}

/// Why an access of `length` from `source` needs a second look, by the rules when asked and by those of today.
pub fn looked_at_twice(
    asked: &[Terms],
    today: Option<&[Terms]>,
    length: Length,
    source: Source,
) -> Vec<LookWhy> {
    let doors: Vec<&Door> = asked.iter().flat_map(|terms| &terms.doors).collect();
    let today = today.unwrap_or_default().iter();
    let today = today.filter(|terms| terms.doors.iter().any(|door| doors.contains(&door)));
    let mut why: Vec<_> = asked
        .iter()
        .chain(today)
        .filter_map(|terms| terms.second_look)
        .flat_map(|look| look.why(length, source))
        .collect();
    why.sort_unstable();
    why.dedup();
    why
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::request::sample::{ON_CALL, door, length, role, terms};

    fn why(asked: SecondLook, today: Option<SecondLook>, long: &str, source: &str) -> Vec<LookWhy> {
        let of = |second_look| {
            [Terms {
                second_look,
                ..terms("web", vec![door("web-01", 22)], &[role(ON_CALL)], 1)
            }]
        };
        looked_at_twice(
            &of(Some(asked)),
            today
                .map(|today| of(Some(today)))
                .as_ref()
                .map(|terms| terms.as_slice()),
            length(long),
            source.parse().unwrap(),
        )
    }

    #[test]
    fn wide_long_and_named_are_looked_at_twice_by_either_rule() {
        let never = SecondLook {
            always: false,
            wider_than: None,
            longer_than: None,
        };
        let limits = SecondLook {
            wider_than: Some(32),
            longer_than: Some(length("2h")),
            ..never
        };
        assert_eq!(why(never, None, "24h", "8.0.0.0/8"), []);
        assert_eq!(why(limits, None, "2h", "8.8.8.8"), []);
        assert_eq!(why(limits, None, "2h", "8.8.8.8/31"), [LookWhy::WiderThan(32)]);
        assert_eq!(
            why(never, Some(limits), "2h1m", "8.8.8.8"),
            [LookWhy::LongerThan(length("2h"))]
        );
        let always = SecondLook {
            always: true,
            ..never
        };
        assert_eq!(why(always, Some(always), "10m", "8.8.8.8"), [LookWhy::Always]);
    }
}

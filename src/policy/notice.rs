//! How long before the end of an access its requester is told.

use super::book::RuleBook;
use crate::domain::{length::Length, vote::Terms};

/// What a rule says that says nothing of it.
pub const USUAL_NOTICE: &str = "10m";

impl RuleBook {
    /// The longest that one of the rules behind `terms` wants; `None` where none of them wants any.
    ///
    /// A rule that is gone counts as one that says nothing: its access is still open, and still ends.
    pub fn notice_before(&self, terms: &[Terms]) -> Option<Length> {
        terms
            .iter()
            .filter_map(|terms| {
                self.named(&terms.rule)
                    .map_or_else(|| USUAL_NOTICE.parse().ok(), |rule| rule.notice_before)
            })
            .max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::sample::{book, rule};

    fn terms(rule: &str) -> Terms {
        let json = serde_json::json!({ "rule": rule, "doors": [], "approvers": [], "approvals": 1 });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_longest_notice_of_the_rules_involved_counts() {
        let (mut short, mut long, mut off) = (rule("short"), rule("long"), rule("off"));
        short.notice_before = "5m".parse().ok();
        long.notice_before = "15m".parse().ok();
        off.notice_before = None;
        let book = book(vec![short, long, off]);
        let before = |names: &[&str]| {
            let all: Vec<_> = names.iter().map(|name| terms(name)).collect();
            book.notice_before(&all).map(|length| length.to_string())
        };
        assert_eq!(before(&["short", "long", "off"]).as_deref(), Some("15m"));
        assert_eq!(before(&["short", "off"]).as_deref(), Some("5m"));
        assert_eq!(before(&["off"]), None);
        assert_eq!(before(&["gone"]).as_deref(), Some("10m"));
    }
}

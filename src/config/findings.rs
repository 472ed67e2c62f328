//! What the rules say that can never come true, in sentences with a place and a suggestion.

use super::problem::{Problem, Problems};
use crate::policy::{Finding, RuleBook};

/// The findings about `book`, which was read without a problem: then rule `n` of it stands at `rule[n]`.
pub(super) fn findings(book: &RuleBook, problems: &Problems) -> Vec<Problem> {
    let name = |index: usize| book.rules.get(index).map_or("", |rule| rule.name.0.as_str());
    book.findings()
        .into_iter()
        .map(|finding| match finding {
            Finding::Shadowed { rule, by } => problems.noted(
                &format!("rule[{rule}]"),
                format!(
                    "the rule {:?} never governs anything, because {:?} above it matches the same machines, ports, people \
                     and hours and more; move it above {:?}, or take it out",
                    name(rule),
                    name(by),
                    name(by)
                ),
            ),
            Finding::NobodyFor {
                rule,
                requester,
                approvals,
            } => problems.noted(
                &format!("rule[{rule}].approvers"),
                format!(
                    "nobody can approve what user:{requester} asks for, because nobody decides on their own request: \
                     {approvals} must approve, and too few others are named; name more approvers, best a role"
                ),
            ),
            Finding::WidestNeverCounts { rule, widest, within } => problems.noted(
                &format!("rule[{rule}].sources.widest"),
                format!(
                    "no source can be as wide as /{widest}, because the widest network of within is a /{within}; write \
                     \"/{within}\" or narrower"
                ),
            ),
        })
        .collect()
}

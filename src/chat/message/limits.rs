//! The stricter limits within a rule, and why they are there.

use super::{limit::listed, quote::quoted_within};
use crate::domain::{bounds::Limit, vote::Terms};

/// One sentence for each limit that applies, as they follow the line of the rule.
pub(super) fn sentences(terms: &Terms) -> String {
    terms
        .bounds
        .limits
        .iter()
        .map(|limit| format!(" {}", sentence(limit)))
        .collect()
}

/// "At most 30m and 2 approvals, because the source is a whole network."
pub(super) fn sentence(limit: &Limit) -> String {
    let demands: Vec<_> = [
        limit.max_for.map(|max| format!("at most {max}")),
        limit.approvals.map(|approvals| format!("{approvals} approvals")),
        limit.reason.then(|| "a reason".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let demands = listed(&demands, 120);
    let mut letters = demands.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let demands: String = first.chain(letters).collect();
    format!("{demands}{}.", because(Some(&limit.because)))
}

/// ", because the source is a whole network"; nothing where it is the rule itself.
pub(super) fn because(why: Option<&str>) -> String {
    let why = why.map(|why| quoted_within(why.trim_end_matches('.'), 240));
    why.map_or_else(String::new, |why| format!(", because {why}"))
}

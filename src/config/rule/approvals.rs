//! `approvals` of a rule, beside the people who could give them.

use std::collections::BTreeSet;

use crate::{config::problem::Problems, domain::actor::Principal};

/// More approvals than this are a slip of the finger.
const APPROVALS_MAX: u8 = 20;

pub(super) fn approvals(
    key: &str,
    written: Option<i64>,
    approvers: Option<&[Principal]>,
    problems: &mut Problems,
) -> Option<u8> {
    let approvals = u8::try_from(written.unwrap_or(1)).ok();
    let Some(approvals) = approvals.filter(|approvals| (1..=APPROVALS_MAX).contains(approvals)) else {
        problems.at(key, format!("a request needs 1 to {APPROVALS_MAX} approvals"));
        return None;
    };
    let approvers = approvers.unwrap_or_default();
    let all_named = approvers
        .iter()
        .all(|principal| matches!(principal, Principal::User(_)));
    let people = approvers.iter().collect::<BTreeSet<_>>().len();
    if all_named && people > 0 && people < usize::from(approvals) {
        problems.at(
            key,
            format!(
                "{approvals} approvals can never come together, because only {people} named users may approve"
            ),
        );
        return None;
    }
    Some(approvals)
}

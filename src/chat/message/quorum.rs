//! The rules of a request and their votes: who may answer, who did, what is missing.

use crate::domain::{
    actor::Principal,
    request::RequestState,
    vote::{Choice, Door, Terms, Vote, approvals_missing},
};

use super::{
    limit::{counted, joined, listed},
    phrase,
    quote::quoted_within,
    view::View,
};

/// One line per rule, at most `room` wide.
pub(super) fn lines(view: &View<'_>, room: usize) -> String {
    let parts: Vec<_> = view.request.terms.iter().map(|terms| line(view, terms)).collect();
    joined(&parts, "\n", room)
}

fn line(view: &View<'_>, terms: &Terms) -> String {
    if view.request.is_approved_by_rule() {
        return format!(
            "**{}**: extends an access once without asking, so no approval was needed.",
            quoted_within(&terms.rule.0, 80)
        );
    }
    let votes = view.request.votes();
    let needed = needed(terms, view.today);
    let given = terms
        .doors
        .iter()
        .map(|door| approvals(votes, door).count())
        .min()
        .unwrap_or(0);
    let yes: Vec<_> = votes
        .iter()
        .filter(|vote| terms.doors.iter().any(|door| vote.counts_for.contains(door)))
        .map(|vote| phrase::person(&vote.voter))
        .collect();
    let yes = if yes.is_empty() {
        String::new()
    } else {
        format!(" Approved by {}.", listed(&yes, 200))
    };
    let may = match view.request.state {
        RequestState::Draft { .. } | RequestState::Pending { .. } => {
            let who: Vec<_> = terms.approvers.iter().map(phrase::principal).collect();
            format!(" {} may answer.", listed(&who, 240))
        }
        _ => String::new(),
    };
    format!(
        "**{}**: {given} of {}.{yes}{may}",
        quoted_within(&terms.rule.0, 80),
        counted(needed, "approval", "approvals"),
    )
}

/// The stricter of the rule as it was and as it is.
fn needed(terms: &Terms, today: Option<&[Terms]>) -> usize {
    let now = terms
        .doors
        .iter()
        .filter_map(|door| Terms::of(today?, door))
        .map(|terms| terms.approvals)
        .max()
        .unwrap_or(0);
    usize::from(terms.approvals.max(now).max(1))
}

fn approvals<'a>(votes: &'a [Vote], door: &'a Door) -> impl Iterator<Item = &'a Vote> {
    votes
        .iter()
        .filter(move |vote| vote.choice == Choice::Approve && vote.counts_for.contains(door))
}

/// What a pending request still needs.
pub(super) fn missing(view: &View<'_>) -> String {
    let missing = view
        .today
        .and_then(|today| approvals_missing(view.request.votes(), &view.request.terms, today));
    match missing {
        None => "No rule allows this request any more, so nobody can approve it. \
                 It can still be denied, or withdrawn by who asked."
            .to_owned(),
        Some(missing) => more_needed(missing),
    }
}

/// "1 more approval is needed."
pub(super) fn more_needed(missing: u8) -> String {
    match missing {
        1 => "1 more approval is needed.".to_owned(),
        missing => format!("{missing} more approvals are needed."),
    }
}

/// Everybody who may answer, each once, without who asked; at most `most`.
pub(super) fn approvers(view: &View<'_>, most: usize) -> Vec<Principal> {
    let mut found = Vec::new();
    for principal in view.request.terms.iter().flat_map(|terms| &terms.approvers) {
        if *principal != Principal::User(view.request.requester.id)
            && !found.contains(principal)
            && found.len() < most
        {
            found.push(*principal);
        }
    }
    found
}

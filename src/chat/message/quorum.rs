//! The rules of a request and their votes: who may answer, who did, what is missing.

use crate::domain::{
    quorum::{Group, Need, Quorum},
    request::RequestState,
    vote::{Choice, Terms, approvals_missing, named_needs},
};

use super::{
    alone, hours,
    limit::{counted, joined, listed},
    limits, phrase,
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
            "**{}**: {}",
            quoted_within(&terms.rule.0, 80),
            alone::no_votes(view.request)
        );
    }
    let is_open = matches!(
        view.request.state,
        RequestState::Draft { .. } | RequestState::Pending { .. }
    );
    let votes: Vec<_> = view
        .request
        .votes()
        .iter()
        .filter(|vote| terms.doors.iter().any(|door| vote.counts_for.contains(door)))
        .collect();
    let yes: Vec<_> = votes.iter().map(|vote| phrase::person(&vote.voter)).collect();
    let yes = if yes.is_empty() {
        String::new()
    } else {
        format!(" Approved by {}.", listed(&yes, 200))
    };
    let limits = limits::sentences(terms);
    let may = if is_open {
        let only = terms.bounds.hours.as_ref().map(hours::phrase);
        let only = only.map_or_else(String::new, |hours| format!(" It holds {hours}."));
        let not_alone = alone::not_alone(terms).map_or_else(String::new, |why| format!(" {why}"));
        format!("{}{only}{not_alone}", may_answer(&terms.quorum))
    } else {
        String::new()
    };
    let (needed, missing) = standing(view, terms, is_open);
    format!(
        "**{}**: {} of {}.{yes}{may}{limits}",
        quoted_within(&terms.rule.0, 80),
        needed.saturating_sub(missing),
        counted(needed, "approval", "approvals"),
    )
}

/// How many approvals are needed and missing: by the stricter of the rule as it was and, while it is open, as it is.
fn standing(view: &View<'_>, terms: &Terms, is_open: bool) -> (usize, usize) {
    let votes = view.request.votes();
    let today = view.today.filter(|_| is_open).unwrap_or_default();
    let of = |quorum: &Quorum, door| {
        let given = votes
            .iter()
            .filter(|vote| vote.choice == Choice::Approve && vote.counts_for.contains(door));
        (quorum.missing(given), quorum.approvals())
    };
    let worst = terms
        .doors
        .iter()
        .flat_map(|door| {
            let now = Terms::of(today, door).map(|now| of(&now.quorum, door));
            [Some(of(&terms.quorum, door)), now]
        })
        .flatten()
        .max();
    worst.map_or(
        (terms.quorum.approvals(), terms.quorum.approvals()),
        |(missing, needed)| (needed, missing),
    )
}

fn may_answer(quorum: &Quorum) -> String {
    match quorum.groups() {
        [sole] if sole.name.is_none() => {
            let who: Vec<_> = sole.approvers.iter().map(phrase::principal).collect();
            format!(" {} may answer.", listed(&who, 240))
        }
        groups => {
            let parts: Vec<_> = groups
                .iter()
                .map(|group| format!("{} of {}", group.approvals.max(1), members(group, 100)))
                .collect();
            format!(
                " It needs {}; one person counts for one group only.",
                listed(&parts, 400)
            )
        }
    }
}

/// Whose approvals a rule wants: "1 approval by …", or "1 approval of on-call (…) and 2 approvals of leads (…)".
pub(super) fn wanted(quorum: &Quorum, room: usize) -> String {
    match quorum.groups() {
        [sole] if sole.name.is_none() => {
            let who: Vec<_> = sole.approvers.iter().map(phrase::principal).collect();
            format!(
                "{} by {}",
                counted(usize::from(sole.approvals), "approval", "approvals"),
                listed(&who, room)
            )
        }
        groups => {
            let parts: Vec<_> = groups
                .iter()
                .map(|group| {
                    let approvals = counted(usize::from(group.approvals), "approval", "approvals");
                    format!("{approvals} of {}", members(group, room / 2))
                })
                .collect();
            listed(&parts, room * 2)
        }
    }
}

fn members(group: &Group, room: usize) -> String {
    let who: Vec<_> = group.approvers.iter().map(phrase::principal).collect();
    let who = listed(&who, room);
    match &group.name {
        Some(name) => format!("{} ({who})", name_of(name)),
        None => who,
    }
}

fn name_of(group: &str) -> String {
    quoted_within(group, 60)
}

/// What a pending request still needs.
pub(super) fn missing(view: &View<'_>) -> String {
    let (votes, asked) = (view.request.votes(), &view.request.terms);
    let missing = view
        .today
        .and_then(|today| Some((approvals_missing(votes, asked, today)?, today)));
    match missing {
        None if view.request.terms.iter().any(|terms| terms.bounds.hours.is_some()) => {
            "No rule allows this request at this hour, so nobody can approve it now. It can still be denied, or \
             withdrawn by who asked."
                .to_owned()
        }
        None => "No rule allows this request any more, so nobody can approve it. \
                 It can still be denied, or withdrawn by who asked."
            .to_owned(),
        Some((missing, today)) => more_needed(missing, &named_needs(votes, asked, today)),
    }
}

/// "1 more approval is needed.", or "2 more approvals are needed: 1 of on-call and 1 of leads."
pub(super) fn more_needed(missing: u8, needs: &[Need]) -> String {
    let more = match missing {
        1 => "1 more approval is needed".to_owned(),
        missing => format!("{missing} more approvals are needed"),
    };
    if needs.is_empty() {
        return format!("{more}.");
    }
    let parts: Vec<_> = needs.iter().map(need).collect();
    format!("{more}: {}.", listed(&parts, 400))
}

fn need(need: &Need) -> String {
    if need.of.is_empty() {
        return format!("{} of the approvers of another rule", need.count);
    }
    let names: Vec<_> = need.of.iter().map(|name| name_of(name)).collect();
    let least: String = need
        .at_least
        .iter()
        .map(|(count, name)| format!(", at least {count} of {}", name_of(name)))
        .collect();
    format!("{} of {}{least}", need.count, names.join(" or "))
}

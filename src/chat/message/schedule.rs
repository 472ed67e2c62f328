//! A later start: what is said of it, and why one is refused.

use super::{alone, phrase, quote::quoted_within, refusal, rendered::Rendered, when};
use crate::domain::{
    ids::RequestNumber,
    length::Length,
    request::{NotStarted, Request, RequestState},
    start::{AHEAD_MAX, StartRefusal},
};

/// From when until when; `None` for a request that starts with its approval.
pub(super) fn line(request: &Request) -> Option<String> {
    line_for(request, request.length)
}

/// The same, if it were approved for `length`.
pub(super) fn line_for(request: &Request, length: Length) -> Option<String> {
    let starts_at = request.starts_at?;
    let ends_at = starts_at + length.delta();
    let late = match request.state {
        RequestState::Draft { .. } | RequestState::Pending { .. } => {
            " Approved after its start, it opens at once and ends at that same time."
        }
        _ => "",
    };
    Some(format!(
        "From {} until {}.{late}",
        when::full(starts_at),
        when::full(ends_at)
    ))
}

/// When an approved request starts, and what is looked at then; empty for one that does not wait for its start.
pub(super) fn waits(request: &Request) -> String {
    let RequestState::Scheduled {
        starts_at, ends_at, ..
    } = &request.state
    else {
        return String::new();
    };
    format!(
        "It starts {} and ends {}. Before Azure is asked, Portcullis looks whether the rules still allow it.",
        when::full(*starts_at),
        when::full(*ends_at)
    )
}

/// Why an approved request was not opened, as a sentence.
pub(super) fn not_started(why: &NotStarted) -> String {
    match why {
        NotStarted::CalledOff { person } => {
            format!("{} called it off before its start.", phrase::person(person))
        }
        NotStarted::LeftGuild => "Who asked is not a member of this server any more.".to_owned(),
        NotStarted::NoRule { door } => format!(
            "At its start no rule let who asked have {} any more: their roles have changed, or the rules.",
            phrase::door(&door.vm, door.port)
        ),
        NotStarted::VmGone { vm } => format!(
            "At its start there was no machine **{}** any more.",
            phrase::machine(vm)
        ),
        NotStarted::Refused { code } => format!(
            "At its start the rules or the JIT policies would have refused it ({}).",
            quoted_within(&code.replace('_', " "), 80)
        ),
        NotStarted::OutOfTime => "Portcullis could not look at it between its start and its end.".to_owned(),
        NotStarted::MoreApprovals => {
            "At its start the rules wanted more approvals than it had, or those of other \
                                      people: the rules have changed."
                .to_owned()
        }
        NotStarted::SecondLook => {
            "At its start the rules wanted an approver to look at it twice, and nobody had: the \
                                   rules have changed."
                .to_owned()
        }
        NotStarted::NotAlone { rule, why } => {
            let because = why
                .as_ref()
                .map_or_else(|| "it approves nothing alone any more".to_owned(), alone::because);
            format!(
                "The rule “{}” had approved it alone, and at its start it would not have, because {because}.",
                quoted_within(&rule.0, 80)
            )
        }
    }
}

/// Why it is over, with when.
pub(super) fn over(request: &Request) -> String {
    match &request.state {
        RequestState::NotStarted { approved_at, why, .. } => format!(
            "It was approved by {} at {}. {} Nothing was opened.",
            phrase::deciders(request, 300),
            when::time(*approved_at),
            not_started(why)
        ),
        _ => String::new(),
    }
}

/// When the same would start if it were asked again; empty for a request that had no start of its own.
pub(super) fn again(request: &Request) -> String {
    let Some(starts_at) = request.starts_at else {
        return String::new();
    };
    let over_at = match &request.state {
        RequestState::Denied { at, .. }
        | RequestState::Withdrawn { at, .. }
        | RequestState::Lapsed { at, .. }
        | RequestState::NotStarted { at, .. } => *at,
        _ => starts_at,
    };
    if over_at < starts_at {
        format!(
            " starting {} (once that is past: with its approval)",
            when::full(starts_at)
        )
    } else {
        " starting with its approval".to_owned()
    }
}

/// What somebody is told who called it off.
pub fn called_off(request: &Request) -> Rendered {
    Rendered::text(format!(
        "Request {} for {} is called off. Nothing is opened at its start.",
        request.number,
        phrase::doors_of(request, 800)
    ))
}

/// Somebody wants to close a part of what waits for its start.
pub fn not_in_parts(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Nothing was called off: request {number} waits for its start and has no windows yet, so it is called off as a \
         whole or not at all. `/jit close request:{number}` without `vm` and `port` calls it off."
    ))
}

/// Why a text is no start.
pub fn refused(typed: &str, why: StartRefusal) -> Rendered {
    let typed = quoted_within(typed, 60);
    let why = match why {
        StartRefusal::Unreadable => "it cannot be read. Write `in 2h`, `14:30`, `tomorrow 09:00` or `2026-11-27 \
                                     09:00`; times are UTC unless an offset such as `+01:00` stands behind them."
            .to_owned(),
        StartRefusal::Past { at } => format!("that was {}. Leave `at` out to start with the approval.", when::full(at)),
        StartRefusal::TooFar { at, latest } => format!(
            "that would be {}, and a start lies at most {} days ahead, {} for now.",
            when::full(at),
            AHEAD_MAX.num_days(),
            when::full(latest)
        ),
    };
    refusal::input::nothing_asked(&format!("“{typed}” cannot be used as `at`: {why}"))
}

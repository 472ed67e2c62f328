//! What an approver is told: that the vote counted, what to look at twice, that it was taken back, who looks at it.

use serenity::all::{ButtonStyle, CreateActionRow};

use super::{
    button::{Button, ConfirmVote},
    limit::listed,
    narrow, phrase, quorum,
    quote::quoted_within,
    rendered::Rendered,
    schedule,
    view::View,
    warning,
};
use crate::domain::{
    ids::RequestId,
    length::Length,
    request::{Less, RequestState},
    second_look::{LookWhy, looked_at_twice},
    source::Source,
};

/// The request as it stands after the vote.
///
/// Says nothing of what Azure will do: the card tells when it is open.
pub fn counted(view: &View<'_>) -> Rendered {
    let request = view.request;
    let number = request.number;
    let doors = phrase::doors_of(request, 500);
    let text = match &request.state {
        RequestState::Pending { .. } => {
            let less = narrow::note(request)
                .map(|note| format!(" {note}"))
                .unwrap_or_default();
            return Rendered {
                components: vec![take_back_row(request.id)],
                ..Rendered::text(format!(
                    "You approved request {number} for {doors}.{less} {} Nothing is opened until then.",
                    quorum::missing(view)
                ))
            };
        }
        RequestState::Approved { .. } | RequestState::Settled { .. } if view.freeze.is_some() => format!(
            "You approved request {number} for {doors}, and it was the last approval needed. A freeze is on, so it \
             opens only when the freeze is lifted."
        ),
        RequestState::Approved { .. } | RequestState::Settled { .. } => format!(
            "You approved request {number}, and it was the last approval needed. Opening {doors} now; the card says \
             when Azure reports it as open."
        ),
        RequestState::Denied { reason, .. } => {
            let reason = reason.as_ref().map_or_else(
                || "without a reason".to_owned(),
                |reason| format!("with the reason: {}", quoted_within(reason.as_str(), 640)),
            );
            format!("You denied request {number} for {doors}, {reason}. Nothing is opened.")
        }
        RequestState::Scheduled { .. } => format!(
            "You approved request {number} for {doors}, and it was the last approval needed. {}",
            schedule::waits(request)
        ),
        RequestState::Draft { .. }
        | RequestState::Withdrawn { .. }
        | RequestState::Lapsed { .. }
        | RequestState::NotStarted { .. } => {
            format!("Request {number} for {doors} is not waiting for an answer.")
        }
    };
    Rendered::text(text)
}

/// Take my vote back.
pub(super) fn take_back_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::TakeBack(request).face("Take my vote back", ButtonStyle::Secondary),
    ])
}

/// The request after its approval was taken back.
pub fn taken_back(view: &View<'_>) -> Rendered {
    Rendered::text(format!(
        "You took your approval of request {} back. {}",
        view.request.number,
        quorum::missing(view)
    ))
}

/// The facts once more, before an approval of something risky counts.
pub fn second_look(view: &View<'_>, less: Less) -> Rendered {
    let request = view.request;
    let Some(asked) = request.source() else {
        return Rendered::text(format!(
            "Request {} is not waiting for an answer.",
            request.number
        ));
    };
    let (length, source) = less.of(request.length, asked).unwrap_or((request.length, asked));
    let whole = narrow::whole_length(request, length);
    let why: Vec<_> = looked_at_twice(&request.terms, view.today, whole, source)
        .into_iter()
        .map(because)
        .collect();
    let reason = request.reason.as_ref().map_or_else(
        || "no reason given".to_owned(),
        |reason| quoted_within(reason.as_str(), 400),
    );
    let start = schedule::line_for(request, length)
        .map(|line| format!(" {line}"))
        .unwrap_or_default();
    let warnings = warning::lines(view, 500)
        .map(|warnings| format!("\n{warnings}"))
        .unwrap_or_default();
    let confirm = ConfirmVote {
        request: request.id,
        less,
    };
    Rendered {
        components: vec![CreateActionRow::Buttons(vec![
            Button::ConfirmVote(confirm).face("Confirm", ButtonStyle::Danger),
        ])],
        ..Rendered::text(format!(
            "Look twice before you approve request {}, because {}.\n{} asks for {} for {} from {}.{start}\nWhy: {reason}\
             {warnings}\nIf that is what you want to allow, press Confirm. Only that counts as your approval.",
            request.number,
            listed(&why, 300),
            phrase::person(&request.requester),
            phrase::doors_of(request, 400),
            length,
            phrase::source(source),
        ))
    }
}

/// Why a second look is wanted, as it is said after "because".
pub(super) fn because(why: LookWhy) -> String {
    match why {
        LookWhy::Always => "its rule wants a second look for these machines".to_owned(),
        LookWhy::WiderThan(prefix) => format!("its source is wider than /{prefix}"),
        LookWhy::LongerThan(most) => format!("it lasts longer than {most}"),
    }
}

/// Whether an approval of all that is asked needs a second look.
pub(super) fn is_looked_at_twice(view: &View<'_>, source: Source) -> bool {
    let length: Length = narrow::whole_length(view.request, view.request.length);
    !looked_at_twice(&view.request.terms, view.today, length, source).is_empty()
}

/// They are looking at it.
pub fn claimed(view: &View<'_>) -> Rendered {
    let request = view.request;
    Rendered {
        components: vec![CreateActionRow::Buttons(vec![
            Button::LetGo(request.id).face("Let it go", ButtonStyle::Secondary),
        ])],
        ..Rendered::text(format!(
            "The card of request {} says that you are looking at it; reminders and calls to others wait for 10 minutes. \
             {} If you cannot decide it, press Let it go.",
            request.number,
            quorum::missing(view)
        ))
    }
}

/// They are not looking at it any more.
pub fn let_go(view: &View<'_>) -> Rendered {
    Rendered::text(format!(
        "The card of request {} does not say any more that you are looking at it. {}",
        view.request.number,
        quorum::missing(view)
    ))
}

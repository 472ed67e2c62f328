//! What is said of a request that waits: reminders, and calls to further people. Each replies to the request's card.

use super::{
    limit::{CONTENT, width},
    phrase, quorum,
    rendered::Rendered,
    view::View,
    when,
};
use crate::domain::{
    Instant,
    actor::Principal,
    request::{Request, RequestState},
};

/// How many people are called at most: Discord takes 100, and the text must stay readable.
const CALLED: usize = 40;
/// Room for what is asked for.
const DOORS: usize = 300;

/// The `nth` reminder. The first one calls again whoever the card called and has not voted; the others call nobody.
pub fn reminder(view: &View<'_>, nth: u32) -> Rendered {
    let called = match nth {
        1 => not_voted(view.request, view.request.called_first(CALLED)),
        _ => Vec::new(),
    };
    waiting(view, &reminder_marker(view.request, nth), called)
}

/// Calls whoever was escalated to at that time.
pub fn call(view: &View<'_>, at: Instant) -> Rendered {
    let request = view.request;
    let now = request.escalated().iter().filter(|step| step.at == at);
    let called = request.others_among(now.flat_map(|step| &step.to), CALLED);
    waiting(view, &call_marker(request, at), not_voted(request, called))
}

/// The text by which a reminder is found again in the channel.
pub fn reminder_marker(request: &Request, nth: u32) -> String {
    format!("Reminder {nth} for request {}:", request.number)
}

/// The text by which a call is found again in the channel.
pub fn call_marker(request: &Request, at: Instant) -> String {
    format!(
        "Request {} was still not decided at {}:",
        request.number,
        when::time(at)
    )
}

fn waiting(view: &View<'_>, marker: &str, called: Vec<Principal>) -> Rendered {
    let request = view.request;
    let mut words = vec![
        format!(
            "{marker} {} asks for {}.",
            phrase::person(&request.requester),
            phrase::doors_of(request, DOORS)
        ),
        quorum::missing(view),
    ];
    if let RequestState::Pending { answer_by, .. } = &request.state {
        words.push(format!("An answer counts until {}.", when::full(*answer_by)));
    }
    words.push("Please answer on the card to which this message replies.".to_owned());
    let said = words.join(" ");
    // Only groups with long names leave less room than for everybody.
    let mut room = CONTENT.saturating_sub(width(&said));
    let (pings, mut named): (Vec<_>, Vec<_>) = called
        .into_iter()
        .map_while(|principal| {
            let name = phrase::principal(&principal);
            room = room.checked_sub(width(&name) + 1)?;
            Some((principal, name))
        })
        .unzip();
    named.push(said);
    Rendered {
        content: named.join(" "),
        pings,
        ..Rendered::default()
    }
}

fn not_voted(request: &Request, mut called: Vec<Principal>) -> Vec<Principal> {
    called.retain(|principal| {
        !request
            .votes()
            .iter()
            .any(|vote| *principal == Principal::User(vote.voter.id))
    });
    called
}

//! The notice before the end of an access.

use super::{
    answer::Place, button::open_row, limit::listed, phrase, rendered::Rendered, view::View, when, window,
};
use crate::domain::{Instant, actor::Principal, ids::RequestNumber, request::Request, window::WindowState};

/// The text by which a notice is found again; everything else in it may have changed since.
pub fn marker(request: &Request) -> String {
    format!("Request {} ends soon:", request.number)
}

/// What is open ends at `ends_at`; `asked` is the request that asks for more time and waits for an answer.
pub fn notice(view: &View<'_>, ends_at: Instant, asked: Option<RequestNumber>, place: Place) -> Rendered {
    let request = view.request;
    let open: Vec<_> = view
        .windows
        .iter()
        .filter(|window| matches!(window.state, WindowState::Open { .. }))
        .map(|window| phrase::door(&window.vm, window.port))
        .collect();
    let more = match asked {
        Some(number) => format!("Request {number} asks for more time and waits for an answer."),
        None => "If you need more time, press Extend before then.".to_owned(),
    };
    let (mention, pings) = match place {
        Place::Private => (String::new(), Vec::new()),
        Place::Channel => (
            format!("{} ", phrase::person(&request.requester)),
            vec![Principal::User(request.requester.id)],
        ),
    };
    Rendered {
        content: format!(
            "{mention}{} {} closes {}. {}\n{more} If you do not need it any more, press I'm done.",
            marker(request),
            listed(&open, 800),
            when::full(ends_at),
            window::sessions(view.vms),
        ),
        components: vec![open_row(request.id)],
        pings,
        ..Rendered::default()
    }
}

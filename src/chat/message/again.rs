//! Asking again for the same: what that would be, and why it was not asked.

use super::{phrase, quote::quoted_within, refusal::vote::decided, rendered::Rendered, schedule};
use crate::domain::{
    ids::RequestNumber,
    request::{Request, RequestState},
};

/// What the button Ask again would ask; `None` where there is nothing to ask again.
pub(super) fn offer(request: &Request) -> Option<String> {
    if !request.can_be_asked_again() {
        return None;
    }
    let from = request.source().map_or_else(
        || "the address that you confirm then".to_owned(),
        |source| format!("`{source}`"),
    );
    let reason = request.reason.as_ref().map_or_else(
        || "without a reason".to_owned(),
        |reason| format!("because: {}", quoted_within(reason.as_str(), 300)),
    );
    Some(format!(
        "If you still need it, press **Ask again**: it asks for {} from {from} for {}{}, {reason}",
        phrase::doors_of(request, 300),
        request.length,
        schedule::again(request)
    ))
}

/// Only who asked can ask again.
pub fn not_yours(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Nothing was asked, because request {number} is somebody else's. Ask for access of your own with \
         `/jit request`."
    ))
}

/// The earlier request is not over, or extends one that may still be open.
pub fn not_over(request: &Request) -> Rendered {
    let number = request.number;
    let why = if request.extends.is_some() && !matches!(request.state, RequestState::Settled { .. }) {
        "it asked for more time for another request. `/jit extend` asks for more time, and `/jit request` for a \
         new access."
            .to_owned()
    } else {
        format!(
            "it {}. `/jit status request:{number}` shows how it stands.",
            decided(&request.state)
        )
    };
    Rendered::text(format!("Request {number} was not asked again: {why}"))
}

/// The same waits already.
pub fn waits(number: RequestNumber, waiting: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Request {number} was not asked again: request {waiting} asks for the same and is not decided yet. `/jit status \
         request:{waiting}` shows how it stands."
    ))
}

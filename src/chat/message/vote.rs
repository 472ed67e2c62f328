//! What a voter is told whose vote counted.

use super::{phrase, quorum, quote::quoted_within, rendered::Rendered, view::View};
use crate::domain::request::RequestState;

/// The request as it stands after the vote.
///
/// Says nothing of what Azure will do: the card tells when it is open.
pub fn counted(view: &View<'_>) -> Rendered {
    let request = view.request;
    let number = request.number;
    let doors = phrase::doors_of(request, 500);
    Rendered::text(match &request.state {
        RequestState::Pending { .. } => format!(
            "You approved request {number} for {doors}. {} Nothing is opened until then.",
            quorum::missing(view)
        ),
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
        RequestState::Draft { .. } | RequestState::Withdrawn { .. } | RequestState::Lapsed { .. } => {
            format!("Request {number} for {doors} is not waiting for an answer.")
        }
    })
}

//! What somebody is told who closes windows before their end.

use super::{limit::listed, phrase, rendered::Rendered, window::SESSIONS};
use crate::domain::{ids::RequestNumber, window::Window};

/// Azure is being asked to close `windows`.
///
/// Never says "closed": the card and the requester's message do, when Azure confirms it.
pub fn closing(number: RequestNumber, windows: &[Window]) -> Rendered {
    let doors: Vec<_> = windows
        .iter()
        .map(|window| phrase::door(&window.vm, window.port))
        .collect();
    Rendered::text(format!(
        "Closing {} of request {number} now. The card says when Azure reports it as shut. {}",
        listed(&doors, 800),
        SESSIONS.replace("when it ends", "by that")
    ))
}

/// This person may not close it.
pub fn not_allowed(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Request {number} was not closed. Who asked for it, its approvers and the administrators can close it."
    ))
}

/// Nothing of the request is open or opening.
pub fn nothing_open(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Request {number} has nothing that can be closed: no window of it is open or opening. `/jit status` shows \
         how it stands."
    ))
}

/// It is being closed already.
pub fn closing_already(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Request {number} is being closed already. The card says when Azure reports it as shut."
    ))
}

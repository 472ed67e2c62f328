//! What somebody is told who closes windows before their end.

use super::{
    limit::{joined, listed},
    phrase,
    rendered::Rendered,
    window::sessions,
};
use crate::domain::{ids::RequestNumber, vm::Vm, window::Window};

/// Azure is being asked to close `windows`.
///
/// Never says "closed": the card and the requester's message do, when Azure confirms it.
pub fn closing(number: RequestNumber, windows: &[Window], vms: &[&Vm]) -> Rendered {
    let mut doors: Vec<_> = windows
        .iter()
        .map(|window| phrase::door(&window.vm, window.port))
        .collect();
    // An extension has the doors of what it extends.
    doors.sort_unstable();
    doors.dedup();
    Rendered::text(format!(
        "Closing {} of request {number} now. The card says when Azure reports it as shut. {}",
        listed(&doors, 800),
        sessions_by_closing(vms)
    ))
}

fn sessions_by_closing(vms: &[&Vm]) -> String {
    sessions(vms).replace("when it ends", "by that")
}

/// This person may not close it.
pub fn not_allowed(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Request {number} was not closed. Who asked for it, its approvers and the administrators can close it."
    ))
}

/// The request has no window there.
pub fn no_such_window(number: RequestNumber, windows: &[Window]) -> Rendered {
    let doors: Vec<_> = windows
        .iter()
        .map(|window| phrase::door(&window.vm, window.port))
        .collect();
    Rendered::text(format!(
        "Nothing was closed, because request {number} has no such window. It has: {}. Without `vm:` and `port:` all of \
         them are closed.",
        joined(&doors, ", ", 1200)
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
pub fn closing_already(number: RequestNumber, vms: &[&Vm]) -> Rendered {
    Rendered::text(format!(
        "Request {number} is being closed already. The card says when Azure reports it as shut. {}",
        sessions_by_closing(vms)
    ))
}

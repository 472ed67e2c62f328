//! What somebody is told who took a request back.

use super::{phrase, rendered::Rendered};
use crate::domain::request::Request;

/// It is withdrawn.
pub fn withdrawn(request: &Request) -> Rendered {
    Rendered::text(format!(
        "You withdrew request {} for {}. Nothing was opened, and nobody needs to answer it any more.",
        request.number,
        phrase::doors_of(request, 800)
    ))
}

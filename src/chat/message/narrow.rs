//! How approvers have made a request less than was asked.

use super::{limit::listed, phrase};
use crate::domain::{length::Length, request::Request};

/// "Less than was asked: 1h instead of 2h, from `a` instead of `b`; narrowed by …", if that is so.
pub(super) fn note(request: &Request) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(asked) = request.narrowed.iter().find_map(|one| one.length_before) {
        parts.push(format!("{} instead of {asked}", request.length));
    }
    if let (Some(asked), Some(source)) = (
        request.narrowed.iter().find_map(|one| one.source_before),
        request.source(),
    ) {
        parts.push(format!("from `{source}` instead of `{asked}`"));
    }
    if parts.is_empty() {
        return None;
    }
    let mut people: Vec<_> = Vec::new();
    for one in &request.narrowed {
        let name = phrase::person(&one.by);
        if !people.contains(&name) {
            people.push(name);
        }
    }
    Some(format!(
        "Less is granted than was asked: {}. Narrowed by {}.",
        listed(&parts, 200),
        listed(&people, 120)
    ))
}

/// How long the access could last at most if it were approved for `length`: of an extension, with what was left when
/// it was asked.
pub(super) fn whole_length(request: &Request, length: Length) -> Length {
    let shorter = Request {
        length,
        ..request.clone()
    };
    shorter.all_that_is_left(request.asked_at)
}

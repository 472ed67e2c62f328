//! Lines about what somebody opened alone, and about its review.

use super::{actor, asked_by};
use crate::{
    chat::message::quote::quoted,
    domain::{
        record::{By, RequestFacts},
        text::FreeText,
    },
};

pub(super) fn broken(by: &By, request: &RequestFacts) -> Vec<String> {
    let mut parts = vec![
        "glass broken".to_owned(),
        format!("{}, without an approval", actor(by)),
        "a review must be signed".to_owned(),
    ];
    parts.extend(asked_by(request, &[]));
    parts
}

pub(super) fn signed(by: &By, request: &RequestFacts, note: &FreeText) -> Vec<String> {
    vec![
        "review signed".to_owned(),
        actor(by),
        quoted(note.as_str()),
        format!("request {}", request.number),
    ]
}

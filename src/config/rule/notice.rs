//! `notice_before` of a rule: how long before its end the requester is told, or "off".

use crate::{config::problem::Problems, domain::length::Length, policy::USUAL_NOTICE};

/// The word for no notice at all.
const OFF: &str = "off";

/// What is written at `key`; the inner `None` is never.
pub(super) fn notice(key: &str, written: Option<&str>, problems: &mut Problems) -> Option<Option<Length>> {
    let text = written.map_or(USUAL_NOTICE, str::trim);
    if text.eq_ignore_ascii_case(OFF) {
        return Some(None);
    }
    match text.parse() {
        Ok(length) => Some(Some(length)),
        Err(why) => {
            problems.at(
                key,
                format!("{text:?} does not say how long before: {why}; \"off\" is no notice at all"),
            );
            None
        }
    }
}

/// How a rule shows it; `None` where it is what a rule says that says nothing of it.
pub(in crate::config) fn shown(notice: Option<Length>) -> Option<String> {
    (notice != USUAL_NOTICE.parse().ok())
        .then(|| notice.map_or_else(|| OFF.to_owned(), |length| length.to_string()))
}

//! `max_for` and `default_for` of a rule.

use crate::{
    config::{problem::Problems, word::length},
    domain::length::Length,
};

pub(super) fn lengths(
    max_key: &str,
    max: Option<&str>,
    default_key: &str,
    default: Option<&str>,
    problems: &mut Problems,
) -> (Option<Length>, Option<Length>) {
    let max_read = length(max_key, max, None, problems);
    let max_for = problems.required(max_key, max_read, "it is the longest access, such as \"2h\"");
    let hour: Option<Length> = "1h".parse().ok();
    let fallback = hour.map(|hour| max_for.map_or(hour, |max| max.min(hour)));
    let default_for = length(default_key, default, fallback, problems);
    if let (Some(max), Some(default)) = (max_for, default_for)
        && default > max
    {
        problems.at(
            default_key,
            format!("{default} is longer than max_for, which is {max}"),
        );
    }
    (max_for, default_for)
}

//! The button under a second look: it carries what it confirms.

use std::time::Duration;

use crate::domain::{ids::RequestId, length::Length, request::Less};

/// What a second look confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmVote {
    pub request: RequestId,
    pub less: Less,
}

const ALL: &str = "all";

pub(super) fn text(vote: ConfirmVote) -> String {
    let seconds = vote.less.length.map(|length| length.get().as_secs().to_string());
    let source = vote.less.source.map(|source| source.to_string());
    let or_all = |part: Option<String>| part.unwrap_or_else(|| ALL.to_owned());
    format!("{}:{}:{}", vote.request, or_all(seconds), or_all(source))
}

pub(super) fn read(text: &str) -> Option<ConfirmVote> {
    let (request, rest) = text.split_once(':')?;
    let (seconds, source) = rest.split_once(':')?;
    let length = match seconds {
        ALL => None,
        seconds => Some(Length::new(Duration::from_secs(seconds.parse().ok()?)).ok()?),
    };
    let source = match source {
        ALL => None,
        source => Some(source.parse().ok()?),
    };
    Some(ConfirmVote {
        request: request.parse().ok()?,
        less: Less { length, source },
    })
}

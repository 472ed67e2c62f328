//! The rate-limit headers of an answer.

use std::{sync::Arc, time::Duration};

use reqwest::{StatusCode, header::HeaderMap};

use crate::chat::rest::answer::{Answer, seconds_to_duration};

/// What an answer says about the limits.
#[derive(Debug, Clone, Default)]
pub(in crate::chat::rest) struct LimitHeaders {
    pub(super) bucket: Option<Arc<str>>,
    pub(super) window: Option<Window>,
    pub(super) turned_away: Limit,
}

/// How many calls are left, of how many, for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset_after: Duration,
}

/// Which limit a 429 is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Limit {
    #[default]
    None,
    Bucket {
        retry_after: Duration,
    },
    Everything {
        retry_after: Duration,
    },
}

impl LimitHeaders {
    pub(in crate::chat::rest) fn read(answer: &Answer) -> Self {
        let turned_away = if answer.status != StatusCode::TOO_MANY_REQUESTS {
            Limit::None
        } else if answer.is_global_limit() {
            Limit::Everything {
                retry_after: answer.retry_after(),
            }
        } else {
            Limit::Bucket {
                retry_after: answer.retry_after(),
            }
        };
        Self {
            bucket: text(&answer.headers, "x-ratelimit-bucket")
                .filter(|name| !name.is_empty() && name.len() <= NAME_BYTES_MAX)
                .map(Arc::from),
            window: window(&answer.headers),
            turned_away,
        }
    }
}

fn window(headers: &HeaderMap) -> Option<Window> {
    let limit: u32 = text(headers, "x-ratelimit-limit")?.parse().ok()?;
    Some(Window {
        // A limit of 0 would mean "never".
        limit: limit.max(1),
        remaining: text(headers, "x-ratelimit-remaining")?.parse().ok()?,
        reset_after: seconds_to_duration(text(headers, "x-ratelimit-reset-after")?.parse().ok()?)?,
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Discord's names are hashes of 32 characters; a longer one is not kept.
const NAME_BYTES_MAX: usize = 128;

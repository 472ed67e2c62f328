//! Moving world time.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Page, refused};
use crate::clock::Clock as _;

/// A typing error must not carry the world into another century.
const SECONDS_MOST: u64 = 366 * 24 * 60 * 60;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    advance_seconds: u64,
}

/// Moves the clock forward; there is no way back.
pub(crate) async fn advance(State(page): State<Page>, Json(body): Json<Advance>) -> Response {
    if body.advance_seconds == 0 || body.advance_seconds > SECONDS_MOST {
        return refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The clock moves by 1 second to 366 days at a time.",
        );
    }
    page.clock.advance(Duration::from_secs(body.advance_seconds));
    Json(now(&page)).into_response()
}

/// World time, and how far it is ahead of the machine's.
pub(crate) fn now(page: &Page) -> Value {
    json!({"now": page.clock.now(), "ahead_seconds": page.clock.offset().num_seconds()})
}

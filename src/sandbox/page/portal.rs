//! What other people do in Azure, behind the bot's back.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;

use super::{Page, refused};
use crate::{clock::Clock as _, sandbox::azure::Power};

/// From where the person in the portal works (RFC 5737).
const PORTAL_SOURCE: &str = "203.0.113.99";

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Act {
    power: Option<Power>,
    port: u16,
}

/// Starts or stops a machine, or opens, revokes or breaks a window of it.
pub(crate) async fn act(
    State(page): State<Page>,
    Path((machine, verb)): Path<(String, String)>,
    Json(act): Json<Act>,
) -> Response {
    let done = match (verb.as_str(), act.power) {
        ("power", Some(power)) => page.azure.set_power(&machine, power),
        ("opens", None) => {
            let until = page.clock.now() + TimeDelta::hours(1);
            page.azure.portal_opens(&machine, act.port, PORTAL_SOURCE, until)
        }
        ("revokes", None) => page.azure.portal_revokes(&machine, act.port),
        ("removes", None) => page.azure.portal_removes(&machine, act.port),
        _ => return refused(StatusCode::NOT_FOUND, "Nobody can do this."),
    };
    if done {
        Json(json!({})).into_response()
    } else {
        refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "There is no such machine, port or window.",
        )
    }
}

//! Reading over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused;
use crate::sandbox::discord::{hub::Hub, ids::Snowflake, people};

/// Longest wait of one request for news.
const WAIT_MILLIS_MOST: u64 = 30_000;

pub(crate) async fn state(Shared(hub): Shared<Arc<Hub>>) -> Json<Value> {
    Json(people::whole_state(&hub))
}

#[derive(Debug, Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
}

/// Ledger lines with a higher number than `after`.
pub(crate) async fn ledger(Shared(hub): Shared<Arc<Hub>>, Query(query): Query<After>) -> Json<Value> {
    Json(hub.read(|state| {
        let skip = usize::try_from(query.after).unwrap_or(usize::MAX);
        json!(state.ledger.entries().iter().skip(skip).collect::<Vec<_>>())
    }))
}

/// Answers as soon as the revision is higher than `after`, or after `wait_ms`.
pub(crate) async fn revision(Shared(hub): Shared<Arc<Hub>>, Query(query): Query<After>) -> Json<Value> {
    let mut revision = hub.revision();
    let wait = Duration::from_millis(query.wait_ms.min(WAIT_MILLIS_MOST));
    let news = revision.wait_for(|revision| *revision > query.after);
    // Both "time is over" and "the emulator ends" answer with what is known.
    let _ = tokio::time::timeout(wait, news).await;
    let revision = *revision.borrow();
    Json(json!({"revision": revision}))
}

/// What became of an interaction; with `wait_ms`, once it is answered.
pub(crate) async fn interaction(
    Shared(hub): Shared<Arc<Hub>>,
    Path(id): Path<Snowflake>,
    Query(query): Query<After>,
) -> Response {
    let wait = Duration::from_millis(query.wait_ms.min(WAIT_MILLIS_MOST));
    let look = |state: &crate::sandbox::discord::model::State| {
        let outcome = people::Outcome::of(state, state.interactions.get(&id)?);
        outcome.acknowledged.is_some().then_some(())
    };
    hub.wait_for(wait, look).await;
    let outcome = hub.read(|state| Some(people::Outcome::of(state, state.interactions.get(&id)?)));
    match outcome {
        Some(outcome) => Json(outcome).into_response(),
        None => refused(StatusCode::NOT_FOUND, "There is no such interaction."),
    }
}

//! The same control over HTTP, for the page and for tests in another process: JSON under `/_control`.

mod deeds;

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    emulator::Shared,
    faults::{Fault, FaultId},
    holds::{Hold, HoldPoint},
    ledger::LedgerEntry,
    matcher::Matcher,
};

/// No long poll waits longer.
const WAIT_MAX: Duration = Duration::from_secs(60);

type Answered<T> = Result<Json<T>, (StatusCode, Json<Value>)>;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/state", get(state))
        .route("/revision", get(revision))
        .route("/ledger", get(ledger))
        .route("/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/holds", get(list_holds).post(add_hold))
        .route("/holds/{id}", get(show_hold))
        .route("/holds/{id}/release", post(release_hold))
        .route("/holds/{id}/drop", post(drop_hold))
        .merge(deeds::router())
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.state())
}

#[derive(Debug, Deserialize)]
struct Wait {
    /// The revision that the caller has seen.
    after: Option<u64>,
    #[serde(default)]
    wait_ms: u64,
}

/// The revision counter; with `after` and `wait_ms` once it has grown beyond, or the time is over.
async fn revision(State(shared): State<Arc<Shared>>, Query(wait): Query<Wait>) -> Json<Value> {
    let mut revision = shared.revision();
    if let Some(after) = wait.after {
        let longest = Duration::from_millis(wait.wait_ms).min(WAIT_MAX);
        // Over time or not: the present number is the answer.
        let _ = tokio::time::timeout(longest, revision.wait_for(|now| *now > after)).await;
    }
    let now = *revision.borrow();
    Json(json!({"revision": now}))
}

#[derive(Debug, Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
    operation: Option<String>,
}

async fn ledger(State(shared): State<Arc<Shared>>, Query(query): Query<After>) -> Json<Vec<LedgerEntry>> {
    let mut entries = shared.ledger().after(query.after);
    if let Some(operation) = query.operation {
        entries.retain(|entry| entry.operation == operation);
    }
    Json(entries)
}

async fn list_faults(State(shared): State<Arc<Shared>>) -> Json<Vec<(FaultId, Fault)>> {
    Json(shared.faults().list())
}

async fn add_fault(State(shared): State<Arc<Shared>>, Json(fault): Json<Fault>) -> Json<Value> {
    let id = shared.faults().add(fault);
    shared.touch();
    Json(json!({"id": id}))
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.faults().clear();
    shared.touch();
    StatusCode::NO_CONTENT
}

async fn remove_fault(State(shared): State<Arc<Shared>>, Path(id): Path<FaultId>) -> StatusCode {
    let removed = shared.faults().remove(id);
    shared.touch();
    if removed {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

#[derive(Debug, Deserialize)]
struct NewHold {
    #[serde(flatten)]
    matcher: Matcher,
    point: HoldPoint,
}

async fn add_hold(State(shared): State<Arc<Shared>>, Json(new): Json<NewHold>) -> Json<Value> {
    let hold = shared.holds().add(new.matcher, new.point);
    Json(shown(&hold))
}

async fn list_holds(State(shared): State<Arc<Shared>>) -> Json<Vec<Value>> {
    Json(shared.holds().list().iter().map(shown).collect())
}

/// One hold; with `wait_ms` once a call has arrived, or the time is over.
async fn show_hold(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Query(wait): Query<Wait>,
) -> Answered<Value> {
    let hold = find(&shared, id)?;
    let longest = Duration::from_millis(wait.wait_ms).min(WAIT_MAX);
    // Over time or not: the present stage is the answer.
    let _ = tokio::time::timeout(longest, hold.arrived()).await;
    Ok(Json(shown(&hold)))
}

async fn release_hold(State(shared): State<Arc<Shared>>, Path(id): Path<u64>) -> Answered<Value> {
    let hold = find(&shared, id)?;
    hold.release();
    Ok(Json(shown(&hold)))
}

async fn drop_hold(State(shared): State<Arc<Shared>>, Path(id): Path<u64>) -> Answered<Value> {
    let hold = find(&shared, id)?;
    hold.drop_connection();
    Ok(Json(shown(&hold)))
}

fn find(shared: &Shared, id: u64) -> Result<Hold, (StatusCode, Json<Value>)> {
    let unknown = || {
        (
            StatusCode::NOT_FOUND,
            Json(json!({"error": "There is no such hold."})),
        )
    };
    shared.holds().find(id).ok_or_else(unknown)
}

fn shown(hold: &Hold) -> Value {
    json!({"id": hold.id(), "stage": hold.stage()})
}

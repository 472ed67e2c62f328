//! Faults, holds and the gateway's moods over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused;
use crate::sandbox::discord::{
    fault::{Fault, FaultId},
    hold::{HoldState, Side, settle},
    hub::Hub,
    mood::Mood,
    route::Matcher,
};

pub(crate) async fn faults(Shared(hub): Shared<Arc<Hub>>) -> Json<Value> {
    Json(hub.read(|state| json!(state.faults.list())))
}

pub(crate) async fn fault_on(Shared(hub): Shared<Arc<Hub>>, Json(fault): Json<Fault>) -> Json<Value> {
    let id = hub.change(|state| state.faults.switch_on(fault));
    Json(json!({"id": id}))
}

pub(crate) async fn fault_off(Shared(hub): Shared<Arc<Hub>>, Path(id): Path<u64>) -> Json<Value> {
    hub.change(|state| state.faults.switch_off(FaultId(id)));
    Json(json!({}))
}

pub(crate) async fn faults_off(Shared(hub): Shared<Arc<Hub>>) -> Json<Value> {
    hub.change(|state| state.faults.clear());
    Json(json!({}))
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewHold {
    #[serde(default)]
    matcher: Matcher,
    side: Side,
}

pub(crate) async fn holds(Shared(hub): Shared<Arc<Hub>>) -> Json<Value> {
    let show = |(id, matcher, side, state): (u64, &Matcher, Side, HoldState)| json!({"id": id, "matcher": matcher, "side": side, "hold": state});
    Json(hub.read(|state| state.holds.list().map(show).collect()))
}

/// Arms a hold that lives until it is decided.
pub(crate) async fn hold(Shared(hub): Shared<Arc<Hub>>, Json(new): Json<NewHold>) -> Json<Value> {
    let (id, _) = hub.change(|state| state.holds.arm(new.matcher, new.side));
    Json(json!({"id": id}))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wait {
    /// Answer only once a call has arrived.
    wait: bool,
}

pub(crate) async fn hold_state(
    Shared(hub): Shared<Arc<Hub>>,
    Path(id): Path<u64>,
    Query(query): Query<Wait>,
) -> Response {
    let Some(state) = hub.read(|state| state.holds.find(id)) else {
        return refused(StatusCode::NOT_FOUND, "There is no such hold.");
    };
    let mut seen = state.subscribe();
    if query.wait {
        tokio::select! {
            _ = seen.wait_for(|state| *state != HoldState::Armed) => {}
            () = hub.closing.cancelled() => {}
        }
    }
    let now = seen.borrow().clone();
    Json(now).into_response()
}

pub(crate) async fn decide(
    Shared(hub): Shared<Arc<Hub>>,
    Path((id, decision)): Path<(u64, String)>,
) -> Response {
    let decision = match decision.as_str() {
        "release" => HoldState::Released,
        "drop" => HoldState::Dropped,
        _ => return refused(StatusCode::NOT_FOUND, "A hold is released or dropped."),
    };
    let Some(state) = hub.read(|state| state.holds.find(id)) else {
        return refused(StatusCode::NOT_FOUND, "There is no such hold.");
    };
    settle(&state, decision);
    Json(json!({})).into_response()
}

pub(crate) async fn gateway(Shared(hub): Shared<Arc<Hub>>, Path(mood): Path<String>) -> Response {
    let Ok(mood) = serde_json::from_value::<Mood>(json!(mood)) else {
        return refused(StatusCode::NOT_FOUND, "The gateway has no such mood.");
    };
    hub.change(|state| state.set_mood(mood));
    Json(json!({})).into_response()
}

//! The same handles as JSON over HTTP, under `/_control`, for pages and for tests in another process.
//!
//! Must not do anything that the in-process handles cannot do.

mod acts;
mod switches;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde_json::json;

use super::{files, hub::Hub, people::Refusal, rest};

/// The routes below `/_control`, and those of downloads, which a page links to.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/_control/state", get(views::state))
        .route("/_control/ledger", get(views::ledger))
        .route("/_control/revision", get(views::revision))
        .route("/_control/interactions/{id}", get(views::interaction))
        .route("/_control/people/{who}/{verb}", post(acts::act))
        .route("/_control/messages/{id}", delete(acts::delete_message))
        .route("/_control/channels/{id}", delete(acts::delete_channel))
        .route("/_control/threads/{id}", post(acts::set_thread))
        .route(
            "/_control/faults",
            get(switches::faults)
                .post(switches::fault_on)
                .delete(switches::faults_off),
        )
        .route("/_control/faults/{id}", delete(switches::fault_off))
        .route("/_control/holds", get(switches::holds).post(switches::hold))
        .route("/_control/holds/{id}", get(switches::hold_state))
        .route("/_control/holds/{id}/{decision}", post(switches::decide))
        .route("/_control/gateway/{mood}", post(switches::gateway))
        .merge(files::routes())
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        refused(StatusCode::UNPROCESSABLE_ENTITY, &self.to_string())
    }
}

fn refused(status: StatusCode, why: &str) -> Response {
    rest::document(status.as_u16(), &json!({"refused": why}))
}

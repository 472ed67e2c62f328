//! Downloads: what Discord's content delivery network is for the files of messages.
//!
//! Real links also end after a day, which is not modelled. Must not show anything: whatever a file says that it is, a
//! browser is told to save it.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State as Shared},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;

use super::{
    hub::Hub,
    ids::Snowflake,
    model::{Attachment, Message, State},
};

/// The routes of the links that [`path`] makes.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/attachments/{place}/{id}/{name}", get(download))
        .route("/ephemeral-attachments/{place}/{id}/{name}", get(download))
}

/// The link of a file, below the emulator's address.
pub(crate) fn path(state: &State, message: &Message, file: &Attachment) -> String {
    let (kind, place) = match message.only_for {
        Some(_) => ("ephemeral-attachments", state.bot),
        None => ("attachments", message.channel),
    };
    format!("/{kind}/{place}/{}/{}?hm={}", file.id, file.name, file.key)
}

#[derive(Debug, Deserialize)]
struct Key {
    #[serde(default)]
    hm: String,
}

async fn download(
    Shared(hub): Shared<Arc<Hub>>,
    Path((_, id, name)): Path<(Snowflake, Snowflake, String)>,
    Query(key): Query<Key>,
) -> Response {
    let found = hub.read(|state| {
        let messages = state.messages.values().flat_map(|channel| channel.values());
        messages
            .chain(state.ephemerals.values())
            .flat_map(|message| &message.attachments)
            .find(|file| file.id == id && file.name == name && file.key == key.hm)
            .cloned()
    });
    let Some(file) = found else {
        return (StatusCode::NOT_FOUND, "This content is no longer available.").into_response();
    };
    let mut response = Response::new(Body::from(file.bytes));
    let headers = response.headers_mut();
    let content_type = file
        .content_type
        .and_then(|kind| HeaderValue::try_from(kind).ok())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, content_type);
    // The name has letters, digits, `.`, `_` and `-` only.
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{}\"", file.name)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

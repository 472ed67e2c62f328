//! The web page that plays the chat: everything a person does by hand in the sandbox.
//!
//! It only shows what the emulators tell and does what people could do. Must not know the bot: the page works
//! with any bot that is connected to the emulators.

mod assets;
mod clock;
mod events;
mod guard;
mod leave;
mod portal;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use crate::{
    clock::OffsetClock,
    sandbox::{azure::AzureEmulator, discord::DiscordEmulator, front::Front},
};

/// What every route works on.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    discord: DiscordEmulator,
    azure: AzureEmulator,
    clock: Arc<OffsetClock>,
    /// The way to the bot's own page, where it has one.
    front: Option<Front>,
}

/// The page and what it calls; serve it on loopback only.
///
/// Event streams end with the browser, so a server that shuts down should not wait for them.
pub fn router(
    discord: DiscordEmulator,
    azure: AzureEmulator,
    clock: Arc<OffsetClock>,
    front: Option<Front>,
) -> Router {
    let discord_control = discord.control();
    let azure_control = azure.control();
    Router::new()
        .route("/", get(assets::index))
        .route("/{file}", get(assets::file))
        .route("/events", get(events::events))
        .route("/leave", get(leave::leave))
        .route("/clock", post(clock::advance))
        .route("/azure/machines/{name}/{verb}", post(portal::act))
        .with_state(Page {
            discord,
            azure,
            clock,
            front,
        })
        .nest("/discord", discord_control)
        .nest("/azure", azure_control)
        .layer(middleware::from_fn(guard::guard))
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "refused": why }))).into_response()
}

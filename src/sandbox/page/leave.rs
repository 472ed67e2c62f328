//! A person follows a link button out of Discord, in the browser of their own desk.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Page, refused};

#[derive(Debug, Deserialize)]
pub(crate) struct Leaving {
    r#as: String,
    to: String,
}

/// Sends the browser where the link leads; on its way to the bot's page it comes from the person's address.
pub(crate) async fn leave(
    State(page): State<Page>,
    headers: HeaderMap,
    Query(leaving): Query<Leaving>,
) -> Response {
    // Only from the page itself: this must not help others to send people around.
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return refused(StatusCode::FORBIDDEN, "Only the page itself may do this.");
    }
    if !leaving.to.starts_with("https://") && !leaving.to.starts_with("http://") {
        return refused(
            StatusCode::BAD_REQUEST,
            "A link leads to an http or https address.",
        );
    }
    if let Some(front) = &page.front
        && front.serves(&leaving.to)
    {
        front.sits_down(&leaving.r#as);
    }
    Redirect::to(&leaving.to).into_response()
}

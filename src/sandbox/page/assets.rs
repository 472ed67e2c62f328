//! The files of the page, embedded: no build step, nothing fetched from elsewhere.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::refused;

#[derive(RustEmbed)]
#[folder = "src/sandbox/page/assets"]
struct Assets;

pub(crate) async fn index() -> Response {
    serve("index.html")
}

pub(crate) async fn file(Path(name): Path<String>) -> Response {
    serve(&name)
}

fn serve(name: &str) -> Response {
    let (Some(file), Some(kind)) = (Assets::get(name), kind_of(name)) else {
        return refused(StatusCode::NOT_FOUND, "There is no such file.");
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        // The files change with the binary, and loopback is fast.
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, file.data).into_response()
}

fn kind_of(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

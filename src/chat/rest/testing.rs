//! A server that answers by a script and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use super::{Rest, RestConfig};

pub(super) const BOT_TOKEN: &str = "bot-token-in-the-clear";

/// One answer of the script.
pub(super) enum Reply {
    Json(u16, Value),
    Headers(u16, Vec<(&'static str, String)>, Value),
    Raw(u16, Vec<u8>),
    /// The status line, half a body, and then the connection breaks.
    BreakOff(u16),
    /// A body without a length, this long.
    Endless(usize),
    /// Never.
    Hang,
}

#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Seen {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone, Default)]
struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

pub(super) struct Server {
    pub(super) address: std::net::SocketAddr,
    script: Script,
}

impl Server {
    /// Starts with a script; after its end every answer is 404 without a body.
    pub(super) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script = Script::default();
        script.replies.lock().unwrap().extend(replies);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, script }
    }

    pub(super) fn rest(&self) -> Rest {
        Rest::new(config(self.address)).unwrap()
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().unwrap().clone()
    }
}

/// A server that accepts, reads a little, and hangs up: `drops` times, then it answers 204.
pub(super) async fn dropping(drops: usize) -> Rest {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for turn in 0.. {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await.unwrap();
            if turn >= drops {
                socket
                    .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
                    .await
                    .unwrap();
            }
        }
    });
    Rest::new(config(address)).unwrap()
}

/// The usual settings, so that a busy machine fails no test.
pub(super) fn config(address: std::net::SocketAddr) -> RestConfig {
    let url = Url::parse(&format!("http://{address}/api/v10")).unwrap();
    RestConfig::new(url, BOT_TOKEN.to_owned().into())
}

/// For answers that never come.
pub(super) fn hurried(address: std::net::SocketAddr) -> Rest {
    let request_timeout = Duration::from_millis(300);
    Rest::new(RestConfig {
        request_timeout,
        ..config(address)
    })
    .unwrap()
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    script.seen.lock().unwrap().push(Seen {
        method,
        uri,
        headers,
        body,
    });
    let reply = script.replies.lock().unwrap().pop_front();
    let response = Response::builder();
    match reply.unwrap_or(Reply::Raw(404, Vec::new())) {
        Reply::Json(status, body) => response.status(status).body(Body::from(body.to_string())),
        Reply::Headers(status, headers, body) => {
            let response = headers
                .into_iter()
                .fold(response, |response, (name, value)| response.header(name, value));
            response.status(status).body(Body::from(body.to_string()))
        }
        Reply::Raw(status, body) => response.status(status).body(Body::from(body)),
        Reply::BreakOff(status) => {
            let pieces = [Ok("{\"id\":"), Err(std::io::Error::other("broken off"))];
            response
                .status(status)
                .body(Body::from_stream(futures::stream::iter(pieces)))
        }
        Reply::Endless(bytes) => {
            let piece = Bytes::from(vec![b' '; 64 << 10]);
            let pieces = (0..bytes.div_ceil(64 << 10)).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
            response.body(Body::from_stream(futures::stream::iter(pieces)))
        }
        Reply::Hang => std::future::pending().await,
    }
    .unwrap()
}

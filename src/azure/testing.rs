//! Small servers for the tests of this module: they misbehave in ways that a model of Azure should not.

use axum::Router;
use tokio::{io::AsyncReadExt as _, net::TcpListener};
use url::Url;

/// Installs the crypto provider, as every harness must.
pub(super) fn tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Serves `router` on loopback until the test's runtime ends.
pub(super) async fn serve(router: Router) -> Url {
    let (listener, url) = bound().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Accepts connections and never answers.
pub(super) async fn silent() -> Url {
    let (listener, url) = bound().await;
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    url
}

/// Reads something of each call, then drops the connection.
pub(super) async fn hang_up() -> Url {
    let (listener, url) = bound().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0_u8; 16];
            let _ = stream.read(&mut buffer).await;
        }
    });
    url
}

/// An address at which nobody listens.
pub(super) async fn nobody() -> Url {
    let (listener, url) = bound().await;
    drop(listener);
    url
}

async fn bound() -> (TcpListener, Url) {
    tls();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, format!("http://{address}").parse().unwrap())
}

//! Small servers for the tests of this module: they misbehave in ways that a model of Azure should not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, routing::post};
use serde_json::json;
use tokio::{io::AsyncReadExt as _, net::TcpListener};
use url::Url;

use super::{Arm, AzureOptions, CredentialOptions};
use crate::clock::ManualClock;

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

fn login() -> Router {
    let count = Arc::new(AtomicU32::new(0));
    Router::new().route(
        "/{tenant}/oauth2/v2.0/token",
        post(move || {
            let number = count.fetch_add(1, Ordering::SeqCst);
            async move { Json(json!({"expires_in":3599,"access_token":format!("t{number}")})) }
        }),
    )
}

/// A client of the Resource Manager at `endpoint`, with a login host of its own.
pub(super) async fn arm_at(endpoint: Url) -> (Arm, Arc<ManualClock>) {
    arm_within(endpoint, AzureOptions::TIME_OUT).await
}

/// The same, with a time-out of its own, for servers that never answer.
pub(super) async fn arm_within(endpoint: Url, time_out: Duration) -> (Arm, Arc<ManualClock>) {
    let mut options = AzureOptions::new(CredentialOptions::ClientSecret {
        tenant_id: "11111111-1111-1111-1111-111111111111".into(),
        client_id: "app".into(),
        secret: "secret".to_owned().into(),
    });
    options.authority = Some(serve(login()).await);
    options.endpoint = Some(endpoint);
    options.time_out = time_out;
    let clock = Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH));
    (Arm::new(&options, clock.clone()).unwrap(), clock)
}

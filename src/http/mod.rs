//! What comes in over HTTP: whether the bot lives, whether it is ready, its metrics, and the page on which people show
//! their address. Loopback by default.
//!
//! Must not know: Discord's or Azure's wire formats. Only the page names a person or a machine, to who has the link
//! of the request.

mod address;
mod server;
mod visitor;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{config, engine::Engine, store::Store};

/// What the answers are made from.
#[derive(Clone)]
pub struct Health {
    pub store: Store,
    pub engine: Arc<Engine>,
    /// Cancelled once commands can be given.
    pub ready: CancellationToken,
    pub metrics: PrometheusHandle,
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Health")
            .field("ready", &self.ready.is_cancelled())
            .finish_non_exhaustive()
    }
}

/// Answers until `stop`.
pub async fn serve(
    listener: TcpListener,
    health: Health,
    http: &config::Http,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let page = address::router(Arc::clone(&health.engine), http);
    let app = Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route_layer(middleware::from_fn(not_for_the_public))
        .with_state(health)
        .merge(page.unwrap_or_default());
    server::run(listener, app, server::Limits::default(), stop).await
}

/// Through a proxy comes the public, which sees the page and nothing else. The proxy need not be a trusted one: who
/// writes its header without being one hides this from nobody else.
async fn not_for_the_public(request: Request, next: Next) -> Response {
    if visitor::is_forwarded(request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

/// The process answers: that is all that a restart could mend.
async fn live() -> &'static str {
    "alive\n"
}

/// Ready: the database can be read, Discord is connected, and some machines are known.
async fn ready(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let database = match health.store.read().await {
        Ok(mut view) => view.record_head().await.is_ok(),
        Err(_) => false,
    };
    let discord = health.ready.is_cancelled();
    let machines = !health.engine.inventory().vms().is_empty();
    let all = database && discord && machines;
    let status = if all {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "ready": all, "database": database, "discord": discord, "machines": machines })),
    )
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    let waiting = u32::try_from(health.engine.degraded().len()).unwrap_or(u32::MAX);
    metrics::gauge!("portcullis_azure_degraded").set(f64::from(waiting));
    if let Ok(mut view) = health.store.read().await
        && let Ok(now) = view.statistics().await
    {
        gauges(&now);
    }
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        health.metrics.render(),
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn gauges(now: &crate::store::Statistics) {
    for (state, count) in &now.requests {
        metrics::gauge!("portcullis_requests", "state" => state.clone()).set(*count as f64);
    }
    for (state, count) in &now.windows {
        metrics::gauge!("portcullis_windows", "state" => state.clone()).set(*count as f64);
    }
    for (kind, count) in &now.jobs {
        metrics::gauge!("portcullis_jobs", "kind" => kind.clone()).set(*count as f64);
    }
    metrics::gauge!("portcullis_jobs_dead").set(now.dead_jobs as f64);
    metrics::gauge!("portcullis_records_unposted").set(now.unposted_records as f64);
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    /// The peer here is no trusted proxy, because there is none at all.
    #[tokio::test]
    async fn what_came_through_any_proxy_does_not_get_there() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/livez", get(live))
            .route_layer(middleware::from_fn(not_for_the_public));
        let stop = CancellationToken::new();
        let running = tokio::spawn(server::run(
            listener,
            app,
            server::Limits::default(),
            stop.clone(),
        ));
        for (line, status) in [
            ("", "200"),
            ("x-forwarded-for: 198.51.100.7\r\n", "404"),
            ("forwarded: for=198.51.100.7\r\n", "404"),
        ] {
            let mut stream = TcpStream::connect(at).await.unwrap();
            let head = format!("GET /livez HTTP/1.1\r\nhost: x\r\n{line}connection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{line}: {answer}"
            );
        }
        stop.cancel();
        running.await.unwrap().unwrap();
    }
}

//! One life of the bot: its own Tokio runtime, which a crash drops with everything in it.

use std::{path::Path, sync::Arc, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use portcullis::{
    cli::serve::Parts,
    clock::{ManualClock, SharedClock},
    config::{Config, Environment},
    engine::Engine,
    gateway::Gateway,
    http::{self, Health},
    store::{Store, StoreError},
};
use secrecy::ExposeSecret as _;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};
use tokio_util::sync::CancellationToken;

use super::log::ErrorLog;

/// A bot whose jobs are stepped, and whose gateway is connected.
pub(crate) struct Life {
    runtime: Option<Runtime>,
    pub engine: Arc<Engine>,
    pub gateway: Gateway,
    pub store: Store,
    /// What this life has counted.
    pub metrics: PrometheusHandle,
}

impl Life {
    /// Puts the bot together and connects it. `None`: it died of `death` before that.
    pub(crate) fn begin(
        environment: &[(&str, String)],
        rules: &str,
        clock: Arc<ManualClock>,
        log: &ErrorLog,
        door: Option<std::net::TcpListener>,
        death: &CancellationToken,
    ) -> Option<Self> {
        let (runtime, metrics) = runtime(log);
        let config = configured(environment, rules);
        let http = config.http.clone();
        let parts = runtime.block_on(async {
            let parts = tokio::select! {
                parts = put_together(config, clock) => parts,
                () = death.cancelled() => return None,
            };
            let token = parts.token.expose_secret().to_owned();
            let gateway = parts.gateway.clone();
            tokio::spawn({
                let gateway = gateway.clone();
                // Never cancelled: a life ends with its runtime.
                async move { gateway.run(&token, CancellationToken::new()).await }
            });
            if let Some(door) = door {
                let health = Health {
                    store: parts.store.clone(),
                    engine: Arc::clone(&parts.engine),
                    ready: gateway.ready(),
                    metrics: metrics.clone(),
                };
                let listener = TcpListener::from_std(door).unwrap();
                tokio::spawn(
                    async move { http::serve(listener, health, &http, CancellationToken::new()).await },
                );
            }
            Some((parts.engine, gateway, parts.store))
        });
        let Some((engine, gateway, store)) = parts else {
            runtime.shutdown_timeout(Duration::from_secs(10));
            return None;
        };
        Some(Self {
            runtime: Some(runtime),
            engine,
            gateway,
            store,
            metrics,
        })
    }

    /// Another replica of the bot, beside the one that holds the gateway: it does jobs and hears nobody.
    pub(crate) fn replica(
        environment: &[(&str, String)],
        rules: &str,
        clock: Arc<ManualClock>,
        log: &ErrorLog,
    ) -> Self {
        let (runtime, metrics) = runtime(log);
        let parts = runtime.block_on(put_together(configured(environment, rules), clock));
        Self {
            runtime: Some(runtime),
            engine: parts.engine,
            gateway: parts.gateway,
            store: parts.store,
            metrics,
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        self.runtime
            .as_ref()
            .expect("a life has its runtime until it ends")
    }

    /// Ends everything at once, in the middle of whatever it does.
    pub(crate) fn crash(mut self) {
        let runtime = self.runtime.take();
        drop(self);
        if let Some(runtime) = runtime {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }
}

/// Threads whose log lines and numbers are this life's own.
fn runtime(log: &ErrorLog) -> (Runtime, PrometheusHandle) {
    let log = log.clone();
    // A thread's recorder is borrowed for as long as the thread lives, and nobody knows how long that is.
    let recorder: &'static _ = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || {
            log.adopt_thread();
            std::mem::forget(metrics::set_default_local_recorder(recorder));
        })
        .build()
        .unwrap();
    (runtime, recorder.handle())
}

fn configured(environment: &[(&str, String)], rules: &str) -> Config {
    let environment: Environment = environment
        .iter()
        .map(|(name, value)| (*name, value.clone()))
        .collect();
    Config::read(rules, Some(Path::new("story.toml")), &environment).unwrap()
}

/// The database of the life before is free as soon as its last connection is closed, which its own threads do.
async fn put_together(config: Config, clock: SharedClock) -> Parts {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        match Parts::put_together(config.clone(), clock.clone()).await {
            Ok(parts) => return parts,
            Err(why) => {
                let taken = matches!(
                    why.downcast_ref(),
                    Some(StoreError::AlreadyServed { .. } | StoreError::Busy(_))
                );
                assert!(
                    taken && std::time::Instant::now() < deadline,
                    "the bot cannot start: {why:#}"
                );
                tokio::task::yield_now().await;
            }
        }
    }
}

//! The running emulator: how it starts, where it is, how it ends.

use std::{collections::HashMap, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use axum::routing::any;
use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use tokio::{runtime, sync::watch, task::JoinHandle};

use super::{
    control, fault::Faults, gateway, hold::Holds, hub::Hub, ids::Mint, ledger::Ledger, link::LinkAcceptor,
    model::State, options::DiscordOptions, rest, world::DiscordWorld,
};
use crate::clock::SharedClock;

/// A Discord on loopback. Clones are handles on the same one.
#[derive(Debug, Clone)]
pub struct DiscordEmulator {
    pub(crate) hub: Arc<Hub>,
    address: SocketAddr,
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    handle: Handle<SocketAddr>,
    hub: Arc<Hub>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.hub.closing.cancel();
        self.handle.shutdown();
    }
}

impl DiscordEmulator {
    /// Starts an emulator on the present Tokio runtime. World time comes from `clock`.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(world: DiscordWorld, clock: SharedClock, options: DiscordOptions) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(options.address).await?;
        let address = listener.local_addr()?;
        let tls = options.tls.clone();
        let state = State {
            now: clock.now(),
            idle_searched: clock.now(),
            options,
            mint: Mint::default(),
            bot: world.bot,
            users: world.users,
            guild: world.guild,
            channels: world.channels,
            messages: std::collections::BTreeMap::default(),
            ephemerals: std::collections::BTreeMap::default(),
            deleted: Vec::new(),
            commands: Vec::new(),
            command_creates: Vec::new(),
            interactions: std::collections::BTreeMap::default(),
            tokens: HashMap::new(),
            sessions: gateway::Sessions::default(),
            ledger: Ledger::default(),
            faults: Faults::default(),
            holds: Holds::default(),
            buckets: rest::Buckets::default(),
        };
        let hub = Arc::new(Hub::new(clock, state, runtime::Handle::current()));
        let app = Router::new()
            .route("/", any(gateway::upgrade))
            .merge(control::routes())
            .fallback(rest::serve)
            .with_state(hub.clone())
            .into_make_service_with_connect_info::<SocketAddr>();
        let handle = Handle::new();
        let server = axum_server::from_tcp(listener.into_std()?)?.handle(handle.clone());
        let links = LinkAcceptor(hub.links.clone());
        let task = match tls {
            None => tokio::spawn(async move { ended(server.acceptor(links).serve(app).await) }),
            Some(config) => {
                let secure = RustlsAcceptor::new(RustlsConfig::from_config(config)).acceptor(links);
                tokio::spawn(async move { ended(server.acceptor(secure).serve(app).await) })
            }
        };
        let server = Arc::new(Server {
            handle,
            hub: hub.clone(),
            task: tokio::sync::Mutex::new(Some(task)),
        });
        Ok(Self { hub, address, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT` with TLS. REST is below `/api/v10`.
    pub fn url(&self) -> String {
        if self.is_secure() {
            format!("https://localhost:{}", self.address.port())
        } else {
            format!("http://{}", self.address)
        }
    }

    /// The routes of `/_control`, for a page that is served elsewhere.
    pub fn control(&self) -> Router {
        control::routes().with_state(self.hub.clone())
    }

    /// The websocket address, as `GET /gateway` answers it.
    pub fn gateway_url(&self) -> String {
        self.url().replacen("http", "ws", 1)
    }

    fn is_secure(&self) -> bool {
        self.hub.read(|state| state.options.tls.is_some())
    }

    /// Counts every change; a page pushes when it moves.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.hub.revision()
    }

    /// Looks after every change until `look` finds something, or `within` real time is over.
    pub async fn wait_until<T>(
        &self,
        within: Duration,
        mut look: impl FnMut(&Self) -> Option<T>,
    ) -> Option<T> {
        let mut revision = self.revision();
        let search = async {
            loop {
                revision.mark_unchanged();
                if let Some(found) = look(self) {
                    return Some(found);
                }
                revision.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, search).await.ok().flatten()
    }

    /// Ends all connections and the server; the world can still be read.
    pub async fn shutdown(&self) {
        self.hub.closing.cancel();
        self.server.handle.shutdown();
        if let Some(task) = self.server.task.lock().await.take() {
            // A server task that was cancelled with its runtime has ended as well.
            let _ = task.await;
        }
    }
}

fn ended(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(%error, "The Discord emulator stopped.");
    }
}

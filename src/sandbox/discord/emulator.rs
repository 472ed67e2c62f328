//! The running emulator: how it starts, where it is, how it ends.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::{Router, routing::any};
use tokio::{runtime, sync::watch};

use super::{
    control, fault::Faults, gateway, hold::Holds, hub::Hub, ids::Mint, ledger::Ledger, model::State,
    options::DiscordOptions, rest, world::DiscordWorld,
};
use crate::{
    clock::SharedClock,
    sandbox::loopback::{self, Served},
};

/// A Discord on loopback. Clones are handles on the same one.
#[derive(Debug, Clone)]
pub struct DiscordEmulator {
    pub(crate) hub: Arc<Hub>,
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    served: Served,
    hub: Arc<Hub>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.hub.closing.cancel();
        self.served.stop();
    }
}

impl DiscordEmulator {
    /// Starts an emulator on the present Tokio runtime. World time comes from `clock`.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(world: DiscordWorld, clock: SharedClock, options: DiscordOptions) -> io::Result<Self> {
        let (address, identity) = (options.address, options.tls.clone());
        let state = State {
            now: clock.now(),
            idle_searched: clock.now(),
            options,
            origin: String::new(),
            mint: Mint::default(),
            bot: world.bot,
            users: world.users,
            guild: world.guild,
            channels: world.channels,
            messages: BTreeMap::new(),
            ephemerals: BTreeMap::new(),
            deleted: Vec::new(),
            commands: Vec::new(),
            command_creates: Vec::new(),
            interactions: BTreeMap::new(),
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
            .with_state(hub.clone());
        let served = loopback::serve(app, address, identity.as_ref())?;
        hub.change(|state| state.origin = served.url());
        let server = Arc::new(Server {
            served,
            hub: hub.clone(),
        });
        Ok(Self { hub, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.served.address()
    }

    /// `http://127.0.0.1:PORT`, or `https://…` with TLS. REST is below `/api/v10`.
    pub fn url(&self) -> String {
        self.server.served.url()
    }

    /// The routes of `/_control` and of downloads, for a page that is served elsewhere.
    pub fn control(&self) -> Router {
        control::routes().with_state(self.hub.clone())
    }

    /// The websocket address, as `GET /gateway` answers it.
    pub fn gateway_url(&self) -> String {
        self.url().replacen("http", "ws", 1)
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
        self.server.served.stop();
        self.server.served.stopped().await;
    }
}

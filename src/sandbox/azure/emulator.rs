//! The running emulator, and the handle by which tests and the sandbox hold it.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use axum::Router;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    clock::SharedClock,
    sandbox::loopback::{Served, serve},
};

use super::{
    control,
    faults::{Fault, FaultId, Faults},
    holds::{Hold, HoldPoint, Holds},
    ledger::{Ledger, LedgerEntry},
    matcher::Matcher,
    model::Model,
    options::Options,
    serve,
    throttle::Throttling,
    world::World,
};

/// A running Azure emulator. Clones are handles to the same one; it stops when the last is gone.
#[derive(Debug, Clone)]
pub struct AzureEmulator {
    pub(super) shared: Arc<Shared>,
    /// Absent in the handle that a call over HTTP has of its own emulator.
    running: Option<Arc<Running>>,
}

#[derive(Debug)]
struct Running {
    served: Served,
    without_tls: Option<Served>,
    _alarm: DropGuard,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.served.stop();
        if let Some(served) = &self.without_tls {
            served.stop();
        }
    }
}

/// What every call works on.
#[derive(Debug)]
pub(crate) struct Shared {
    pub clock: SharedClock,
    pub options: Options,
    url: OnceLock<String>,
    model: Mutex<Model>,
    ledger: Mutex<Ledger>,
    faults: Mutex<Faults>,
    holds: Mutex<Holds>,
    throttling: Mutex<Throttling>,
    revision: watch::Sender<u64>,
}

impl AzureEmulator {
    /// Starts serving `world` on loopback. World time is `clock`'s.
    ///
    /// # Errors
    /// If the address cannot be listened on, or the certificate cannot be used.
    pub async fn start(world: World, clock: SharedClock, options: Options) -> io::Result<Self> {
        let model = Model::new(world, options.timing, clock.now());
        let shared = Arc::new(Shared {
            model: Mutex::new(model),
            ledger: Mutex::default(),
            faults: Mutex::default(),
            holds: Mutex::default(),
            throttling: Mutex::new(Throttling::new(options.throttle)),
            revision: watch::Sender::new(0),
            url: OnceLock::new(),
            clock,
            options,
        });
        let router = Router::new()
            .nest("/_control", control::router())
            .fallback(serve::handle)
            .with_state(shared.clone());
        let address = shared.options.address;
        let without_tls = if shared.options.also_without_tls {
            let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
            Some(serve(router.clone(), any_port, None)?)
        } else {
            None
        };
        let served = serve(router, address, shared.options.tls.as_ref())?;
        shared.url.get_or_init(|| served.url());
        let stopping = CancellationToken::new();
        tokio::spawn(announce_changes(shared.clone(), stopping.clone()));
        Ok(Self {
            shared,
            running: Some(Arc::new(Running {
                served,
                without_tls,
                _alarm: stopping.drop_guard(),
            })),
        })
    }

    /// A handle that does not keep the emulator running.
    pub(super) fn handle(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            running: None,
        }
    }

    /// The base address, with no slash at its end.
    pub fn url(&self) -> String {
        self.shared.url()
    }

    /// The address for clients that cannot be told whom to trust; the same as [`AzureEmulator::url`] where there is
    /// only one.
    pub fn url_without_tls(&self) -> String {
        let running = self.running.as_ref();
        let second = running.and_then(|running| running.without_tls.as_ref());
        second.map_or_else(|| self.url(), Served::url)
    }

    /// The routes of `/_control`, for a page that is served elsewhere.
    pub fn control(&self) -> Router {
        Router::new()
            .nest("/_control", control::router())
            .with_state(self.shared.clone())
    }

    /// Stops listening and closes every connection; what is held stays held.
    pub fn shutdown(&self) {
        if let Some(running) = &self.running {
            running.served.stop();
        }
    }

    /// Every request that arrived, oldest first.
    pub fn ledger(&self) -> Vec<LedgerEntry> {
        self.shared.ledger().after(0)
    }

    /// The requests for one operation, such as `initiate`.
    pub fn calls(&self, operation: &str) -> Vec<LedgerEntry> {
        let mut entries = self.ledger();
        entries.retain(|entry| entry.operation == operation);
        entries
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault) -> FaultId {
        let id = self.shared.faults().add(fault);
        self.shared.touch();
        id
    }

    /// Switches one fault off; false if it was not on any more.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        let removed = self.shared.faults().remove(id);
        self.shared.touch();
        removed
    }

    /// Switches all faults off.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
        self.shared.touch();
    }

    /// Holds the next matching call before or after its effect.
    pub fn hold(&self, matcher: impl Into<Matcher>, point: HoldPoint) -> Hold {
        self.shared.holds().add(matcher.into(), point)
    }

    /// A counter that grows with every change and every call.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    /// The model, brought up to the present instant of world time.
    pub(super) fn settled(&self) -> MutexGuard<'_, Model> {
        self.shared.settled()
    }
}

impl Shared {
    pub(crate) fn url(&self) -> String {
        self.url.get().cloned().unwrap_or_default()
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn settled(&self) -> MutexGuard<'_, Model> {
        let mut model = self.model();
        if model.settle(self.clock.now()) {
            self.touch();
        }
        model
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn holds(&self) -> MutexGuard<'_, Holds> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn throttling(&self) -> MutexGuard<'_, Throttling> {
        self.throttling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells watchers that something changed.
    pub(crate) fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    pub(crate) fn revision(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}

/// Wakes watchers when time alone changes something. Behaviour does not depend on it: every look settles first.
async fn announce_changes(shared: Arc<Shared>, stopping: CancellationToken) {
    let mut revision = shared.revision.subscribe();
    loop {
        revision.mark_unchanged();
        let next = shared.settled().next_change();
        tokio::select! {
            () = stopping.cancelled() => return,
            changed = revision.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = async {
                match next {
                    Some(next) => shared.clock.sleep_until(next).await,
                    None => std::future::pending().await,
                }
            } => {}
        }
    }
}

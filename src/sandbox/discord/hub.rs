//! The lock around the state, and the counter that tells everybody that something has changed.
//!
//! Everything that happens in the emulator happens inside [`Hub::change`], so the order of the ledger is
//! the order of effects, and no reader sees half of one.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{runtime::Handle, sync::watch};
use tokio_util::sync::CancellationToken;

use super::model::State;
use crate::clock::SharedClock;

#[derive(Debug)]
pub(crate) struct Hub {
    clock: SharedClock,
    state: Mutex<State>,
    revision: watch::Sender<u64>,
    pub(crate) runtime: Handle,
    pub(crate) closing: CancellationToken,
}

impl Hub {
    pub(crate) fn new(clock: SharedClock, state: State, runtime: Handle) -> Self {
        Self {
            clock,
            state: Mutex::new(state),
            revision: watch::Sender::new(0),
            runtime,
            closing: CancellationToken::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.clock.now();
        // Threads fall asleep by world time; looking once a minute of it is exact enough.
        if (state.now - state.idle_searched).num_minutes() >= 1 {
            state.idle_searched = state.now;
            state.archive_idle();
        }
        state
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and then wakes whoever waits for changes.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.revision.send_modify(|revision| *revision += 1);
        result
    }

    pub(crate) fn revision(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Looks after every change until `look` finds something, or `within` real time is over.
    pub(crate) async fn wait_for<T>(
        &self,
        within: Duration,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut revision = self.revision();
        let search = async {
            loop {
                revision.mark_unchanged();
                if let Some(found) = self.read(&mut look) {
                    return Some(found);
                }
                revision.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, search).await.ok().flatten()
    }
}

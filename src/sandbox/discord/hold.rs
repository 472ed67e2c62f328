//! Holds: a call is stopped before or after its effect until a test says how it goes on.
//!
//! Crash tests are made of these: hold the call, end the bot, release or drop, start the bot again.

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::route::{Matcher, SeenCall};

/// On which side of its effect a call is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The call arrived; nothing has happened yet.
    Before,
    /// The effect has happened; the answer has not left.
    After,
}

/// How far a hold has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum HoldState {
    /// No call has matched yet.
    Armed,
    /// A call stands still; `seq` is its line in the ledger.
    Holding { seq: u64 },
    /// The call went on as if nothing had been.
    Released,
    /// The connection was cut. Before its effect this means that the effect never happens.
    Dropped,
}

#[derive(Debug, Default)]
pub(crate) struct Holds {
    last: u64,
    all: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    id: u64,
    matcher: Matcher,
    side: Side,
    state: watch::Sender<HoldState>,
}

impl Holds {
    pub(crate) fn arm(&mut self, matcher: Matcher, side: Side) -> (u64, watch::Sender<HoldState>) {
        self.last += 1;
        let state = watch::Sender::new(HoldState::Armed);
        self.all.push(Armed {
            id: self.last,
            matcher,
            side,
            state: state.clone(),
        });
        (self.last, state)
    }

    /// The hold that this call runs into, marked as holding it.
    pub(crate) fn meet(
        &mut self,
        call: &SeenCall<'_>,
        side: Side,
        seq: u64,
    ) -> Option<watch::Sender<HoldState>> {
        let hold = self.all.iter_mut().find_map(|hold| {
            let armed = hold.side == side && *hold.state.borrow() == HoldState::Armed;
            (armed && hold.matcher.takes(call)).then_some(hold)
        })?;
        hold.state.send_replace(HoldState::Holding { seq });
        Some(hold.state.clone())
    }

    pub(crate) fn find(&self, id: u64) -> Option<watch::Sender<HoldState>> {
        self.all
            .iter()
            .find(|hold| hold.id == id)
            .map(|hold| hold.state.clone())
    }

    pub(crate) fn list(&self) -> impl Iterator<Item = (u64, &Matcher, Side, HoldState)> {
        self.all
            .iter()
            .map(|hold| (hold.id, &hold.matcher, hold.side, hold.state.borrow().clone()))
    }
}

/// A hold in the hands of a test. Dropping the handle releases the call, so no test can hang the emulator.
#[derive(Debug)]
pub struct Hold {
    pub(crate) id: u64,
    pub(crate) state: watch::Sender<HoldState>,
}

impl Hold {
    /// The number under which `/_control/holds` knows it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// How far it has come.
    pub fn state(&self) -> HoldState {
        self.state.borrow().clone()
    }

    /// Waits until a call stands still here, and tells its line in the ledger.
    pub async fn arrived(&self) -> u64 {
        let mut seen = self.state.subscribe();
        // The wait fails only when all senders are gone, and `self` is one.
        match seen.wait_for(|state| *state != HoldState::Armed).await.as_deref() {
            Ok(HoldState::Holding { seq }) => *seq,
            _ => 0,
        }
    }

    /// Lets the call go on; a hold that nothing has reached is disarmed.
    pub fn release(&self) {
        settle(&self.state, HoldState::Released);
    }

    /// Cuts the connection of the call; a call held before its effect then never has one.
    pub fn drop_connection(&self) {
        settle(&self.state, HoldState::Dropped);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.release();
    }
}

/// Only the first decision counts.
pub(crate) fn settle(state: &watch::Sender<HoldState>, decision: HoldState) {
    state.send_if_modified(|state| {
        let open = matches!(state, HoldState::Armed | HoldState::Holding { .. });
        if open {
            *state = decision;
        }
        open
    });
}

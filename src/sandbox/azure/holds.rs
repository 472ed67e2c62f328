//! Holds a call before or after its effect, so that a test can end the caller's life at exactly that point.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{call::Call, matcher::Matcher};

/// Where a call is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HoldPoint {
    /// It has arrived; nothing has happened.
    Before,
    /// It has happened; nothing has been answered.
    After,
}

/// How far a hold has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HoldStage {
    /// No call has come yet.
    Armed,
    /// A call has arrived and waits.
    Held,
    /// The call went on.
    Released,
    /// The call's connection was closed; held before its effect, it has none.
    Dropped,
}

/// Holds the first call that matches; later ones pass. Keep it to decide what becomes of the call.
#[derive(Debug, Clone)]
pub struct Hold {
    pub(crate) id: u64,
    stage: Arc<watch::Sender<HoldStage>>,
}

impl Hold {
    /// Names it over HTTP.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// How far it has come.
    pub fn stage(&self) -> HoldStage {
        *self.stage.borrow()
    }

    /// Returns once a call has arrived and is held (or was, and is decided).
    pub async fn arrived(&self) {
        let mut stage = self.stage.subscribe();
        // Fails only when the sender is gone, and `self` holds it.
        let _ = stage.wait_for(|stage| *stage != HoldStage::Armed).await;
    }

    /// Lets the call go on. Its effect comes even if the caller has hung up by now: a late twin.
    pub fn release(&self) {
        self.stage.send_replace(HoldStage::Released);
    }

    /// Closes the call's connection.
    pub fn drop_connection(&self) {
        self.stage.send_replace(HoldStage::Dropped);
    }

    /// Waits for the decision; false if the connection is to be dropped.
    pub(crate) async fn wait(&self) -> bool {
        self.stage.send_if_modified(|stage| {
            let waiting = *stage == HoldStage::Armed;
            if waiting {
                *stage = HoldStage::Held;
            }
            waiting
        });
        let mut stage = self.stage.subscribe();
        let decided = |stage: &HoldStage| matches!(stage, HoldStage::Released | HoldStage::Dropped);
        match stage.wait_for(decided).await {
            Ok(stage) => *stage == HoldStage::Released,
            Err(_) => true,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Holds {
    last_id: u64,
    armed: Vec<(Matcher, HoldPoint, Hold)>,
    taken: Vec<Hold>,
}

impl Holds {
    pub(crate) fn add(&mut self, matcher: Matcher, point: HoldPoint) -> Hold {
        self.last_id += 1;
        let hold = Hold {
            id: self.last_id,
            stage: Arc::new(watch::Sender::new(HoldStage::Armed)),
        };
        self.armed.push((matcher, point, hold.clone()));
        hold
    }

    pub(crate) fn take(&mut self, point: HoldPoint, call: &Call) -> Option<Hold> {
        let index = self.armed.iter().position(|(matcher, armed_at, hold)| {
            *armed_at == point && hold.stage() == HoldStage::Armed && matcher.fits(call)
        })?;
        let (_, _, hold) = self.armed.remove(index);
        self.taken.push(hold.clone());
        Some(hold)
    }

    pub(crate) fn find(&self, id: u64) -> Option<Hold> {
        let armed = self.armed.iter().map(|(_, _, hold)| hold);
        armed.chain(&self.taken).find(|hold| hold.id == id).cloned()
    }

    pub(crate) fn list(&self) -> Vec<Hold> {
        let armed = self.armed.iter().map(|(_, _, hold)| hold);
        armed.chain(&self.taken).cloned().collect()
    }
}

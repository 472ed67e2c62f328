//! The append-only list of everything that reached the emulator: what tests and the demo judge by.

use serde::Serialize;
use serde_json::Value;

use crate::clock::Instant;

use super::call::Call;

/// One request, from its arrival on; the answer is filled in when there is one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// Numbered from 1, without gaps.
    pub seq: u64,
    /// World time of the arrival.
    pub at: Instant,
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The operation's name, such as `initiate`.
    pub operation: &'static str,
    pub subscription: Option<String>,
    /// The application behind the token; empty if there was none.
    pub who: String,
    pub correlation: String,
    /// JSON as sent; secrets of a token request are left out.
    pub body: Option<Value>,
    /// What was answered before a fault twisted it; for whoever holds the ledger, not for the page.
    #[serde(skip)]
    pub answer: Option<Value>,
    /// `None` while it is being worked on, and for ever if the connection was dropped.
    pub status: Option<u16>,
    pub dropped: bool,
    /// Whether it changed the world.
    pub effect: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: Vec<LedgerEntry>,
}

impl Ledger {
    pub(crate) fn arrive(&mut self, call: &Call) -> u64 {
        let seq = self.entries.len() as u64 + 1;
        let secret = call.route.operation() == "token";
        let body = match serde_json::from_slice(&call.body) {
            Ok(body) => Some(body),
            Err(_) if call.body.is_empty() || secret => None,
            Err(_) => Some(Value::String(String::from_utf8_lossy(&call.body).into_owned())),
        };
        self.entries.push(LedgerEntry {
            seq,
            at: call.now,
            method: call.method.to_string(),
            path: call.target.clone(),
            operation: call.route.operation(),
            subscription: call.subscription(),
            who: String::new(),
            correlation: call.correlation.clone(),
            body,
            answer: None,
            status: None,
            dropped: false,
            effect: false,
        });
        seq
    }

    pub(crate) fn update(&mut self, seq: u64, change: impl FnOnce(&mut LedgerEntry)) {
        let index = usize::try_from(seq).unwrap_or_default().wrapping_sub(1);
        if let Some(entry) = self.entries.get_mut(index) {
            change(entry);
        }
    }

    pub(crate) fn after(&self, seq: u64) -> Vec<LedgerEntry> {
        let skip = usize::try_from(seq).unwrap_or(usize::MAX);
        self.entries.iter().skip(skip).cloned().collect()
    }
}

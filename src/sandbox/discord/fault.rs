//! Switches that make the emulator misbehave as the real service sometimes does.
//!
//! Must not know handlers: it says what should go wrong with a call, and the server does it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::route::{Matcher, SeenCall};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answered with this status (500, 502, 503 …) and nothing done.
    Status { status: u16 },
    /// Done, and then answered with this status all the same.
    StatusAfter { status: u16 },
    /// Refused with this status and this error code of Discord (30046, 50001 …), and nothing done.
    Error { status: u16, code: u32 },
    /// 429 with this many seconds to wait; nothing done.
    RateLimited { retry_after: f64, global: bool },
    /// Done after this much real time.
    Slow { millis: u64 },
    /// The connection ends without an answer; nothing done.
    DropBefore,
    /// Done, and then the connection ends without an answer.
    DropAfter,
    /// Done, and then answered with something that is no JSON.
    Malformed,
    /// The message that the call names is deleted just before the call.
    MessageDeleted,
}

/// A fault with its reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(default)]
    pub matcher: Matcher,
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How many more calls it hits; `None` until it is switched off.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// Hits every matching call until it is switched off.
    pub fn always(matcher: Matcher, kind: FaultKind) -> Self {
        Self {
            matcher,
            kind,
            times: None,
        }
    }

    /// Hits the next `times` matching calls.
    pub fn next(times: u32, matcher: Matcher, kind: FaultKind) -> Self {
        Self {
            matcher,
            kind,
            times: Some(times),
        }
    }

    /// Real delay of a [`FaultKind::Slow`].
    pub(crate) fn delay(kind: &FaultKind) -> Option<Duration> {
        match kind {
            FaultKind::Slow { millis } => Some(Duration::from_millis(*millis)),
            _ => None,
        }
    }
}

/// The name of a switched-on fault, to switch it off again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultId(pub u64);

#[derive(Debug, Default)]
pub(crate) struct Faults {
    last: u64,
    on: Vec<(FaultId, Fault)>,
}

impl Faults {
    pub(crate) fn switch_on(&mut self, fault: Fault) -> FaultId {
        self.last += 1;
        let id = FaultId(self.last);
        self.on.push((id, fault));
        id
    }

    pub(crate) fn switch_off(&mut self, id: FaultId) {
        self.on.retain(|(known, _)| *known != id);
    }

    pub(crate) fn clear(&mut self) {
        self.on.clear();
    }

    pub(crate) fn list(&self) -> &[(FaultId, Fault)] {
        &self.on
    }

    /// The first fault that this call meets; it is used up by one.
    pub(crate) fn meet(&mut self, call: &SeenCall<'_>) -> Option<FaultKind> {
        let fault = self
            .on
            .iter_mut()
            .find_map(|(_, fault)| fault.matcher.takes(call).then_some(fault))?;
        let kind = fault.kind.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
        }
        self.on.retain(|(_, fault)| fault.times != Some(0));
        Some(kind)
    }
}

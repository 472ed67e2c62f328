//! What can go wrong, by switch.
//!
//! A fault is for the next N matching calls or until it is switched off. The first one that fits a call is played.

use serde::{Deserialize, Serialize};

use super::{call::Call, matcher::Matcher};

/// A switch that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    #[serde(flatten)]
    pub matcher: Matcher,
    pub kind: FaultKind,
    /// How many calls it is for; `None`: until it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The ways in which a call fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum FaultKind {
    /// 401: the token is not accepted.
    Unauthorized,
    /// 403 `AuthorizationFailed`.
    Forbidden,
    /// 404 `ResourceNotFound`.
    NotFound,
    /// 429 with `Retry-After` in seconds.
    Throttled { retry_after: u32 },
    /// 500, 502, 503 or 504.
    ServerError { status: u16 },
    /// The effect happens; the body is not JSON.
    MalformedBody,
    /// The effect happens; half of the body comes.
    TruncatedBody,
    /// The effect happens; the body is padded to so many bytes.
    OversizedBody { bytes: usize },
    /// 502 with a page of HTML, as a proxy answers.
    Html,
    /// So many milliseconds of real time pass before anything happens.
    Slow { millis: u64 },
    /// The connection closes and nothing happened.
    DropBeforeEffect,
    /// The connection closes and it happened all the same.
    DropAfterEffect,
    /// The effect comes so many milliseconds of real time after the caller has hung up.
    LateTwin { millis: u64 },
    /// An accepted request stays `Initiating`.
    StuckInitiating,
    /// An accepted request is not revoked at its end.
    NeverRevokes,
    /// A request for a port that has a window is accepted and forgotten: the older window stays.
    ForgetsNewer,
    /// A request for a port that has a window takes its place beside the older one, which stays as well.
    KeepsOlder,
}

/// Names a switched-on fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u64);

impl Fault {
    /// For every matching call until it is switched off.
    pub fn on(matcher: impl Into<Matcher>, kind: FaultKind) -> Self {
        Self {
            matcher: matcher.into(),
            kind,
            times: None,
        }
    }

    /// For the next matching call only.
    pub fn once(matcher: impl Into<Matcher>, kind: FaultKind) -> Self {
        Self::on(matcher, kind).times(1)
    }

    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    last_id: u64,
    on: Vec<(FaultId, Fault)>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> FaultId {
        self.last_id += 1;
        let id = FaultId(self.last_id);
        self.on.push((id, fault));
        id
    }

    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.on.len();
        self.on.retain(|(known, _)| *known != id);
        self.on.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.on.clear();
    }

    pub(crate) fn list(&self) -> Vec<(FaultId, Fault)> {
        self.on.clone()
    }

    /// The fault to play for this call, counted.
    pub(crate) fn take(&mut self, call: &Call) -> Option<FaultKind> {
        let (_, fault) = self
            .on
            .iter_mut()
            .find(|(_, fault)| fault.times != Some(0) && fault.matcher.fits(call))?;
        if let Some(left) = &mut fault.times {
            *left -= 1;
        }
        let kind = fault.kind.clone();
        self.on.retain(|(_, fault)| fault.times != Some(0));
        Some(kind)
    }
}

//! Just-In-Time access: read JIT policies, open with `initiate`, and tell from a read-back what became of it.
//!
//! `initiate` has no id and no operation to poll (recorded traffic, 2018 and 2022), so a request of ours is found
//! by the marker in its `justification`, the VM and the port. Whether to open, close or try again is decided
//! by the caller: everything here that judges is a pure function of what Azure showed.

mod closing;
mod document;
#[cfg(test)]
mod document_tests;
mod element;
mod initiate;
mod marker;
mod policy;
mod read;
mod request;
mod seen;
mod wire;
mod write;

pub use self::{
    closing::{CloseLength, closing_request},
    document::{Conflict, Fulfilled, JitDocument, Rewritten},
    initiate::{InitiatePort, Initiated, InitiatedPort},
    marker::{JUSTIFICATION_CHARS_MAX, Marker},
    policy::{JitPolicyState, JitVm, Provisioning},
    request::{JitReason, JitRequest, JitStatus},
    seen::{Seen, Shut, verdict},
    write::Written,
};
pub(super) use self::{
    policy::normal_location,
    wire::{instant, or_default},
};

/// The newest version of the JIT API; older ones have the same shapes.
const API_VERSION: &str = "2020-01-01";

#[cfg(test)]
pub(super) mod testing;

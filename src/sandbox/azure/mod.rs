//! A model of Azure: Entra, Resource Manager and Resource Graph, as far as JIT needs them.
//!
//! State and world time give behaviour: nothing here is a canned reply. Facts come from Microsoft's API
//! descriptions and from recorded traffic; where nothing is known, the stricter behaviour is modelled.
//!
//! Must not know: anything of ours except `clock`, and the loopback server beside it.

mod answer;
mod call;
mod control;
mod emulator;
mod faults;
mod gate;
mod graph;
mod holds;
mod ledger;
mod matcher;
mod model;
mod observe;
mod operations;
mod options;
mod portal;
mod portal_subnet;
mod portal_writes;
mod route;
mod serve;
mod snapshot;
#[cfg(test)]
mod tests;
mod throttle;
mod world;

pub use emulator::AzureEmulator;
pub use faults::{Fault, FaultId, FaultKind};
pub use holds::{Hold, HoldPoint, HoldStage};
pub use ledger::LedgerEntry;
pub use matcher::Matcher;
pub use model::{
    identity::{Grant, Identity},
    jit::PolicyPort,
    nsg::{Access, Direction, SecurityRule},
    resources::{OperatingSystem, Plan, Power},
};
pub use observe::PortState;
pub use options::{Bucket, Cloud, Opening, Options, Throttle, Timing};
pub use portal::PORTAL_PERSON;
pub use world::{
    BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT, MachineSpec, PRODUCTION_SUBSCRIPTION, SANDBOX_SUBSCRIPTION,
    STAGING_SUBSCRIPTION, World, demo_grants,
};

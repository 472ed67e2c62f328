//! The inventory: all VMs that the identity can see, with their network, their rules and their JIT state.
//!
//! Resource Graph gives machines and networks in a handful of questions for all subscriptions; JIT policies are not
//! in it, so they are listed for each subscription, and all is joined here by lower-cased id. Resource Graph is
//! seconds to minutes old: nothing here may be used to say that a window is open. Must not know where a snapshot
//! is kept, or when the next one is due.

mod classify;
mod fetch;
mod graph;
mod join;
mod network;
mod patience;
mod plan;
mod query;
mod rows;
mod subscriptions;

use std::sync::Arc;

use super::{arm::ArmError, jit::JitPolicyState};
use crate::{
    clock::Instant,
    domain::{
        jit_policy::Stale,
        network::Groups,
        plan::Plans,
        text::FreeText,
        trouble::Trouble,
        vm::{Classic, SubscriptionId, Vm},
    },
};

pub(super) use self::rows::{list, text};
pub use self::subscriptions::Subscription;

/// What one refresh found, subscription by subscription.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub parts: Vec<Part>,
}

/// One subscription's part. One that fails is named, and hides none of the others.
#[derive(Debug, Clone)]
pub struct Part {
    pub subscription: SubscriptionId,
    /// The name that people gave it, where it could be read.
    pub name: Option<FreeText>,
    pub found: Result<Found, Arc<ArmError>>,
}

/// What was found in one subscription.
#[derive(Debug, Clone)]
pub struct Found {
    /// Ordered by id.
    pub vms: Vec<Vm>,
    /// The rules of the network security groups on the way to the VMs.
    pub groups: Groups,
    /// Entries of JIT policies whose VM is not among the machines.
    pub stale: Vec<Stale>,
    /// The JIT policies with their requests, from which windows are found that the store does not know.
    pub policies: Vec<JitPolicyState>,
    /// The Defender plans; what could not be read hides nothing else.
    pub plans: Result<Plans, Trouble>,
    /// Ordered by group and name.
    pub classic: Vec<Classic>,
    pub fetched_at: Instant,
}

impl Snapshot {
    /// All VMs of the subscriptions that could be read.
    pub fn vms(&self) -> impl Iterator<Item = &Vm> {
        self.parts
            .iter()
            .filter_map(|part| part.found.as_ref().ok())
            .flat_map(|found| &found.vms)
    }
}

#[cfg(test)]
mod tests;

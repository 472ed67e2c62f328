//! What exists before the first call: subscriptions, machines with their network, JIT policies, identities.
//!
//! Must not know: HTTP, time. `demo.rs` is the world that people see; tests build their own.

mod builder;
mod demo;
mod subnet;

use std::collections::BTreeMap;

pub use builder::MachineSpec;
pub use demo::{
    BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT, PRODUCTION_SUBSCRIPTION, SANDBOX_SUBSCRIPTION,
    STAGING_SUBSCRIPTION, demo_grants,
};

use super::model::{
    identity::Identity,
    jit::Policy,
    nsg::Nsg,
    resources::{Firewall, Machine, Network, Nic, PublicIp, Subscription},
};

/// The resources of one tenant, by their lower-cased ids.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub(crate) tenant: String,
    pub(crate) subscriptions: Vec<Subscription>,
    /// Resource groups: lower-cased id → region.
    pub(crate) groups: BTreeMap<String, ResourceGroup>,
    pub(crate) machines: BTreeMap<String, Machine>,
    pub(crate) nics: BTreeMap<String, Nic>,
    pub(crate) public_ips: BTreeMap<String, PublicIp>,
    pub(crate) networks: BTreeMap<String, Network>,
    pub(crate) nsgs: BTreeMap<String, Nsg>,
    pub(crate) firewalls: BTreeMap<String, Firewall>,
    pub(crate) policies: BTreeMap<String, Policy>,
    pub(crate) identities: Vec<Identity>,
}

#[derive(Debug, Clone)]
pub(crate) struct ResourceGroup {
    pub id: String,
    pub name: String,
    pub subscription: String,
    pub region: String,
}

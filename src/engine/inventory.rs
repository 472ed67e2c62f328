//! The bot's picture of all VMs, kept in memory for autocomplete and in the store for a start without Azure.

mod names;

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Engine;
use crate::{
    domain::{
        Instant,
        actor::Actor,
        jit_policy::Stale,
        network::{Groups, Verdict, Way, judge},
        plan::Plans,
        port::Port,
        text::FreeText,
        trouble::Trouble,
        vm::{Classic, JitPolicyId, Protocol, SubscriptionId, Vm, VmId},
    },
    policy::Asker,
    store::{InventoryRow, StoreError},
    telemetry::Causes,
};

/// A picture older than this is shown with its age.
pub const STALE_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Holds the newest picture; readers never wait for a refresh.
#[derive(Debug, Default)]
pub struct Inventory {
    view: ArcSwap<View>,
}

/// One subscription's picture, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    pub subscription: SubscriptionId,
    pub vms: Vec<Vm>,
    pub policies: Vec<JitPolicyId>,
    /// The network rules in front of the VMs.
    #[serde(default)]
    pub groups: Groups,
    /// Entries of JIT policies whose VM is not among the VMs.
    #[serde(default)]
    pub stale: Vec<Stale>,
    pub taken_at: Instant,
    /// The name that people gave the subscription.
    #[serde(default)]
    pub name: Option<FreeText>,
    /// The Defender plans, or why they are not known; `None` in a picture of before they were kept.
    #[serde(default)]
    pub plans: Option<Result<Plans, Trouble>>,
    #[serde(default)]
    pub classic: Vec<Classic>,
}

/// What the last refresh could not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `None`: not even which subscriptions there are.
    pub subscription: Option<SubscriptionId>,
    pub name: Option<FreeText>,
    pub why: Trouble,
}

/// One picture of all VMs.
#[derive(Debug, Default)]
pub struct View {
    parts: Vec<Part>,
    failures: Vec<Failure>,
    vms: Vec<Vm>,
    by_key: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What a written VM name can mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Found<'a> {
    One(&'a Vm),
    /// Several VMs have this name; each needs more of its path.
    Several(Vec<&'a Vm>),
    /// None has.
    None,
}

impl Inventory {
    /// The newest picture.
    pub fn view(&self) -> Arc<View> {
        self.view.load_full()
    }

    fn set(&self, parts: Vec<Part>, failures: Vec<Failure>) {
        let view = View {
            failures,
            ..View::new(parts)
        };
        self.view.store(Arc::new(view));
    }

    /// Puts one subscription's part in place of the older one.
    pub(super) fn renew(&self, part: Part) {
        self.view.rcu(|view| View {
            failures: view.failures.clone(),
            ..View::new(view.renewed(vec![part.clone()]))
        });
    }
}

impl View {
    /// A view over `parts`.
    pub fn new(mut parts: Vec<Part>) -> Self {
        let vms: Vec<Vm> = parts
            .iter_mut()
            .flat_map(|part| std::mem::take(&mut part.vms))
            .collect();
        let mut by_key = HashMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, vm) in vms.iter().enumerate() {
            by_key.insert(vm.id.key().to_owned(), at);
            by_name.entry(vm.id.name().to_lowercase()).or_default().push(at);
        }
        Self {
            parts,
            failures: Vec::new(),
            vms,
            by_key,
            by_name,
        }
    }

    /// The subscriptions of the picture; their VMs are in [`View::vms`].
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What the last refresh could not read: of it the picture is old, or there is none.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The part of a subscription.
    pub fn part(&self, subscription: &SubscriptionId) -> Option<&Part> {
        self.parts.iter().find(|part| part.subscription == *subscription)
    }

    /// All classic machines.
    pub fn classic(&self) -> impl Iterator<Item = &Classic> {
        self.parts.iter().flat_map(|part| &part.classic)
    }

    /// The VM with this id.
    pub fn vm(&self, id: &VmId) -> Option<&Vm> {
        self.by_key.get(id.key()).and_then(|at| self.vms.get(*at))
    }

    /// All VMs.
    pub fn vms(&self) -> &[Vm] {
        &self.vms
    }

    /// All JIT policies.
    pub fn policies(&self) -> impl Iterator<Item = &JitPolicyId> {
        self.parts.iter().flat_map(|part| &part.policies)
    }

    /// All subscriptions that could be read.
    pub fn subscriptions(&self) -> impl Iterator<Item = &SubscriptionId> {
        self.parts.iter().map(|part| &part.subscription)
    }

    /// When the picture of `vm`'s subscription was taken.
    pub fn taken_at(&self, vm: &VmId) -> Option<Instant> {
        self.part(vm.subscription()).map(|part| part.taken_at)
    }

    /// When the picture of `vm`'s subscription was taken, if that is so long ago that a reader should know.
    pub fn stale_since(&self, vm: &VmId, now: Instant) -> Option<Instant> {
        self.taken_at(vm).filter(|at| now - *at > STALE_AFTER)
    }

    /// When the oldest part of the picture was taken; `None`: there is none yet.
    pub fn oldest(&self) -> Option<Instant> {
        self.parts.iter().map(|part| part.taken_at).min()
    }

    /// Entries of JIT policies whose VM is not among the machines.
    pub fn stale(&self) -> Vec<Stale> {
        self.parts.iter().flat_map(|part| part.stale.clone()).collect()
    }

    /// The network rules in front of `vm`, as old as the picture.
    pub fn groups_of(&self, vm: &VmId) -> Option<&Groups> {
        self.part(vm.subscription()).map(|part| &part.groups)
    }

    /// What the network rules of the picture say about one port of `vm`.
    pub fn verdict(&self, vm: &Vm, port: Port) -> Verdict {
        let protocol = vm.jit_port(port).map_or(Protocol::Tcp, |(_, jit)| jit.protocol);
        let ways: Vec<_> = vm.nics.iter().map(Way::over).collect();
        match self.groups_of(&vm.id) {
            Some(groups) => judge(&ways, groups, port, protocol),
            None => judge(&ways, &Groups::default(), port, protocol),
        }
    }

    /// The part of one subscription with its VMs.
    pub(super) fn whole_part(&self, subscription: &SubscriptionId) -> Option<Part> {
        let part = self
            .parts
            .iter()
            .find(|part| part.subscription == *subscription)?;
        Some(Part {
            vms: self
                .vms
                .iter()
                .filter(|vm| vm.id.subscription() == subscription)
                .cloned()
                .collect(),
            ..part.clone()
        })
    }

    /// This picture with `newer` in place of the parts that it renews.
    fn renewed(&self, newer: Vec<Part>) -> Vec<Part> {
        let renewed = |part: &Part| newer.iter().any(|new| new.subscription == part.subscription);
        let kept = self.parts.iter().filter(|part| !renewed(part)).map(|part| Part {
            vms: self
                .vms
                .iter()
                .filter(|vm| vm.id.subscription() == &part.subscription)
                .cloned()
                .collect(),
            ..part.clone()
        });
        let mut parts: Vec<_> = kept.collect();
        parts.extend(newer);
        parts.sort_by(|one, other| one.subscription.cmp(&other.subscription));
        parts
    }
}

impl Engine {
    /// The newest picture.
    pub fn inventory(&self) -> Arc<View> {
        self.inventory.view()
    }

    /// The choices for the VM being typed: only what this person may ask for, and never any I/O.
    pub fn suggest(&self, actor: &Actor, typed: &str, most: usize) -> Vec<String> {
        let view = self.inventory.view();
        let rules = self.rules.load();
        let asker = Asker::new(&rules, actor, self.now());
        view.near(typed.trim(), most, |vm| asker.may_ask(vm))
            .into_iter()
            .map(|vm| view.shortest(vm))
            .collect()
    }

    /// Takes up the stored picture, so that a start without Azure knows the VMs of the last run.
    pub async fn load_inventory(&self) -> Result<(), StoreError> {
        let mut parts = Vec::new();
        for row in self.store.read().await?.inventories().await? {
            match serde_json::from_str(&row.body) {
                Ok(part) => parts.push(part),
                // The picture is only a copy of Azure: one that cannot be read is taken anew.
                Err(why) => {
                    warn!(subscription = %row.subscription, error = %why, "A stored inventory cannot be read; it is taken anew from Azure.");
                }
            }
        }
        self.inventory.set(parts, Vec::new());
        Ok(())
    }

    /// Takes the picture anew, keeping the last good part of every subscription that fails.
    pub async fn refresh_inventory(&self) -> Result<(), StoreError> {
        let snapshot = match self.arm.snapshot(&self.settings.subscriptions).await {
            Ok(snapshot) => snapshot,
            Err(why) => {
                warn!(error = %why, "Azure could not be read; the last picture of the machines is kept.");
                let failure = Failure {
                    subscription: None,
                    name: None,
                    why: why.trouble(self.now()),
                };
                self.inventory
                    .set(self.inventory.view().renewed(Vec::new()), vec![failure]);
                return Ok(());
            }
        };
        let mut newer = Vec::new();
        let mut failures = Vec::new();
        for part in snapshot.parts {
            match part.found {
                Ok(found) => newer.push(Part {
                    subscription: part.subscription,
                    vms: found.vms,
                    policies: found.policies.into_iter().map(|policy| policy.id).collect(),
                    groups: found.groups,
                    stale: found.stale,
                    taken_at: found.fetched_at,
                    name: part.name,
                    plans: Some(found.plans),
                    classic: found.classic,
                }),
                Err(why) => {
                    warn!(subscription = %part.subscription, error = %why, "A subscription could not be read; its last picture is kept.");
                    failures.push(Failure {
                        subscription: Some(part.subscription),
                        name: part.name,
                        why: why.trouble(self.now()),
                    });
                }
            }
        }
        let mut work = self.store.begin().await?;
        for part in &newer {
            if let Ok(body) = serde_json::to_string(part) {
                let row = InventoryRow {
                    subscription: part.subscription.clone(),
                    body,
                    taken_at: part.taken_at,
                };
                work.save_inventory(&row).await?;
            }
        }
        work.commit().await?;
        let parts = self.inventory.view().renewed(newer);
        self.inventory.set(parts, failures);
        Ok(())
    }

    /// Keeps the picture fresh until `stop`.
    pub async fn keep_inventory(self: Arc<Self>, stop: CancellationToken) {
        let mut rights_told = false;
        loop {
            let vms_before = self.inventory.view().vms().len();
            tokio::select! {
                () = stop.cancelled() => return,
                done = self.refresh_inventory() => match done {
                    Ok(()) => {
                        let vms = self.inventory.view().vms().len();
                        if vms != vms_before {
                            info!(vms, "The inventory has been taken.");
                        }
                    }
                    Err(why) => warn!(error = %Causes(&why), "The inventory could not be stored."),
                },
            }
            // Only now it is known which subscriptions and groups there are; while Azure is down, it is not.
            if !rights_told && !self.inventory.view().parts().is_empty() {
                rights_told = true;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.tell_missing_rights() => {}
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep_until(self.now() + self.settings.inventory_every) => {}
            }
        }
    }
}

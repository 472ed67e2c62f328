//! What the network lets in to one machine: asked of Azure where it tells, and of the inventory where it does not.
//! Nothing is written here.

use std::{net::Ipv4Addr, time::Duration};

use ipnet::Ipv4Net;
use tracing::warn;

use super::{
    Engine,
    inventory::{Found, View},
};
use crate::{
    azure::{ArmError, effective_rules::is_not_running, jit::JitStatus},
    chat::message::network_rules::{NotTold, Origin, Picture, Said, UntilOf},
    domain::{
        Instant,
        actor::Actor,
        network::{Groups, Way, judge_each, looked_at},
        port::{NotAPort, Port},
        vm::{JitPort, JitState, Power, Protocol, Vm, VmId},
        vote::Door,
    },
    policy::Viewer,
    store::StoreError,
};

/// How long Azure may take for one interface. A person waits for the answer, and Azure needs 10 to 20 seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// More interfaces than this are not asked for: each takes its time.
const NICS_MAX: usize = 4;

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq)]
pub enum NotShown {
    UnknownVm {
        typed: String,
        near: Vec<VmId>,
    },
    AmbiguousVm {
        typed: String,
        meant: Vec<VmId>,
    },
    NoInventory,
    Port(NotAPort),
    /// Neither may this person ask for the machine or approve it, nor is it an administrator or an auditor.
    NotAllowed {
        vm: VmId,
    },
}

impl Engine {
    /// The machine whose rules `actor` may look at, and the port, if only one is asked for.
    pub(super) fn may_look(
        &self,
        actor: &Actor,
        typed: &str,
        port: Option<&str>,
    ) -> Result<(VmId, Option<Port>), NotShown> {
        let view = self.inventory.view();
        let vm = find(&view, typed)?;
        if !self.may_see(actor, vm) {
            return Err(NotShown::NotAllowed { vm: vm.id.clone() });
        }
        let port = port.map(str::parse::<Port>).transpose().map_err(NotShown::Port)?;
        Ok((vm.id.clone(), port))
    }

    /// Whether this person may know of `vm`.
    pub(super) fn may_see(&self, actor: &Actor, vm: &Vm) -> bool {
        Viewer::new(&self.rules.load(), actor, self.is_shown_all(actor)).may_see(vm)
    }

    /// The rules in front of `vm`, and what they say about `port`, or about each port that is worth a look; `None`
    /// where the machine is gone.
    pub(super) async fn network_rules(
        &self,
        vm: &VmId,
        port: Option<Port>,
    ) -> Result<Option<Picture>, StoreError> {
        let view = self.inventory.view();
        let Some(vm) = view.vm(vm) else {
            return Ok(None);
        };
        let (ways, groups, origin) = match self.ask_for_rules(vm).await {
            Ok((ways, groups)) => (ways, groups, Origin::Azure),
            Err(why) => of_inventory(&view, vm, why),
        };
        let guarded = guarded(vm);
        let ports: Vec<_> = match port {
            Some(port) => {
                let protocol = looked_at(&guarded)
                    .into_iter()
                    .find(|(known, _)| *known == port)
                    .map_or(Protocol::Tcp, |(_, protocol)| protocol);
                vec![(port, protocol)]
            }
            None => looked_at(&guarded),
        };
        let mut picture = pictured(vm, &ports, (ways, groups, origin));
        picture.until = self.ends_of(vm, &ports).await?;
        Ok(Some(picture))
    }

    /// What the rules of the inventory say about each port of `vm` that is worth a look; Azure is not asked.
    pub async fn known_network_rules(&self, view: &View, vm: &Vm) -> Result<Picture, StoreError> {
        let ports = looked_at(&guarded(vm));
        let mut picture = pictured(vm, &ports, of_inventory(view, vm, NotTold::NotAsked));
        picture.until = self.own_ends(vm, &ports).await?;
        for found in self.found_on(vm) {
            let sources = found.source.split(", ").filter_map(|source| {
                let network = source.parse::<Ipv4Net>();
                network
                    .or_else(|_| source.parse::<Ipv4Addr>().map(Ipv4Net::from))
                    .ok()
            });
            picture.until.extend(sources.map(|source| UntilOf {
                port: found.port,
                source,
                ends_at: found.ends_at,
                request: None,
            }));
        }
        Ok(picture)
    }

    async fn ask_for_rules(&self, vm: &Vm) -> Result<(Vec<Way>, Groups), NotTold> {
        // Azure would refuse; the question would only take its time.
        if matches!(vm.power, Power::Stopped | Power::Deallocated) {
            return Err(NotTold::NotRunning);
        }
        if vm.nics.is_empty() {
            return Err(NotTold::NoInterface);
        }
        if vm.nics.len() > NICS_MAX {
            return Err(NotTold::TooManyInterfaces {
                has: vm.nics.len(),
                most: NICS_MAX,
            });
        }
        let asked = vm
            .nics
            .iter()
            .map(Way::over)
            .map(|way| async move { self.arm.effective_rules(&way, PATIENCE).await });
        let mut ways = Vec::new();
        let mut all = Groups::default();
        for answer in futures::future::join_all(asked).await {
            let (way, groups) = answer.map_err(|why| {
                warn!(vm = %vm.id, error = %why, "Azure did not tell the effective rules of a machine; those of the inventory are shown.");
                not_told(&why, self.now())
            })?;
            ways.push(way);
            all.extend(groups);
        }
        Ok((ways, all))
    }

    /// Until when windows of this bot on these ports are open.
    async fn own_ends(&self, vm: &Vm, ports: &[(Port, Protocol)]) -> Result<Vec<UntilOf>, StoreError> {
        let doors: Vec<_> = ports
            .iter()
            .map(|(port, _)| Door {
                vm: vm.id.clone(),
                port: *port,
            })
            .collect();
        let mut found: Vec<UntilOf> = Vec::new();
        let mut view = self.store.read().await?;
        for (window, _) in view.windows_at(&doors).await? {
            let request = view.load_request(window.request).await?;
            found.push(UntilOf {
                port: window.port,
                source: window.source.net(),
                ends_at: window.ends_at,
                request: request.map(|(request, _)| request.number),
            });
        }
        Ok(found)
    }

    /// The same, and of Azure for windows of others.
    async fn ends_of(&self, vm: &Vm, ports: &[(Port, Protocol)]) -> Result<Vec<UntilOf>, StoreError> {
        let mut found = self.own_ends(vm, ports).await?;
        let now = self.now();
        for policy in policies(vm) {
            let state = match self.arm.read_back(policy).await {
                Ok(state) => state,
                Err(why) => {
                    // Only the end of somebody else's window is not known then.
                    warn!(policy = %policy, error = %why, "A JIT policy could not be read for the ends of its windows.");
                    continue;
                }
            };
            for request in state.requests {
                let live =
                    request.vm == vm.id && request.status == JitStatus::Initiated && request.ends_at > now;
                for source in request.sources.into_iter().filter(|_| live) {
                    let known = found
                        .iter()
                        .any(|window| window.port == request.port && window.source == source);
                    if !known {
                        found.push(UntilOf {
                            port: request.port,
                            source,
                            ends_at: request.ends_at,
                            request: None,
                        });
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The ways in and the rules as the inventory has them.
fn of_inventory(view: &View, vm: &Vm, why: NotTold) -> (Vec<Way>, Groups, Origin) {
    let groups = view.groups_of(&vm.id).cloned().unwrap_or_default();
    let read_at = view.taken_at(&vm.id);
    let ways = vm.nics.iter().map(Way::over).collect();
    (ways, groups, Origin::Inventory { read_at, why })
}

fn pictured(
    vm: &Vm,
    ports: &[(Port, Protocol)],
    (ways, groups, origin): (Vec<Way>, Groups, Origin),
) -> Picture {
    let verdicts = ports
        .iter()
        .flat_map(|(port, protocol)| {
            judge_each(&ways, &groups, *port, *protocol)
                .into_iter()
                .map(|(over, verdict)| Said {
                    port: *port,
                    over,
                    verdict,
                })
        })
        .collect();
    Picture {
        vm: vm.id.clone(),
        until: Vec::new(),
        guarded: guarded(vm).iter().map(|jit| jit.port).collect(),
        verdicts,
        ways,
        groups,
        origin,
    }
}

fn find<'a>(view: &'a View, typed: &str) -> Result<&'a Vm, NotShown> {
    if view.vms().is_empty() {
        return Err(NotShown::NoInventory);
    }
    match view.find(typed) {
        Found::One(vm) => Ok(vm),
        Found::Several(meant) => Err(NotShown::AmbiguousVm {
            typed: typed.to_owned(),
            meant: meant.into_iter().map(|vm| vm.id.clone()).collect(),
        }),
        Found::None => Err(NotShown::UnknownVm {
            typed: typed.to_owned(),
            near: Vec::new(),
        }),
    }
}

fn guarded(vm: &Vm) -> Vec<JitPort> {
    match &vm.jit {
        JitState::Configured { policies } => policies.iter().flat_map(|entry| entry.ports.clone()).collect(),
        JitState::NotConfigured | JitState::Unsupported { .. } => Vec::new(),
    }
}

fn policies(vm: &Vm) -> impl Iterator<Item = &crate::domain::vm::JitPolicyId> {
    match &vm.jit {
        JitState::Configured { policies } => policies.as_slice(),
        JitState::NotConfigured | JitState::Unsupported { .. } => &[],
    }
    .iter()
    .map(|entry| &entry.policy)
}

fn not_told(why: &ArmError, now: Instant) -> NotTold {
    match why {
        _ if is_not_running(why) => NotTold::NotRunning,
        ArmError::TooSlow { patience } => NotTold::TooSlow { waited: *patience },
        _ => NotTold::Trouble {
            why: why.trouble(now),
        },
    }
}

//! `/jit enable`: machines come under JIT.

use std::time::Duration;

use super::{Asker, Draft, NotProposed, Placed, search::found};
use crate::{
    domain::{
        configuration::{
            LeftOut, Menu, NotTouched, VmChange, Wish, parse_limit, parse_ports, parse_sources,
            recommended_limit, usual_port,
        },
        ids::ProposalId,
        port::Port,
        vm::{AllowedSources, JitPolicyId, JitPort, JitState, Protocol, Vm, VmId},
    },
    engine::{Engine, despite_races, inventory::View},
    store::StoreError,
};

/// The name that the portal gives the JIT policy of a group and region.
const POLICY_NAME: &str = "default";

/// What an administrator typed.
#[derive(Debug, Clone)]
pub struct GuardTyped {
    pub asker: Asker,
    pub vms: Option<String>,
    pub search: Option<String>,
    pub ports: Option<String>,
    pub sources: Option<String>,
    pub limit: Option<String>,
}

/// The ports that each machine gets.
struct Limits {
    /// `None`: the usual one of its system.
    ports: Option<Vec<Port>>,
    sources: AllowedSources,
    max: Duration,
}

impl Engine {
    /// Proposes to guard machines, or shows those that can be chosen.
    pub async fn propose_guard(
        &self,
        typed: &GuardTyped,
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        if !self.administers(&typed.asker.actor) {
            return Ok(Err(NotProposed::NotAnAdministrator));
        }
        let draft = match draft(typed, &self.inventory.view()) {
            Ok(draft) => draft,
            Err(why) => return Ok(Err(why)),
        };
        self.propose(&typed.asker, draft).await
    }

    /// The administrator has chosen some of a menu's machines, by their places in it.
    pub async fn choose_vms(
        &self,
        asker: &Asker,
        id: ProposalId,
        places: &[usize],
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        despite_races(|| {
            self.chosen(asker, id, |menu, view| {
                let pick = |vms: &[VmId]| -> Vec<VmId> {
                    places
                        .iter()
                        .filter_map(|place| vms.get(*place))
                        .cloned()
                        .collect()
                };
                match menu {
                    Menu::Guard {
                        vms,
                        ports,
                        sources,
                        max,
                    } => {
                        let limits = Limits {
                            ports: ports.clone(),
                            sources: sources.clone(),
                            max: *max,
                        };
                        let vms = pick(vms);
                        let known: Vec<_> = vms.iter().filter_map(|vm| view.vm(vm)).collect();
                        guard(&known, &limits, view)
                    }
                    Menu::Unguard { vms } => {
                        let vms = pick(vms);
                        let known: Vec<_> = vms.iter().filter_map(|vm| view.vm(vm)).collect();
                        super::unguard::unguard(&known)
                    }
                    Menu::Ports { .. } => Err(NotProposed::UnknownProposal),
                }
            })
        })
        .await
    }
}

fn draft(typed: &GuardTyped, view: &View) -> Result<Draft, NotProposed> {
    let limits = Limits {
        ports: typed
            .ports
            .as_deref()
            .map(parse_ports)
            .transpose()
            .map_err(NotProposed::Ports)?,
        sources: match typed.sources.as_deref() {
            None => AllowedSources::Any,
            Some(text) => parse_sources(text).map_err(NotProposed::Sources)?,
        },
        max: match typed.limit.as_deref() {
            None => recommended_limit(),
            Some(text) => parse_limit(text).map_err(|why| NotProposed::Limit {
                typed: text.to_owned(),
                why,
            })?,
        },
    };
    if let Some(vms) = &typed.vms {
        return guard(&Engine::named(view, vms)?, &limits, view);
    }
    let vms = found(view, typed.search.as_deref(), |vm| {
        vm.jit == JitState::NotConfigured
    })?;
    Ok(Draft::Choose(Menu::Guard {
        vms,
        ports: limits.ports,
        sources: limits.sources,
        max: limits.max,
    }))
}

fn guard(vms: &[&Vm], limits: &Limits, view: &View) -> Result<Draft, NotProposed> {
    let mut changes = Vec::new();
    let mut left_out = Vec::new();
    for vm in vms {
        match place(vm, limits, view) {
            Ok(placed) => changes.push(placed),
            Err(why) => left_out.push(LeftOut {
                vm: vm.id.clone(),
                why,
            }),
        }
    }
    Draft::or_refusal(changes, left_out)
}

fn place(vm: &Vm, limits: &Limits, view: &View) -> Result<Placed, NotTouched> {
    match &vm.jit {
        JitState::NotConfigured => {}
        JitState::Configured { .. } => return Err(NotTouched::Configured),
        JitState::Unsupported { why } => return Err(NotTouched::Unsupported(*why)),
    }
    let numbers = match &limits.ports {
        Some(ports) => ports.clone(),
        None => vec![usual_port(vm.os).ok_or(NotTouched::NoUsualPort)?],
    };
    let ports = numbers
        .into_iter()
        .map(|port| JitPort {
            port,
            protocol: Protocol::Any,
            sources: limits.sources.clone(),
            max: limits.max,
        })
        .collect();
    let policy = policy_for(vm).ok_or(NotTouched::NotConfigured)?;
    Ok(Placed {
        is_new: !view.policies().any(|known| *known == policy),
        policy,
        change: VmChange {
            vm: vm.id.clone(),
            before: Vec::new(),
            wish: Wish::Guard {
                ports,
                firewall: vm.address.firewall,
            },
        },
    })
}

/// A JIT policy lists machines of its own group and region only.
fn policy_for(vm: &Vm) -> Option<JitPolicyId> {
    format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Security/locations/{}/jitNetworkAccessPolicies/{POLICY_NAME}",
        vm.id.subscription(),
        vm.id.group(),
        vm.location
    )
    .parse()
    .ok()
}

//! `/jit disable`: machines go out from under JIT.

use super::{Asker, Draft, NotProposed, Placed, search::found};
use crate::{
    domain::{
        configuration::{LeftOut, Menu, NotTouched, VmChange, Wish},
        ids::ProposalId,
        vm::{JitState, Vm},
    },
    engine::{Engine, inventory::View},
    store::StoreError,
};

/// What an administrator typed.
#[derive(Debug, Clone)]
pub struct UnguardTyped {
    pub asker: Asker,
    pub vms: Option<String>,
    pub search: Option<String>,
}

impl Engine {
    /// Proposes to guard machines no more, or shows those that can be chosen.
    pub async fn propose_unguard(
        &self,
        typed: &UnguardTyped,
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
}

fn draft(typed: &UnguardTyped, view: &View) -> Result<Draft, NotProposed> {
    if let Some(vms) = &typed.vms {
        return unguard(&Engine::named(view, vms)?);
    }
    let vms = found(view, typed.search.as_deref(), |vm| {
        matches!(vm.jit, JitState::Configured { .. })
    })?;
    Ok(Draft::Choose(Menu::Unguard { vms }))
}

/// Each machine goes out of every JIT policy that lists it: one that is left would still guard it.
pub(super) fn unguard(vms: &[&Vm]) -> Result<Draft, NotProposed> {
    let mut changes = Vec::new();
    let mut left_out = Vec::new();
    for vm in vms {
        match &vm.jit {
            JitState::Configured { policies } => changes.extend(policies.iter().map(|entry| Placed {
                policy: entry.policy.clone(),
                is_new: false,
                change: VmChange {
                    vm: vm.id.clone(),
                    before: entry.ports.clone(),
                    wish: Wish::Unguard,
                },
            })),
            JitState::NotConfigured => left_out.push(LeftOut {
                vm: vm.id.clone(),
                why: NotTouched::NotConfigured,
            }),
            JitState::Unsupported { why } => left_out.push(LeftOut {
                vm: vm.id.clone(),
                why: NotTouched::Unsupported(*why),
            }),
        }
    }
    Draft::or_refusal(changes, left_out)
}

//! After a write the picture of that JIT policy is right at once, without waiting for the next refresh.

use crate::{
    azure::jit::JitDocument,
    domain::vm::{JitEntry, JitPort, JitState, Vm},
    engine::{Engine, inventory::Part},
    store::{InventoryRow, StoreError},
};

impl Engine {
    pub(super) async fn refresh_policy(&self, document: &JitDocument) -> Result<(), StoreError> {
        let subscription = document.id.subscription();
        let Some(mut part) = self.inventory.view().whole_part(subscription) else {
            return Ok(());
        };
        renew(&mut part, document);
        // The picture is a copy of Azure: one that cannot be written is taken anew by the next refresh.
        if let Ok(body) = serde_json::to_string(&part) {
            let mut work = self.store.begin().await?;
            work.save_inventory(&InventoryRow {
                subscription: subscription.clone(),
                body,
                taken_at: part.taken_at,
            })
            .await?;
            work.commit().await?;
        }
        self.inventory.renew(part);
        Ok(())
    }
}

fn renew(part: &mut Part, document: &JitDocument) {
    let contents = document.contents();
    for vm in &mut part.vms {
        let listed = contents.listed().iter().find(|listed| listed.vm == vm.id);
        let ports = listed.map(|listed| listed.ports.clone());
        vm.jit = state(vm, document, ports);
    }
    if !part.policies.contains(&document.id) {
        part.policies.push(document.id.clone());
    }
}

fn state(vm: &Vm, document: &JitDocument, ports: Option<Vec<JitPort>>) -> JitState {
    let mut policies = match &vm.jit {
        JitState::Configured { policies } => policies.clone(),
        // Whatever the inventory thought: Azure guards it now.
        other if ports.is_none() => return other.clone(),
        JitState::NotConfigured | JitState::Unsupported { .. } => Vec::new(),
    };
    let known = policies.iter_mut().find(|entry| entry.policy == document.id);
    match (known, ports) {
        (Some(entry), Some(ports)) => entry.ports = ports,
        (None, Some(ports)) => policies.push(JitEntry {
            policy: document.id.clone(),
            ports,
        }),
        (_, None) => policies.retain(|entry| entry.policy != document.id),
    }
    if policies.is_empty() {
        JitState::NotConfigured
    } else {
        JitState::Configured { policies }
    }
}

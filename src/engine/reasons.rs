//! Reasons that are offered while somebody types one.

use tracing::warn;

use super::{Engine, inventory::Found};
use crate::{
    domain::{actor::Actor, port::Port, vm::Vm},
    policy::Asker,
    store::{RequestFilter, StoreError},
};

/// How many of a person's newest requests are looked at for their reasons.
const REMEMBERED: u32 = 10;

impl Engine {
    /// The suggestions of the rules under which this person may ask for what is typed, then the reasons that they gave
    /// lately; what was typed of the reason must stand in them.
    pub async fn suggest_reasons(
        &self,
        actor: &Actor,
        vms: &str,
        ports: &str,
        typed: &str,
        most: usize,
    ) -> Vec<String> {
        let rules = self.rules.load();
        let view = self.inventory.view();
        let parts = |text: &str| {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect::<Vec<_>>()
        };
        let meant: Vec<&Vm> = parts(vms)
            .iter()
            .filter_map(|name| match view.find(name) {
                Found::One(vm) => Some(vm),
                Found::Several(_) | Found::None => None,
            })
            .collect();
        let ports: Vec<Port> = parts(ports).iter().filter_map(|port| port.parse().ok()).collect();
        let asker = Asker::new(&rules, actor, self.now());
        let mut reasons: Vec<String> = asker
            .reasons(&meant, &ports)
            .into_iter()
            .map(str::to_owned)
            .collect();
        match self.reasons_of(actor).await {
            Ok(mine) => reasons.extend(mine),
            Err(why) => {
                warn!(error = %why, "Earlier reasons could not be read, so only those of the rules are offered.");
            }
        }
        let typed = typed.trim().to_lowercase();
        let mut offered: Vec<String> = Vec::new();
        for reason in reasons {
            if offered.len() < most && reason.to_lowercase().contains(&typed) && !offered.contains(&reason) {
                offered.push(reason);
            }
        }
        offered
    }

    async fn reasons_of(&self, actor: &Actor) -> Result<Vec<String>, StoreError> {
        let filter = RequestFilter {
            requester: Some(actor.person.id),
            phase: None,
            before: None,
        };
        let newest = self.store.read().await?.list_requests(filter, REMEMBERED).await?;
        let reasons = newest.into_iter().filter_map(|(request, _)| request.reason);
        Ok(reasons.map(|reason| reason.to_string()).collect())
    }
}

//! Why Azure refused, where the inventory knows it better than the answer says.

use super::Engine;
use crate::domain::{trouble::Trouble, vm::VmId};

impl Engine {
    /// Azure has no code of its own for a missing plan, so of a refusal about `vms` the inventory says whether that is
    /// why.
    pub(super) fn known_cause<'a>(&self, vms: impl IntoIterator<Item = &'a VmId>, why: Trouble) -> Trouble {
        let view = self.inventory();
        let plan_is_missing = |vm: &VmId| {
            let plans = view.part(vm.subscription())?.plans.as_ref()?.as_ref().ok()?;
            (!plans.of(vm).includes_jit()).then(|| vm.subscription().clone())
        };
        match (&why, vms.into_iter().find_map(plan_is_missing)) {
            (Trouble::Refused { message, .. }, Some(subscription)) => Trouble::PlanMissing {
                subscription,
                said: Some(message.clone()),
            },
            _ => why,
        }
    }
}

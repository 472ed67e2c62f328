//! Choices while an administrator types a machine to configure, from memory only.

use crate::{
    domain::{actor::Actor, vm::JitState},
    engine::Engine,
};

impl Engine {
    /// Machines that JIT guards, or those that it could; nothing for anybody who may not change that.
    pub fn suggest_to_configure(
        &self,
        actor: &Actor,
        typed: &str,
        most: usize,
        guarded: bool,
    ) -> Vec<String> {
        if !self.administers(actor) {
            return Vec::new();
        }
        let view = self.inventory.view();
        view.near(typed.trim(), most, |vm| match vm.jit {
            JitState::Configured { .. } => guarded,
            JitState::NotConfigured => !guarded,
            JitState::Unsupported { .. } => false,
        })
        .into_iter()
        .map(|vm| view.shortest(vm))
        .collect()
    }
}

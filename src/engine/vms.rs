//! What people ask to see of the machines: lists and single ones, of those that they may know of.

use super::{
    Engine,
    inventory::{Found, View},
};
use crate::{
    azure::Degraded,
    domain::{
        actor::Actor,
        freeze::Freeze,
        plan::{OptedOut, Plans},
        port::Port,
        vm::{Classic, JitState, Vm},
        window::{FoundWindow, Window},
    },
    policy::{Rule, Viewer},
    store::StoreError,
};

/// The machines that one person may know of, and how many others there are.
#[derive(Debug)]
pub struct Seen<'a> {
    pub vms: Vec<&'a Vm>,
    pub classic: Vec<&'a Classic>,
    pub hidden: usize,
    /// No rule concerns this person.
    pub nothing_for_them: bool,
}

/// A rule about a machine, and whether the reader may ask under it.
#[derive(Debug, Clone)]
pub struct About<'a> {
    pub rule: &'a Rule,
    /// The ports that JIT guards there and the rule is about; `None` where JIT guards none.
    pub ports: Option<Vec<Port>>,
    pub yours: bool,
}

impl Engine {
    /// Of the machines of `view` those that `reader` may know of, less those that are not like `search`.
    pub fn seen_by<'a>(&self, view: &'a View, reader: &Actor, search: &str) -> Seen<'a> {
        let rules = self.rules.load();
        let viewer = Viewer::new(&rules, reader, self.is_shown_all(reader));
        let wanted = search.to_lowercase();
        let (may_see, hidden): (Vec<&Vm>, Vec<&Vm>) = view.vms().iter().partition(|vm| viewer.may_see(vm));
        // Rules have no words for classic machines, so only who is shown everything is told of them.
        let (classic, hidden_classic): (Vec<&Classic>, Vec<&Classic>) =
            view.classic().partition(|_| viewer.sees_all());
        Seen {
            vms: may_see.into_iter().filter(|vm| is_like(vm, &wanted)).collect(),
            classic: classic
                .into_iter()
                .filter(|classic| contains(&classic.group, &classic.name, &wanted))
                .collect(),
            hidden: hidden.len() + hidden_classic.len(),
            nothing_for_them: viewer.sees_nothing(),
        }
    }

    /// The one machine that `text` means, if it means one and `reader` may know of it.
    pub fn seen_one<'a>(&self, view: &'a View, reader: &Actor, text: &str) -> Option<&'a Vm> {
        let Found::One(vm) = view.find(text) else {
            return None;
        };
        let rules = self.rules.load();
        Viewer::new(&rules, reader, self.is_shown_all(reader))
            .may_see(vm)
            .then_some(vm)
    }

    /// The choices for a machine that is only to be looked at, while it is typed; never any I/O.
    pub fn suggest_to_see(&self, reader: &Actor, typed: &str, most: usize) -> Vec<String> {
        let view = self.inventory.view();
        let rules = self.rules.load();
        let viewer = Viewer::new(&rules, reader, self.is_shown_all(reader));
        view.near(typed.trim(), most, |vm| viewer.may_see(vm))
            .into_iter()
            .map(|vm| view.shortest(vm))
            .collect()
    }

    /// The windows on `vm` that were opened in Azure without this bot.
    pub fn found_on(&self, vm: &Vm) -> Vec<FoundWindow> {
        self.found.on(&vm.id, self.now())
    }

    /// The windows on `vm` that are not over, and the freeze that may hold them back.
    pub async fn windows_on(&self, vm: &Vm) -> Result<(Vec<Window>, Option<Freeze>), StoreError> {
        let mut store = self.store.read().await?;
        let windows = store
            .windows_not_over()
            .await?
            .into_iter()
            .map(|(window, _)| window);
        Ok((
            windows.filter(|window| window.vm == vm.id).collect(),
            store.freeze().await?,
        ))
    }

    /// Gives the rules that are about `vm` to `show`, in order.
    pub fn with_rules_about<T>(&self, vm: &Vm, reader: &Actor, show: impl FnOnce(&[About<'_>]) -> T) -> T {
        let rules = self.rules.load();
        let about: Vec<_> = rules
            .rules
            .iter()
            .filter(|rule| rule.is_about(vm))
            .map(|rule| About {
                rule,
                ports: guarded_under(rule, vm),
                yours: rule.lets_ask(reader),
            })
            .collect();
        show(&about)
    }

    /// The machines of `plans` with a plan of their own that `reader` may know of, and how many others there are.
    pub fn opted_out_for<'a>(
        &self,
        view: &View,
        plans: &'a Plans,
        reader: &Actor,
    ) -> (Vec<&'a OptedOut>, usize) {
        let rules = self.rules.load();
        let viewer = Viewer::new(&rules, reader, self.is_shown_all(reader));
        let (shown, hidden): (Vec<_>, Vec<_>) = plans
            .opted_out
            .iter()
            .partition(|out| view.vm(&out.vm).is_some_and(|vm| viewer.may_see(vm)));
        (shown, hidden.len())
    }

    /// Where calls to Azure are held back at this moment.
    pub fn degraded(&self) -> Vec<Degraded> {
        self.arm.degraded()
    }
}

fn guarded_under(rule: &Rule, vm: &Vm) -> Option<Vec<Port>> {
    let JitState::Configured { policies } = &vm.jit else {
        return None;
    };
    let ports = policies
        .iter()
        .flat_map(|entry| entry.ports.iter().map(|jit| jit.port));
    let mut ports: Vec<_> = ports.filter(|port| rule.ports.contains(*port)).collect();
    ports.sort_unstable();
    ports.dedup();
    Some(ports)
}

fn is_like(vm: &Vm, wanted: &str) -> bool {
    contains(vm.id.group(), vm.id.name(), wanted)
        || vm.id.subscription().as_str() == wanted
        || (wanted.contains('/') && vm.id.key().contains(wanted))
}

/// Whether `group/name` has `wanted`, which is in lower case, in it.
fn contains(group: &str, name: &str, wanted: &str) -> bool {
    wanted.is_empty() || format!("{group}/{name}").to_lowercase().contains(wanted)
}

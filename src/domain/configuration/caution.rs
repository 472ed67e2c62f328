//! What an administrator should know before confirming a proposal.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Step, VmChange, Wish};
use crate::domain::{
    Instant,
    ids::RequestNumber,
    port::Port,
    vm::{AllowedSources, JitPolicyId, JitPort, JitState, OpenAnyway, Power, Vm, VmId},
    window::Window,
};

/// A limit from here on is called long; it is Azure's own default.
pub const LONG_LIMIT: Duration = Duration::from_secs(3 * 60 * 60);
/// JIT writes both names into the description of a network rule, and Azure refuses requests where they do not fit.
const NAMES_MAX: usize = 56;

/// One thing to know before saying yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "caution", rename_all = "snake_case")]
pub enum Caution {
    LongLimit {
        vm: VmId,
        ports: Vec<Port>,
        max: Duration,
    },
    /// A window may be asked for from any address.
    AnySource { vm: VmId, ports: Vec<Port> },
    /// The machine does not run; the change can be made all the same.
    Stopped { vm: VmId, power: Power },
    /// The names of JIT policy and machine are together so long that Azure refuses every request.
    NamesTooLong {
        vm: VmId,
        policy: JitPolicyId,
        length: usize,
        most: usize,
    },
    /// The deny rule of these ports goes away; `open` are the rules that are known to let somebody in.
    DenyGoes {
        vm: VmId,
        ports: Vec<Port>,
        open: Vec<OpenAnyway>,
    },
    /// A broad rule lets in what JIT is to guard.
    OpenAnyway { vm: VmId, rule: OpenAnyway },
    /// A window of the bot's is open there and ends with the change.
    WindowOpen { window: OpenWindow },
    /// Several JIT policies name this machine; `chosen` is the one that is changed.
    Ambiguous {
        vm: VmId,
        chosen: JitPolicyId,
        policies: Vec<JitPolicyId>,
    },
    /// The picture of this machine is old.
    Stale { vm: VmId, since: Instant },
}

/// A window that is open or opening where a change is proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenWindow {
    pub vm: VmId,
    pub port: Port,
    pub request: RequestNumber,
    pub ends_at: Instant,
    pub source: crate::domain::source::Source,
}

impl OpenWindow {
    /// What there is to say of `window`, of request `request`.
    pub fn of(window: &Window, request: RequestNumber) -> Self {
        Self {
            vm: window.vm.clone(),
            port: window.port,
            request,
            ends_at: window.ends_at,
            source: window.source,
        }
    }
}

/// What there is to know of `step`; `vm` finds machines in the inventory, `windows` are those that are not over.
pub fn cautions<'a>(
    step: &Step,
    vm: impl Fn(&VmId) -> Option<&'a Vm>,
    windows: &[OpenWindow],
) -> Vec<Caution> {
    let mut found = Vec::new();
    for change in &step.changes {
        let known = vm(&change.vm);
        found.extend(goes_away(change, known));
        found.extend(windows_lost(change, windows));
        found.extend(comes(step, change, known));
        if let Some(known) = known {
            found.extend(ambiguous(step, change, known));
            if matches!(
                known.power,
                Power::Stopping | Power::Stopped | Power::Deallocating | Power::Deallocated
            ) && !matches!(change.wish, Wish::Unguard | Wish::RemovePort { .. })
            {
                found.push(Caution::Stopped {
                    vm: change.vm.clone(),
                    power: known.power,
                });
            }
        }
    }
    found
}

/// Ports that are guarded no more.
fn goes_away(change: &VmChange, known: Option<&Vm>) -> Option<Caution> {
    let after = change.after();
    let ports: Vec<_> = change
        .before
        .iter()
        .map(|jit| jit.port)
        .filter(|port| !after.iter().any(|kept| kept.port == *port))
        .collect();
    (!ports.is_empty()).then(|| Caution::DenyGoes {
        vm: change.vm.clone(),
        open: known
            .into_iter()
            .flat_map(|vm| &vm.open_anyway)
            .filter(|rule| ports.contains(&rule.port))
            .cloned()
            .collect(),
        ports,
    })
}

/// Windows whose port goes, or gets other limits.
fn windows_lost(change: &VmChange, windows: &[OpenWindow]) -> Vec<Caution> {
    let after = change.after();
    windows
        .iter()
        .filter(|window| window.vm == change.vm)
        .filter(|window| {
            let before = change.before.iter().find(|jit| jit.port == window.port);
            let after = after.iter().find(|jit| jit.port == window.port);
            before.is_some() && before != after
        })
        .map(|window| Caution::WindowOpen {
            window: window.clone(),
        })
        .collect()
}

/// Ports that come, or get other limits.
fn comes(step: &Step, change: &VmChange, known: Option<&Vm>) -> Vec<Caution> {
    let mut found = Vec::new();
    let after = change.after();
    let new: Vec<_> = after.iter().filter(|jit| !change.before.contains(jit)).collect();
    let numbers = |fits: &dyn Fn(&JitPort) -> bool| -> Vec<Port> {
        new.iter().filter(|jit| fits(jit)).map(|jit| jit.port).collect()
    };
    let mut lengths: Vec<_> = new
        .iter()
        .map(|jit| jit.max)
        .filter(|max| *max >= LONG_LIMIT)
        .collect();
    lengths.sort();
    lengths.dedup();
    for max in lengths {
        found.push(Caution::LongLimit {
            vm: change.vm.clone(),
            ports: numbers(&|jit| jit.max == max),
            max,
        });
    }
    let any = numbers(&|jit| jit.sources == AllowedSources::Any);
    if !any.is_empty() {
        found.push(Caution::AnySource {
            vm: change.vm.clone(),
            ports: any,
        });
    }
    for jit in &new {
        let anyway = known.into_iter().flat_map(|vm| &vm.open_anyway);
        found.extend(
            anyway
                .filter(|rule| rule.port == jit.port)
                .map(|rule| Caution::OpenAnyway {
                    vm: change.vm.clone(),
                    rule: rule.clone(),
                }),
        );
    }
    let length = step.policy.name().chars().count() + change.vm.name().chars().count();
    if !new.is_empty() && length > NAMES_MAX {
        found.push(Caution::NamesTooLong {
            vm: change.vm.clone(),
            policy: step.policy.clone(),
            length,
            most: NAMES_MAX,
        });
    }
    found
}

/// Only told where it was chosen: a machine that is guarded no more goes out of all of them.
fn ambiguous(step: &Step, change: &VmChange, known: &Vm) -> Option<Caution> {
    let JitState::Configured { policies } = &known.jit else {
        return None;
    };
    let chosen = matches!(change.wish, Wish::SetPort { .. } | Wish::RemovePort { .. });
    (chosen && policies.len() > 1).then(|| Caution::Ambiguous {
        vm: change.vm.clone(),
        chosen: step.policy.clone(),
        policies: policies.iter().map(|entry| entry.policy.clone()).collect(),
    })
}

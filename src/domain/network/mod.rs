//! Network rules as they stand in front of a machine, and what they say about one port.
//!
//! Inbound, Azure asks the group of the subnet first and then the group of the interface; what gets in has to pass
//! both. In a group the rule with the lowest priority that fits decides. Must not know where the rules were read,
//! how old they are, or which windows the bot has opened.

mod judge;
mod passage;
mod peer;
mod rule;
mod set;

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use serde::{Deserialize, Serialize};

pub use self::{
    judge::{Doubt, Opening, Passed, Reach, Verdict, judge, judge_each},
    passage::lets_in,
    peer::Peer,
    rule::{Access, JitRule, PortRange, Rule, RuleProtocol},
};
use super::{
    port::{NAMED, Port},
    vm::{Guard, JitPort, Nic, NicId, OpenAnyway, Protocol},
};

/// Where a group stands on the way in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    #[default]
    Subnet,
    Interface,
    /// Rules that an administrator of the network puts above all groups.
    Manager,
}

/// One group on the way in, named by its lower-cased id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub place: Place,
    pub group: String,
}

/// The way in over one interface of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub nic: NicId,
    pub private: Option<Ipv4Addr>,
    /// In the order in which they are asked.
    pub layers: Vec<Layer>,
    /// Nothing on the way is unknown: a subnet that could not be read may have a group that nobody sees.
    pub complete: bool,
}

impl Way {
    /// The way in over `nic`, as the inventory sees it.
    pub fn over(nic: &Nic) -> Self {
        let layer = |guard: &Guard| Layer {
            place: guard.place,
            group: guard.id.key().to_owned(),
        };
        Self {
            nic: nic.id.clone(),
            private: nic.private,
            layers: nic.groups.iter().map(layer).collect(),
            complete: !nic.unclear,
        }
    }
}

/// The rules of groups by their lower-cased ids; many machines share one group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Groups(BTreeMap<String, Arc<[Rule]>>);

impl Groups {
    /// Keeps the inbound rules of a group, in the order in which they are asked.
    pub fn insert(&mut self, id: &str, mut rules: Vec<Rule>) {
        rules.sort_by_key(|rule| rule.priority);
        self.0.insert(id.to_lowercase(), rules.into());
    }

    /// The rules of a group in the order in which they are asked; `None` for one that could not be read.
    pub fn rules(&self, id: &str) -> Option<&[Rule]> {
        self.0.get(id).map(|rules| &**rules)
    }

    /// Takes the groups of `others` too.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Only the groups in front of `nics`.
    pub fn only<'a>(&self, nics: impl Iterator<Item = &'a Nic>) -> Self {
        let ids = nics.flat_map(|nic| &nic.groups).map(|guard| guard.id.key());
        Self(
            ids.filter_map(|id| Some((id.to_owned(), self.0.get(id)?.clone())))
                .collect(),
        )
    }
}

/// The name of a group or an interface: the last part of its id.
pub fn name_of(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Of the ports over which machines are managed, and of those that JIT guards, the ones that are open whatever JIT
/// does.
pub fn open_anyway(ways: &[Way], groups: &Groups, guarded: &[JitPort]) -> Vec<OpenAnyway> {
    looked_at(guarded)
        .into_iter()
        .filter_map(|(port, protocol)| match judge(ways, groups, port, protocol) {
            Verdict::Anyway { through, .. } => Some(OpenAnyway {
                port,
                rule: through.rules.last()?.rule.clone(),
                source: through.source,
            }),
            _ => None,
        })
        .collect()
}

/// The rules that let a few in without JIT to a port that JIT guards.
pub fn beside_jit(ways: &[Way], groups: &Groups, guarded: &[JitPort]) -> Vec<OpenAnyway> {
    let mut found = Vec::new();
    for jit in guarded {
        let beside = match judge(ways, groups, jit.port, jit.protocol) {
            Verdict::ByJit { beside, .. } => beside,
            Verdict::Narrow { through } => through,
            Verdict::Closed { .. } | Verdict::Anyway { .. } | Verdict::CannotTell { .. } => Vec::new(),
        };
        for opening in beside {
            let rule = opening.rules.last().map(|passed| passed.rule.clone());
            let one = OpenAnyway {
                port: jit.port,
                rule: rule.unwrap_or_default(),
                source: opening.source,
            };
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// The ports that are worth a look, each with the protocol over which it is looked at: those over which machines are
/// managed, and those that JIT guards.
pub fn looked_at(guarded: &[JitPort]) -> Vec<(Port, Protocol)> {
    let mut ports: BTreeMap<Port, Protocol> = management_ports().map(|port| (port, Protocol::Tcp)).collect();
    for jit in guarded {
        ports
            .entry(jit.port)
            .and_modify(|known| {
                if *known != jit.protocol {
                    *known = Protocol::Any;
                }
            })
            .or_insert(jit.protocol);
    }
    ports.into_iter().collect()
}

/// The ports over which machines are managed.
pub fn management_ports() -> impl Iterator<Item = Port> {
    NAMED.iter().filter_map(|(_, number)| Port::new(*number))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unread_tests;

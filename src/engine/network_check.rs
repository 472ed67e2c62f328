//! What the network security groups say of one window: whether JIT's rule for it stands, and whether its source gets
//! past every group.
//!
//! JIT writes the rule into the group of the subnet and into that of the interface, and what comes in has to pass
//! both. The groups are those of the inventory; their rules are read anew each time.

use tracing::{debug, warn};

use super::Engine;
use crate::{
    azure::{ArmError, network::SecurityGroup},
    domain::{
        network::lets_in,
        vm::{JitState, Nic, NsgId, Protocol, Vm},
        window::{RulesKept, Window},
    },
};

/// Whether the rule that JIT writes for a window stands and lets its source in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleSeen {
    /// It does, and on one way every group lets the source past.
    Stands,
    /// It stands in some group, and another rule or another group keeps the source out on every way.
    Blocked,
    /// Every group was read, and none has it.
    Missing,
    /// The bot may not read them, or knows of none, or a rule decides that cannot be read.
    Unknown,
}

/// One rule of a window in one network security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WindowRule {
    pub(super) group: NsgId,
    pub(super) name: String,
}

/// The groups on the way over one interface; `None` for one that the bot may not read.
struct Passage<'a> {
    nic: &'a Nic,
    groups: Vec<Option<SecurityGroup>>,
}

impl Engine {
    /// Whether the rule of `window` stands on the way to the machine and lets its source in.
    ///
    /// A group that does not let the identity read it is no error: then Azure's word has to do. One that cannot
    /// be read at this moment is, because a moment later it may.
    pub(super) async fn rule_of(&self, window: &Window) -> Result<RuleSeen, ArmError> {
        let view = self.inventory.view();
        let Some(vm) = view.vm(&window.vm) else {
            return Ok(RuleSeen::Unknown);
        };
        let passages = self.passages(vm).await?;
        if passages.is_empty() {
            return Ok(RuleSeen::Unknown);
        }
        let protocol = protocol_of(vm, window);
        let passed: Vec<_> = passages
            .iter()
            .map(|passage| passage.lets_in(window, protocol))
            .collect();
        Ok(if passed.contains(&RuleSeen::Stands) {
            RuleSeen::Stands
        } else if passed.contains(&RuleSeen::Unknown) {
            RuleSeen::Unknown
        } else if passed.contains(&RuleSeen::Blocked) {
            RuleSeen::Blocked
        } else {
            RuleSeen::Missing
        })
    }

    /// The rules of `window` in all groups on the way, or why nothing can be said of them.
    pub(super) async fn rules_of(
        &self,
        window: &Window,
    ) -> Result<Result<Vec<WindowRule>, RulesKept>, ArmError> {
        let view = self.inventory.view();
        let Some(vm) = view.vm(&window.vm) else {
            return Ok(Err(RulesKept::Unreadable));
        };
        let passages = self.passages(vm).await?;
        if passages.is_empty() {
            return Ok(Err(match vm.address.firewall {
                Some(_) => RulesKept::Firewall,
                None => RulesKept::Unreadable,
            }));
        }
        let mut rules: Vec<WindowRule> = Vec::new();
        for passage in &passages {
            for group in passage.groups.iter().flatten() {
                for rule in passage.rules(group, window) {
                    if !rules.contains(&rule) {
                        rules.push(rule);
                    }
                }
            }
        }
        let unreadable = passages
            .iter()
            .any(|passage| passage.groups.iter().any(Option::is_none));
        // What one group says is enough to see a rule, but not to know that there is none.
        Ok(if unreadable && rules.is_empty() {
            Err(RulesKept::Unreadable)
        } else {
            Ok(rules)
        })
    }

    /// The ways in with their groups as they are now; those without an address or without a group are left out.
    async fn passages<'a>(&self, vm: &'a Vm) -> Result<Vec<Passage<'a>>, ArmError> {
        let mut known: Vec<(&NsgId, Option<SecurityGroup>)> = Vec::new();
        let mut passages = Vec::new();
        for nic in &vm.nics {
            if nic.private.is_none() || nic.groups.is_empty() {
                continue;
            }
            let mut groups = Vec::new();
            for guard in &nic.groups {
                let group = match known.iter().find(|(id, _)| **id == guard.id) {
                    Some((_, group)) => group.clone(),
                    None => {
                        let group = self.readable_group(&guard.id).await?;
                        known.push((&guard.id, group.clone()));
                        group
                    }
                };
                groups.push(group);
            }
            passages.push(Passage { nic, groups });
        }
        Ok(passages)
    }

    async fn readable_group(&self, id: &NsgId) -> Result<Option<SecurityGroup>, ArmError> {
        match self.arm.security_group(id).await {
            Ok(group) => Ok(Some(group)),
            Err(why) if why.may_pass() => Err(why),
            Err(why @ ArmError::Forbidden { .. }) => {
                // The least that the bot needs does not include this right.
                debug!(group = %id, error = %why, "A network security group may not be read.");
                Ok(None)
            }
            Err(why) => {
                warn!(group = %id, error = %why, "A network security group could not be read.");
                Ok(None)
            }
        }
    }
}

impl Passage<'_> {
    fn rules(&self, group: &SecurityGroup, window: &Window) -> Vec<WindowRule> {
        let Some(private) = self.nic.private else {
            return Vec::new();
        };
        group
            .window_rules(private, window.port, window.source)
            .into_iter()
            .map(|rule| WindowRule {
                group: group.id.clone(),
                name: rule.name.clone(),
            })
            .collect()
    }

    fn lets_in(&self, window: &Window, protocol: Protocol) -> RuleSeen {
        let read = self.groups.iter().flatten();
        let stands = read.clone().any(|group| !self.rules(group, window).is_empty());
        let passed: Vec<_> = read
            .map(|group| {
                lets_in(
                    &group.inbound,
                    window.port,
                    protocol,
                    self.nic.private,
                    window.source.net(),
                )
            })
            .collect();
        let all_read = self.groups.iter().all(Option::is_some);
        if !stands {
            return if all_read {
                RuleSeen::Missing
            } else {
                RuleSeen::Unknown
            };
        }
        if passed.contains(&Some(false)) {
            RuleSeen::Blocked
        } else if passed.contains(&None) || !all_read || self.nic.unclear {
            RuleSeen::Unknown
        } else {
            RuleSeen::Stands
        }
    }
}

/// Over which protocol the port is asked for: the one that JIT lets in.
fn protocol_of(vm: &Vm, window: &Window) -> Protocol {
    let JitState::Configured { policies } = &vm.jit else {
        return Protocol::Tcp;
    };
    let ports = policies.iter().flat_map(|entry| &entry.ports);
    let mut of_port = ports.filter(|jit| jit.port == window.port);
    match of_port.next() {
        // JIT opens both for any; that one of them gets in is enough.
        Some(jit) if jit.protocol == Protocol::Udp => Protocol::Udp,
        _ => Protocol::Tcp,
    }
}

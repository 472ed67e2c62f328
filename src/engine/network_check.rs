//! What the network security groups say of one window: whether JIT's rule for it stands.
//!
//! The groups are those of the inventory; their rules are read anew each time.

use std::net::Ipv4Addr;

use tracing::{debug, warn};

use super::Engine;
use crate::{
    azure::ArmError,
    domain::{
        vm::{NsgId, Vm},
        window::{RulesKept, Window},
    },
};

/// Whether the rule that JIT writes for a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleSeen {
    Stands,
    /// Every group was read, and none has it.
    Missing,
    /// The bot may not read them, or knows of none.
    Unknown,
}

/// One rule of a window in one network security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WindowRule {
    pub(super) group: NsgId,
    pub(super) name: String,
}

impl Engine {
    /// Whether the rule of `window` stands in some group on the way to the machine.
    ///
    /// A group that does not let the identity read it is no error: then Azure's word has to do. One that cannot
    /// be read at this moment is, because a moment later it may.
    pub(super) async fn rule_of(&self, window: &Window) -> Result<RuleSeen, ArmError> {
        match self.rules_of(window).await? {
            Ok(rules) if rules.is_empty() => Ok(RuleSeen::Missing),
            Ok(_) => Ok(RuleSeen::Stands),
            Err(_) => Ok(RuleSeen::Unknown),
        }
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
        let groups = groups_of(vm);
        if groups.is_empty() {
            return Ok(Err(match vm.address.firewall {
                Some(_) => RulesKept::Firewall,
                None => RulesKept::Unreadable,
            }));
        }
        let mut rules = Vec::new();
        let mut unreadable = false;
        for (id, private) in groups {
            match self.arm.security_group(id).await {
                Ok(group) => rules.extend(
                    group
                        .window_rules(private, window.port, window.source)
                        .into_iter()
                        .map(|rule| WindowRule {
                            group: id.clone(),
                            name: rule.name.clone(),
                        }),
                ),
                Err(why) if why.may_pass() => return Err(why),
                Err(why @ ArmError::Forbidden { .. }) => {
                    // The least that the bot needs does not include this right.
                    debug!(group = %id, error = %why, "A network security group may not be read.");
                    unreadable = true;
                }
                Err(why) => {
                    warn!(group = %id, error = %why, "A network security group could not be read.");
                    unreadable = true;
                }
            }
        }
        // What one group says is enough to see a rule, but not to know that there is none.
        Ok(if unreadable && rules.is_empty() {
            Err(RulesKept::Unreadable)
        } else {
            Ok(rules)
        })
    }
}

fn groups_of(vm: &Vm) -> Vec<(&NsgId, Ipv4Addr)> {
    let mut found: Vec<(&NsgId, Ipv4Addr)> = Vec::new();
    for nic in &vm.nics {
        let Some(private) = nic.private else { continue };
        for group in &nic.groups {
            if !found.contains(&(&group.id, private)) {
                found.push((&group.id, private));
            }
        }
    }
    found
}

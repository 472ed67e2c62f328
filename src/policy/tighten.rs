//! Stricter limits within a rule, for part of what the rule is about.
//!
//! They only tighten: every one that applies counts, and of each limit the strictest holds. They never make another
//! rule govern.

use ipnet::Ipv4Net;

use super::{
    pattern::VmPattern,
    rule::{PortSet, Rule},
};
use crate::domain::{
    Instant, bounds::Limit, hours::Hours, length::Length, port::Port, quorum::Quorum, source::Source, vm::Vm,
};

/// One entry of `limit`: when it applies, and what it demands then.
#[derive(Debug, Clone)]
pub struct Tighten {
    pub when: When,
    pub limit: Limit,
}

/// What must all be so for a limit to apply; what is empty is always so.
#[derive(Debug, Clone)]
pub struct When {
    pub vms: Vec<VmPattern>,
    pub ports: PortSet,
    /// The source is a network wider than this prefix.
    pub wider_than: Option<u8>,
    /// The source does not lie wholly in one of these.
    pub outside: Vec<Ipv4Net>,
    pub hours: Option<Hours>,
}

impl When {
    /// Whether it is so. A source that is not known yet is neither wide nor outside: whoever asks without one is
    /// judged again with it.
    fn applies(&self, vm: &Vm, port: Port, source: Option<Source>, now: Instant) -> bool {
        let of = |holds: fn(&Self, Ipv4Net) -> bool| source.is_some_and(|source| holds(self, source.net()));
        (self.vms.is_empty() || self.vms.iter().any(|pattern| pattern.matches(vm)))
            && self.ports.contains(port)
            && (self.wider_than.is_none()
                || of(|when, net| when.wider_than.is_some_and(|than| net.prefix_len() < than)))
            && (self.outside.is_empty()
                || of(|when, net| !when.outside.iter().any(|inside| inside.contains(&net))))
            && self.hours.as_ref().is_none_or(|hours| hours.contains(now))
    }
}

/// What a rule demands for one door, with every limit that applies.
#[derive(Debug, Clone)]
pub(super) struct Demands {
    pub(super) max_for: Length,
    pub(super) default_for: Length,
    pub(super) quorum: Quorum,
    pub(super) reason: bool,
    /// The limits that apply.
    pub(super) limits: Vec<Limit>,
}

impl Demands {
    pub(super) fn of(rule: &Rule, vm: &Vm, port: Port, source: Option<Source>, now: Instant) -> Self {
        let applies = |entry: &&Tighten| entry.when.applies(vm, port, source, now);
        let limits: Vec<Limit> = rule
            .limits
            .iter()
            .filter(applies)
            .map(|entry| entry.limit.clone())
            .collect();
        let max_for = limits
            .iter()
            .filter_map(|limit| limit.max_for)
            .fold(rule.max_for, Length::min);
        let approvals = limits.iter().filter_map(|limit| limit.approvals).max();
        Self {
            max_for,
            default_for: rule.default_for.min(max_for),
            quorum: raised(&rule.quorum, approvals.unwrap_or(0)),
            reason: rule.reason.required || limits.iter().any(|limit| limit.reason),
            limits,
        }
    }

    /// Why access is no longer than `max_for`, where that is not the rule itself.
    pub(super) fn why_so_short(&self) -> Option<String> {
        let strictest = self
            .limits
            .iter()
            .find(|limit| limit.max_for == Some(self.max_for));
        strictest.map(|limit| limit.because.clone())
    }

    /// Why there must be a reason, where that is not the rule itself.
    pub(super) fn why_a_reason(&self, rule: &Rule) -> Option<String> {
        let wants = self.limits.iter().find(|limit| limit.reason);
        wants
            .filter(|_| !rule.reason.required)
            .map(|limit| limit.because.clone())
    }
}

/// The quorum with at least so many approvals. Groups keep theirs: no rule with several has a limit on approvals.
fn raised(quorum: &Quorum, approvals: u8) -> Quorum {
    match quorum.groups() {
        [sole] if sole.name.is_none() => Quorum::sole(sole.approvers.clone(), sole.approvals.max(approvals)),
        _ => quorum.clone(),
    }
}

#[cfg(test)]
#[path = "tighten_tests.rs"]
mod tests;

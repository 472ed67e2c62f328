//! One rule, as the configuration gives it, with every part already read and checked.

use std::collections::BTreeSet;

use ipnet::Ipv4Net;
use regex::Regex;

use super::{
    alone::AutoApprove, glass::BreakGlass, pattern::VmPattern, per_person::PerPerson, tighten::Tighten,
};
use crate::domain::{
    Instant,
    actor::{Actor, Principal},
    attention::Attention,
    hours::Hours,
    ids::{ChannelId, RuleName},
    length::Length,
    port::Port,
    quorum::Quorum,
    second_look::SecondLook,
    vm::Vm,
};

/// Who may ask for what, who approves, and within which limits.
#[derive(Debug, Clone)]
pub struct Rule {
    pub name: RuleName,
    pub vms: Vec<VmPattern>,
    pub ports: PortSet,
    pub requesters: Vec<Principal>,
    /// When it matches; `None` is at any hour.
    pub hours: Option<Hours>,
    /// Who must say yes.
    pub quorum: Quorum,
    pub max_for: Length,
    pub default_for: Length,
    pub sources: SourceRule,
    pub reason: ReasonRule,
    /// Stricter limits for part of what the rule is about.
    pub limits: Vec<Tighten>,
    /// How much each person may have and ask for.
    pub per_person: PerPerson,
    /// How long a request waits for its answer.
    pub answer_within: Length,
    /// Who decides when an access is to last longer.
    pub extend: Extend,
    /// Where the card goes instead of the general approver channel.
    pub channel: Option<ChannelId>,
    /// How long before the end the requester is told; `None` is never.
    pub notice_before: Option<Length>,
    /// Whom its requests call, and when.
    pub attention: Attention,
    /// When it approves alone; `None` is never.
    pub auto_approve: Option<AutoApprove>,
    /// Who may open at once, without an approval; `None` is nobody.
    pub break_glass: Option<BreakGlass>,
    /// What an approver must look at twice.
    pub second_look: Option<SecondLookRule>,
    /// The SHA-256 of what the rule says, in hex: equal rules have equal fingerprints.
    pub fingerprint: String,
}

/// Who decides when an access is to last longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Extend {
    /// Its approvers, as on any request.
    #[default]
    ByApproval,
    /// The rule itself, the first time; its approvers after that.
    Once,
}

impl Extend {
    /// The word for it in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::ByApproval => "approval",
            Self::Once => "once",
        }
    }
}

/// What an approver must look at twice.
#[derive(Debug, Clone)]
pub struct SecondLookRule {
    /// At every request, at a wide source, at a long access.
    pub look: SecondLook,
    /// At every request for one of these machines.
    pub vms: Vec<VmPattern>,
}

impl SecondLookRule {
    /// When a request for `vm` needs a second look.
    pub(super) fn at(&self, vm: &Vm) -> SecondLook {
        SecondLook {
            always: self.look.always || self.vms.iter().any(|pattern| pattern.matches(vm)),
            ..self.look
        }
    }
}

/// The ports that a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortSet {
    All,
    Only(BTreeSet<Port>),
}

/// The sources that a rule allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRule {
    /// The shortest prefix: 32 allows single addresses only, 24 up to 256 of them.
    pub widest: u8,
    /// Where a source must lie; empty is anywhere.
    pub within: Vec<Ipv4Net>,
    /// Whether private (RFC 1918) and carrier-grade NAT (RFC 6598) addresses are allowed.
    pub private: bool,
}

/// What a rule wants to read as the reason.
#[derive(Debug, Clone)]
pub struct ReasonRule {
    pub required: bool,
    /// Nobody is asked for one; what is given all the same is kept.
    pub unasked: bool,
    /// What is offered while somebody types one.
    pub suggestions: Vec<String>,
    /// A reason that is given must match, required or not.
    pub pattern: Option<Regex>,
    /// A reason that would do, to show to people.
    pub example: Option<String>,
}

impl PortSet {
    /// Whether `port` is one of them.
    pub fn contains(&self, port: Port) -> bool {
        match self {
            Self::All => true,
            Self::Only(ports) => ports.contains(&port),
        }
    }
}

impl Rule {
    /// Whether the rule is about `vm`.
    pub fn is_about(&self, vm: &Vm) -> bool {
        self.vms.iter().any(|pattern| pattern.matches(vm))
    }

    /// Whether `actor` may ask under this rule.
    pub fn lets_ask(&self, actor: &Actor) -> bool {
        actor.is_any_of(&self.requesters)
    }

    /// Whether the rule matches at `now`.
    pub fn is_on(&self, now: Instant) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours.contains(now))
    }

    /// Whether the rule governs `port` of `vm` for `actor` in its hours.
    pub fn matches_in_hours(&self, actor: &Actor, vm: &Vm, port: Port) -> bool {
        self.ports.contains(port) && self.lets_ask(actor) && self.is_about(vm)
    }

    /// Whether the rule governs `port` of `vm` for `actor` at `now`.
    pub fn matches(&self, actor: &Actor, vm: &Vm, port: Port, now: Instant) -> bool {
        self.matches_in_hours(actor, vm, port) && self.is_on(now)
    }
}

//! Why the rules refuse a request: a stable code and the facts that a sentence about it needs.

use std::time::Duration;

use ipnet::Ipv4Net;
use serde::Serialize;

use super::per_person::TooMuch;
use crate::domain::{
    Instant,
    hours::Hours,
    ids::RuleName,
    lack::Lack,
    length::Length,
    port::Port,
    source::Source,
    vm::{JitPolicyId, Unsupported, VmId},
    vote::Door,
};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// No VM, or a VM without a port.
    NothingAsked,
    /// The inventory does not know the VM (any more).
    VmUnknown { vm: VmId },
    /// No rule lets this person ask for this door.
    NoRule { door: Door },
    /// The only people who could approve are too few, or the requester.
    NobodyCanApprove { rule: RuleName },
    /// JIT does not guard the VM yet.
    JitNotConfigured { vm: VmId },
    /// JIT cannot guard the VM.
    JitUnsupported { vm: VmId, why: Unsupported },
    /// The VM is in a JIT policy, but without this port; `ports` are those that it has.
    PortNotInJitPolicy { door: Door, ports: Vec<Port> },
    /// The JIT policy through which the door was to open does not have it any more.
    JitPolicyChanged { door: Door, policy: JitPolicyId },
    /// Longer than the rule allows.
    LengthTooLong {
        asked: Length,
        max: Length,
        rule: RuleName,
        /// Why, where a limit within the rule is stricter than the rule.
        because: Option<String>,
    },
    /// Longer than the JIT policy allows for this port.
    JitLengthTooLong {
        asked: Length,
        #[serde(serialize_with = "as_seconds")]
        max: Duration,
        door: Door,
    },
    /// More addresses than the rule allows; `widest` is its shortest prefix.
    SourceTooWide {
        source: Source,
        widest: u8,
        rule: RuleName,
    },
    /// Outside the networks that the rule names.
    SourceNotWithin {
        source: Source,
        within: Vec<Ipv4Net>,
        rule: RuleName,
    },
    /// Private or carrier-grade NAT, and the rule does not allow that.
    SourcePrivate { source: Source, rule: RuleName },
    /// A range for examples (RFC 5737), which the rule does not name.
    SourceDocumentation { source: Source, rule: RuleName },
    /// Outside the sources that the JIT policy allows for this port.
    JitSourceOutside {
        source: Source,
        allowed: Vec<Ipv4Net>,
        door: Door,
    },
    /// The rule wants a reason.
    ReasonMissing {
        rule: RuleName,
        pattern: Option<String>,
        example: Option<String>,
        /// Why, where it is a limit within the rule that wants one.
        because: Option<String>,
    },
    /// The reason does not look as the rule wants it.
    ReasonPattern {
        rule: RuleName,
        pattern: String,
        example: Option<String>,
    },
    /// The names of the VM and of its JIT policy are too long together: Azure could not describe its own rule.
    NamesTooLong {
        vm: VmId,
        policy: JitPolicyId,
        chars: usize,
        most: usize,
    },
    /// So much longer would leave more time than the rules and Azure allow; `room` is the most that fits.
    ExtensionTooLong {
        asked: Length,
        room: Length,
        most: Length,
    },
    /// The time that is left is the most that the rules and Azure allow already.
    ExtensionHasNoRoom { most: Length },
    /// Nobody is there who could approve, as far as that can be seen.
    NobodyThere { lack: Lack },
    /// This person has or has asked for as much as anybody may; it works again later.
    TooMuch { why: TooMuch },
    /// It is refused for the moment at which it is to start.
    AtStart { starts_at: Instant, why: Box<Refusal> },
    /// A rule lets this person ask for this door, but not at this hour; `next` is when it does again.
    OutsideHours {
        door: Door,
        rule: RuleName,
        hours: Hours,
        next: Option<Instant>,
    },
}

impl Refusal {
    /// The stable code, as it is recorded, logged and counted.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingAsked => "nothing_asked",
            Self::VmUnknown { .. } => "vm_unknown",
            Self::NoRule { .. } => "no_rule",
            Self::NobodyCanApprove { .. } => "nobody_can_approve",
            Self::JitNotConfigured { .. } => "jit_not_configured",
            Self::JitUnsupported { .. } => "jit_unsupported",
            Self::PortNotInJitPolicy { .. } => "port_not_in_jit_policy",
            Self::JitPolicyChanged { .. } => "jit_policy_changed",
            Self::LengthTooLong { .. } => "length_too_long",
            Self::JitLengthTooLong { .. } => "jit_length_too_long",
            Self::SourceTooWide { .. } => "source_too_wide",
            Self::SourceNotWithin { .. } => "source_not_within",
            Self::SourcePrivate { .. } => "source_private",
            Self::SourceDocumentation { .. } => "source_documentation",
            Self::JitSourceOutside { .. } => "jit_source_outside",
            Self::ReasonMissing { .. } => "reason_missing",
            Self::ReasonPattern { .. } => "reason_pattern",
            Self::NamesTooLong { .. } => "names_too_long",
            Self::ExtensionTooLong { .. } => "extension_too_long",
            Self::ExtensionHasNoRoom { .. } => "extension_has_no_room",
            Self::OutsideHours { .. } => "outside_hours",
            Self::AtStart { .. } => "at_start",
            Self::TooMuch { why } => why.code(),
            Self::NobodyThere { .. } => "nobody_there",
        }
    }
}

fn as_seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(duration.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_same_in_json() {
        let refusal = Refusal::SourcePrivate {
            source: "10.0.0.1".parse().unwrap(),
            rule: RuleName("production".into()),
        };
        let json = serde_json::to_value(&refusal).unwrap();
        assert_eq!(json["code"], refusal.code());
    }
}

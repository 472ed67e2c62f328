//! The limits: those of the rule that governs a door, and those of the JIT policy that has it. They refuse; they
//! never make another rule govern.

use super::{refusal::Refusal, rule::Rule, tighten::Demands};
use crate::domain::{
    length::Length,
    port::Port,
    source::{Source, Unusual, documentation},
    text::FreeText,
    vm::{AllowedSources, JitPolicyId, JitPort, JitState, Vm, VmId},
    vote::Door,
};

/// What a rule says of `length`.
pub(super) fn length_under(rule: &Rule, demands: &Demands, asked: Length) -> Result<(), Refusal> {
    if asked > demands.max_for {
        return Err(Refusal::LengthTooLong {
            asked,
            max: demands.max_for,
            rule: rule.name.clone(),
            because: demands.why_so_short(),
        });
    }
    Ok(())
}

/// What a rule says of `source`.
pub(super) fn source_under(rule: &Rule, source: Source) -> Result<(), Refusal> {
    let limits = &rule.sources;
    let name = || rule.name.clone();
    let unusual = source.unusual();
    if unusual.contains(&Unusual::Documentation) {
        // Only a network of the rule that lies inside such a range names it: a wide one did not mean it.
        let named = limits.within.iter().any(|net| {
            net.contains(&source.net()) && documentation().iter().any(|range| range.contains(net))
        });
        if !named {
            return Err(Refusal::SourceDocumentation { source, rule: name() });
        }
    }
    let private = unusual.contains(&Unusual::Private) || unusual.contains(&Unusual::CarrierNat);
    if private && !limits.private {
        return Err(Refusal::SourcePrivate { source, rule: name() });
    }
    if source.net().prefix_len() < limits.widest {
        return Err(Refusal::SourceTooWide {
            source,
            widest: limits.widest,
            rule: name(),
        });
    }
    if !limits.within.is_empty() && !limits.within.iter().any(|net| net.contains(&source.net())) {
        return Err(Refusal::SourceNotWithin {
            source,
            within: limits.within.clone(),
            rule: name(),
        });
    }
    Ok(())
}

/// What a rule says of the reason.
pub(super) fn reason_under(rule: &Rule, demands: &Demands, reason: Option<&FreeText>) -> Result<(), Refusal> {
    let wanted = &rule.reason;
    match (reason, &wanted.pattern) {
        (None, pattern) if demands.reason => Err(Refusal::ReasonMissing {
            rule: rule.name.clone(),
            pattern: pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
            example: wanted.example.clone(),
            because: demands.why_a_reason(rule),
        }),
        (Some(reason), Some(pattern)) if !pattern.is_match(reason.as_str()) => Err(Refusal::ReasonPattern {
            rule: rule.name.clone(),
            pattern: pattern.as_str().to_owned(),
            example: wanted.example.clone(),
        }),
        _ => Ok(()),
    }
}

/// The JIT policy through which `port` of `vm` opens, and Azure's limits there.
///
/// `through` is the JIT policy that must be used, where one was chosen before.
pub(super) fn jit_port<'a>(
    vm: &'a Vm,
    port: Port,
    through: Option<&JitPolicyId>,
) -> Result<(&'a JitPolicyId, &'a JitPort), Refusal> {
    let door = || Door {
        vm: vm.id.clone(),
        port,
    };
    let policies = match &vm.jit {
        JitState::Configured { policies } => policies,
        JitState::NotConfigured => return Err(Refusal::JitNotConfigured { vm: vm.id.clone() }),
        JitState::Unsupported { why } => {
            return Err(Refusal::JitUnsupported {
                vm: vm.id.clone(),
                why: *why,
            });
        }
    };
    let Some(through) = through else {
        return vm.jit_port(port).ok_or_else(|| {
            let mut ports: Vec<Port> = policies
                .iter()
                .flat_map(|entry| entry.ports.iter().map(|jit| jit.port))
                .collect();
            ports.sort_unstable();
            ports.dedup();
            Refusal::PortNotInJitPolicy { door: door(), ports }
        });
    };
    policies
        .iter()
        .filter(|entry| &entry.policy == through)
        .find_map(|entry| {
            entry
                .ports
                .iter()
                .find(|jit| jit.port == port)
                .map(|jit| (&entry.policy, jit))
        })
        .ok_or_else(|| Refusal::JitPolicyChanged {
            door: door(),
            policy: through.clone(),
        })
}

/// Azure writes both names into the description of a network rule, which has 140 characters.
const NAMES_CHARS_MAX: usize = 56;

/// Whether Azure can name the VM and its JIT policy in the rule that it writes.
pub(super) fn names_fit(vm: &VmId, policy: &JitPolicyId) -> Result<(), Refusal> {
    let chars = vm.name().chars().count() + policy.name().chars().count();
    if chars > NAMES_CHARS_MAX {
        return Err(Refusal::NamesTooLong {
            vm: vm.clone(),
            policy: policy.clone(),
            chars,
            most: NAMES_CHARS_MAX,
        });
    }
    Ok(())
}

/// What the JIT policy says of `length` on this door.
pub(super) fn length_under_jit(limits: &JitPort, door: &Door, asked: Length) -> Result<(), Refusal> {
    if asked.get() > limits.max {
        return Err(Refusal::JitLengthTooLong {
            asked,
            max: limits.max,
            door: door.clone(),
        });
    }
    Ok(())
}

/// What the JIT policy says of `source` on this door.
pub(super) fn source_under_jit(limits: &JitPort, door: &Door, source: Source) -> Result<(), Refusal> {
    match &limits.sources {
        AllowedSources::Only(allowed) if !limits.sources.contain(source.net()) => {
            Err(Refusal::JitSourceOutside {
                source,
                allowed: allowed.clone(),
                door: door.clone(),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::Instant;
    use crate::policy::{
        SourceRule,
        sample::{rule, vm},
    };

    fn sources(source: &str, widest: u8, within: &[&str], private: bool) -> &'static str {
        let mut rule = rule("any");
        rule.sources = SourceRule {
            widest,
            within: within.iter().map(|net| net.parse().unwrap()).collect(),
            private,
        };
        match source_under(&rule, source.parse().unwrap()) {
            Ok(()) => "ok",
            Err(refusal) => refusal.code(),
        }
    }

    #[rstest]
    #[case("8.8.8.8", 32, &[], false, "ok")]
    #[case("8.8.8.0/24", 32, &[], false, "source_too_wide")]
    #[case("8.8.8.0/24", 24, &[], false, "ok")]
    #[case("8.8.8.0/23", 24, &[], false, "source_too_wide")]
    #[case("8.8.8.8", 32, &["8.8.4.0/24"], false, "source_not_within")]
    #[case("8.8.8.8", 32, &["8.8.4.0/24", "8.8.8.0/24"], false, "ok")]
    #[case("8.0.0.0/8", 8, &["8.8.8.0/24"], false, "source_not_within")]
    #[case("10.1.2.3", 32, &[], false, "source_private")]
    #[case("10.1.2.3", 32, &[], true, "ok")]
    #[case("10.1.2.3", 32, &["10.0.0.0/8"], false, "source_private")]
    #[case("100.64.0.1", 32, &[], false, "source_private")]
    #[case("192.160.0.0/12", 8, &[], false, "source_private")]
    #[case("198.51.100.7", 32, &[], false, "source_documentation")]
    #[case("198.51.100.7", 32, &[], true, "source_documentation")]
    #[case("198.51.100.7", 32, &["198.51.100.0/24"], false, "ok")]
    #[case("198.51.100.7", 32, &["203.0.113.0/24"], false, "source_documentation")]
    #[case("198.51.100.7", 32, &["0.0.0.0/0"], false, "source_documentation")]
    #[case("198.51.0.0/16", 8, &["198.51.100.0/24"], false, "source_documentation")]
    fn a_source_is_judged_by_width_place_and_kind(
        #[case] source: &str,
        #[case] widest: u8,
        #[case] within: &[&str],
        #[case] private: bool,
        #[case] verdict: &str,
    ) {
        assert_eq!(sources(source, widest, within, private), verdict);
    }

    #[rstest]
    #[case(true, Some("^INC-"), None, "reason_missing")]
    #[case(true, Some("^INC-"), Some("because"), "reason_pattern")]
    #[case(true, Some("^INC-"), Some("INC-42 disk"), "ok")]
    #[case(true, None, Some("because"), "ok")]
    #[case(false, Some("^INC-"), None, "ok")]
    #[case(false, Some("^INC-"), Some("because"), "reason_pattern")]
    fn a_reason_is_asked_for_and_read(
        #[case] required: bool,
        #[case] pattern: Option<&str>,
        #[case] reason: Option<&str>,
        #[case] verdict: &str,
    ) {
        let mut rule = rule("any");
        rule.reason.required = required;
        rule.reason.pattern = pattern.map(|pattern| regex::Regex::new(pattern).unwrap());
        let reason = reason.and_then(FreeText::new);
        let demands = Demands::of(
            &rule,
            &vm("prod-web", "web-01"),
            "ssh".parse().unwrap(),
            None,
            Instant::UNIX_EPOCH,
        );
        let answer =
            reason_under(&rule, &demands, reason.as_ref()).map_or_else(|refusal| refusal.code(), |()| "ok");
        assert_eq!(answer, verdict);
    }

    #[rstest]
    #[case(49, "ok")]
    #[case(50, "names_too_long")]
    fn azure_must_be_able_to_name_both(#[case] chars: usize, #[case] verdict: &str) {
        let long = vm("prod-web", &"v".repeat(chars));
        let (policy, _) = jit_port(&long, "ssh".parse().unwrap(), None).unwrap();
        assert_eq!(policy.name().len(), 7);
        let answer = names_fit(&long.id, policy).map_or_else(|refusal| refusal.code(), |()| "ok");
        assert_eq!(answer, verdict);
    }

    #[test]
    fn the_jit_policy_that_was_chosen_must_still_have_the_port() {
        let vm = vm("prod-web", "web-01");
        let ssh: Port = "ssh".parse().unwrap();
        let (policy, _) = jit_port(&vm, ssh, None).unwrap();
        assert!(jit_port(&vm, ssh, Some(policy)).is_ok());
        let other: JitPolicyId = policy.to_string().replace("default", "other").parse().unwrap();
        assert!(matches!(
            jit_port(&vm, ssh, Some(&other)),
            Err(Refusal::JitPolicyChanged { .. })
        ));
        let telnet = Port::new(23).unwrap();
        assert!(matches!(
            jit_port(&vm, telnet, None),
            Err(Refusal::PortNotInJitPolicy { ports, .. }) if ports.len() == 2
        ));
    }
}

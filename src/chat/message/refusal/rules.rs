//! Why the rules, or Azure's JIT policy, refuse a request.

use ipnet::Ipv4Net;

use super::{at_start, too_much};
use crate::{
    chat::message::{
        hours,
        limit::joined,
        limits, phrase,
        quote::{coded, quoted_within},
        rendered::Rendered,
        trail::nobody,
        when,
    },
    domain::{
        ids::RuleName,
        length::Length,
        port::Port,
        vm::{Unsupported, VmId},
        vote::Door,
    },
    policy::Refusal,
};

/// What who asked is told.
pub fn sentence(refusal: &Refusal) -> Rendered {
    Rendered::text(format!("Nothing was asked. {}", why(refusal)))
}

/// Why, and what to do next: also for `explain` and the command line.
pub fn why(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NothingAsked => "Name at least one machine and one port of it.".to_owned(),
        Refusal::VmUnknown { vm } => format!(
            "{} is not in the inventory (any more). Pick a name that is offered while you type, or try again in a \
             minute if the machine is new.",
            machine(vm)
        ),
        Refusal::NoRule { door } => format!(
            "No rule lets you ask for {}. If you need it, ask an administrator of Portcullis for a rule.",
            self::door(door)
        ),
        Refusal::NobodyCanApprove { rule } => format!(
            "Nobody could approve it: the rule {} names too few approvers besides you. Ask an administrator of \
             Portcullis to add some.",
            name(rule)
        ),
        Refusal::JitNotConfigured { vm } => format!(
            "Just-in-time access is not set up for {}. Somebody who looks after the machine can set it up in \
             Microsoft Defender for Cloud; then ask again.",
            machine(vm)
        ),
        Refusal::JitUnsupported { vm, why } => format!(
            "Just-in-time access is not possible for {}, because {}.",
            machine(vm),
            unsupported(*why)
        ),
        Refusal::PortNotInJitPolicy { door, ports } => {
            let ports = if ports.is_empty() {
                "It has none for this machine.".to_owned()
            } else {
                let ports: Vec<_> = ports.iter().map(Port::to_string).collect();
                format!("It has {}.", joined(&ports, ", ", 300))
            };
            format!(
                "The JIT policy of {} does not have port {}. {ports} Ask for one of those, or have the port added in \
                 Microsoft Defender for Cloud.",
                machine(&door.vm),
                door.port
            )
        }
        Refusal::JitPolicyChanged { door, policy } => format!(
            "The JIT policy {} does not have {} any more, so it cannot be opened as it was asked. Ask again.",
            coded(policy.name(), 100),
            self::door(door)
        ),
        Refusal::LengthTooLong {
            asked,
            max,
            rule,
            because,
        } => format!(
            "You asked for {asked}, and the rule {} allows at most {max}{}. Ask again with `for:` and a shorter time.",
            name(rule),
            limits::because(because.as_deref())
        ),
        Refusal::JitLengthTooLong { asked, max, door } => {
            let max = Length::new(*max)
                .map_or_else(|_| format!("{} seconds", max.as_secs()), |max| max.to_string());
            format!(
                "You asked for {asked}, and Azure's JIT policy allows at most {max} for {}. Ask again with `for:` and \
                 a shorter time.",
                self::door(door)
            )
        }
        Refusal::SourceTooWide { source, widest, rule } => format!(
            "`{source}` has more addresses than the rule {} allows, which is at most a `/{widest}`. Ask again with \
             `from:` and {}.",
            name(rule),
            if *widest == 32 {
                "the one address from which you connect"
            } else {
                "a smaller network, or the one address from which you connect"
            }
        ),
        Refusal::SourceNotWithin { source, within, rule } => format!(
            "`{source}` is outside the networks from which the rule {} allows access: {}. Connect from one of them, \
             for example through the VPN, and ask again with `from:` and that address.",
            name(rule),
            networks(within)
        ),
        Refusal::SourcePrivate { source, rule } => format!(
            "`{source}` is a private or shared address, which the rule {} does not allow. Ask again with `from:` and \
             the public address from which you connect.",
            name(rule)
        ),
        Refusal::SourceDocumentation { source, rule } => format!(
            "`{source}` is an address for examples (RFC 5737), from which nobody can connect, and the rule {} does \
             not name it. Ask again with `from:` and your real address.",
            name(rule)
        ),
        Refusal::JitSourceOutside {
            source,
            allowed,
            door,
        } => format!(
            "`{source}` is outside the networks that Azure's JIT policy allows for {}: {}. Connect from one of them, \
             and ask again with `from:` and that address.",
            self::door(door),
            networks(allowed)
        ),
        Refusal::ReasonMissing {
            rule,
            pattern,
            example,
            because,
        } => format!(
            "The rule {} wants a reason{}{}. Ask again with `reason:`.",
            name(rule),
            form(pattern.as_deref(), example.as_deref()),
            limits::because(because.as_deref())
        ),
        Refusal::ReasonPattern {
            rule,
            pattern,
            example,
        } => format!(
            "The rule {} wants a reason{}, and yours is different. Ask again with such a `reason:`.",
            name(rule),
            form(Some(pattern), example.as_deref())
        ),
        Refusal::ExtensionTooLong { asked, room, most } => format!(
            "You asked for {asked} more, and {most} may be left at most, of which {room} fit now. Ask again with \
             `for:{}` or less.",
            room.to_string().replace(' ', "")
        ),
        Refusal::ExtensionHasNoRoom { most } => format!(
            "The time that is left is the {most} that the rules and Azure allow at most. Ask again when some of it is \
             over."
        ),
        Refusal::NobodyThere { lack } => format!(
            "Nobody could approve it under the rule {}: {}. The administrators of Portcullis were told in the trail; ask \
             them to name approvers who are there.",
            name(&lack.rule),
            nobody::facts(lack)
        ),
        Refusal::TooMuch { why } => too_much::why(why),
        Refusal::AtStart { starts_at, why } => at_start::why(*starts_at, why),
        Refusal::OutsideHours {
            door,
            rule,
            hours,
            next,
        } => format!(
            "The rule {} lets you ask for {} only at certain hours: {}.{}",
            name(rule),
            self::door(door),
            hours::phrase(hours),
            next.map_or_else(String::new, |next| format!(
                " Ask again from {}.",
                when::full(next)
            ))
        ),
        Refusal::NamesTooLong {
            vm,
            policy,
            chars,
            most,
        } => format!(
            "Azure cannot open {}: the name of the machine and that of its JIT policy {} have {chars} characters \
             together, and Azure's network rules have room for {most}. Somebody who looks after the machine can put it \
             into a JIT policy with a shorter name.",
            machine(vm),
            coded(policy.name(), 100)
        ),
    }
}

fn form(pattern: Option<&str>, example: Option<&str>) -> String {
    match (pattern, example) {
        (_, Some(example)) => format!(" such as {}", coded(example, 100)),
        (Some(pattern), None) => format!(" that matches {}", coded(pattern, 200)),
        (None, None) => String::new(),
    }
}

pub(in crate::chat::message) fn unsupported(why: Unsupported) -> &'static str {
    match why {
        Unsupported::MissingNsg => {
            "neither a network security group nor a classic Azure Firewall stands in front of it; somebody who looks \
             after the network can add one"
        }
        Unsupported::Classic => {
            "it is a classic machine; it would have to be migrated to Azure Resource Manager"
        }
        Unsupported::PlanMissing => {
            "it lacks Defender for Servers Plan 2, which JIT is part of and which costs money for every server and \
             hour; `/jit plan` shows where it is on, and an administrator of Portcullis can switch it on"
        }
        Unsupported::Other => {
            "Azure does not support it there; Microsoft Defender for Cloud shows the reason under just-in-time access"
        }
    }
}

fn networks(networks: &[Ipv4Net]) -> String {
    let parts: Vec<_> = networks.iter().map(|net| format!("`{net}`")).collect();
    joined(&parts, ", ", 600)
}

pub(super) fn name(rule: &RuleName) -> String {
    format!("“{}”", quoted_within(&rule.0, 80))
}

fn machine(vm: &VmId) -> String {
    format!("**{}**", phrase::machine(vm))
}

pub(super) fn door(door: &Door) -> String {
    phrase::door(&door.vm, door.port)
}

//! What an administrator should know before confirming: one line for all machines of which the same is true.

use crate::{
    chat::message::{limit::listed, phrase, quote::coded, when},
    domain::{
        configuration::Caution,
        port::Port,
        vm::{JitPolicyId, OpenAnyway, VmId},
    },
};

use super::change::{Emphasis, length, names};

pub(super) fn lines(cautions: &[Caution]) -> Vec<String> {
    let mut groups: Vec<(Vec<&VmId>, String)> = Vec::new();
    for caution in cautions {
        let (vm, text) = line(caution);
        match groups.iter_mut().find(|(_, known)| *known == text) {
            Some((vms, _)) if vms.contains(&vm) => {}
            Some((vms, _)) => vms.push(vm),
            None => groups.push((vec![vm], text)),
        }
    }
    groups
        .into_iter()
        .map(|(vms, text)| format!("{}: {text}", names(&vms, Emphasis::Bold)))
        .collect()
}

fn line(caution: &Caution) -> (&VmId, String) {
    match caution {
        Caution::LongLimit { vm, ports, max } => (
            vm,
            format!(
                "{} is long for {}. Azure's own default is 3h, and 1h is recommended.",
                length(*max),
                numbers(ports)
            ),
        ),
        Caution::AnySource { vm, ports } => (
            vm,
            format!(
                "the JIT policy will allow any address for {}. The rules of Portcullis still limit who may ask \
                 from where; the portal will not.",
                numbers(ports)
            ),
        ),
        Caution::Stopped { vm, power } => (
            vm,
            format!(
                "the machine is {}. The change is made all the same.",
                phrase::power(*power)
            ),
        ),
        Caution::NamesTooLong {
            vm,
            policy,
            length,
            most,
        } => (
            vm,
            format!(
                "Azure will refuse every request, because the names of the machine and of JIT policy {} have {length} \
                 characters together and at most {most} fit.",
                phrase::name(policy.name())
            ),
        ),
        Caution::DenyGoes { vm, ports, open } => (
            vm,
            format!(
                "JIT's deny rule for {} goes away, and the port may then be open. {}",
                numbers(ports),
                opened_by(open)
            ),
        ),
        Caution::OpenAnyway { vm, rule } => (
            vm,
            format!(
                "the network rule {} lets {} in on {} at all times. If it stays above JIT's deny rule, JIT protects \
                 nothing there.",
                coded(&rule.rule, 80),
                coded(&rule.source, 60),
                rule.port
            ),
        ),
        Caution::WindowOpen { window } => (
            &window.vm,
            format!(
                "a window is open on {} from {} until {} (request {}). The change may end it.",
                window.port,
                window.source,
                when::time(window.ends_at),
                window.request
            ),
        ),
        Caution::Ambiguous { vm, chosen, policies } => (
            vm,
            format!(
                "several JIT policies name this machine: {}. Only {} is changed.",
                policy_names(policies),
                phrase::name(chosen.name())
            ),
        ),
        Caution::Stale { vm, since } => (
            vm,
            format!(
                "what is said here was read from Azure {}. If it is not so any more, nothing is written.",
                when::relative(*since)
            ),
        ),
    }
}

fn opened_by(open: &[OpenAnyway]) -> String {
    if open.is_empty() {
        return "No rule above it is known to let anybody in; rules below it were hidden by it and count then."
            .to_owned();
    }
    let parts: Vec<_> = open
        .iter()
        .map(|rule| {
            format!(
                "{} lets {} in on {}",
                coded(&rule.rule, 80),
                coded(&rule.source, 60),
                rule.port
            )
        })
        .collect();
    format!("The network rule {}.", listed(&parts, 500))
}

fn numbers(ports: &[Port]) -> String {
    let parts: Vec<_> = ports.iter().map(Port::to_string).collect();
    listed(&parts, 300)
}

fn policy_names(policies: &[JitPolicyId]) -> String {
    let parts: Vec<_> = policies
        .iter()
        .map(|policy| phrase::name(policy.name()))
        .collect();
    listed(&parts, 300)
}

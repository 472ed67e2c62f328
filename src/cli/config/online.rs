//! `config check --online`: what the rules name in Discord and in Azure, and is not there today.

use std::sync::Arc;

use crate::{
    azure::{Arm, AzureOptions},
    chat::message::trouble,
    cli::doctor::{self, Check},
    clock::{SharedClock, SystemClock},
    config::Config,
    domain::{
        port::Port,
        vm::{JitState, Vm},
    },
    policy::{PortSet, Rule},
};

/// Looks at everything that the rules name; nothing is changed anywhere.
pub(super) async fn look(config: &Config) -> Vec<Check> {
    let mut checks = doctor::discord::look(config).await;
    checks.extend(machines(config).await);
    checks
}

async fn machines(config: &Config) -> Vec<Check> {
    let clock: SharedClock = Arc::new(SystemClock);
    let unread = |found: String| {
        vec![Check::bad(
            "machines of the rules",
            found,
            "Run `portcullis doctor`, which says what is wrong with the access to Azure.",
        )]
    };
    let arm = match Arm::new(&AzureOptions::from(&config.azure), clock.clone()) {
        Ok(arm) => arm,
        Err(why) => return unread(why.to_string()),
    };
    let snapshot = match arm.snapshot(&config.azure.subscriptions).await {
        Ok(snapshot) => snapshot,
        Err(why) => return unread(trouble::plain(&why.trouble(clock.now()))),
    };
    let mut checks = Vec::new();
    let mut vms = Vec::new();
    for part in snapshot.parts {
        match part.found {
            Ok(found) => vms.extend(found.vms),
            Err(why) => checks.extend(unread(format!(
                "subscription {}: {}",
                part.subscription,
                trouble::plain(&why.trouble(clock.now()))
            ))),
        }
    }
    let findings = checks.len();
    for rule in &config.rules.rules {
        checks.extend(of_rule(rule, &vms));
    }
    if checks.len() == findings {
        checks.push(Check::good(
            "machines of the rules",
            "every pattern names some, and JIT guards every port that is named",
        ));
    }
    checks
}

fn of_rule(rule: &Rule, vms: &[Vm]) -> Vec<Check> {
    let subject = format!("rule {}", rule.name);
    let mut checks: Vec<Check> = rule
        .vms
        .iter()
        .filter(|pattern| !vms.iter().any(|vm| pattern.matches(vm)))
        .map(|pattern| {
            Check::bad(
                subject.clone(),
                format!("\"{pattern}\" names no machine today"),
                "Correct the pattern, or let the bot read the subscription of the machine.",
            )
        })
        .collect();
    let about: Vec<&Vm> = vms.iter().filter(|vm| rule.is_about(vm)).collect();
    let PortSet::Only(ports) = &rule.ports else {
        return checks;
    };
    if about.is_empty() {
        return checks;
    }
    let unguarded: Vec<String> = ports
        .iter()
        .filter(|port| !about.iter().any(|vm| guards(vm, **port)))
        .map(ToString::to_string)
        .collect();
    if !unguarded.is_empty() {
        checks.push(Check::bad(
            subject,
            format!("no machine of it has {} in a JIT policy", unguarded.join(", ")),
            "Add the port to the JIT policy of a machine (`/jit ports`), or take it out of the rule.",
        ));
    }
    checks
}

fn guards(vm: &Vm, port: Port) -> bool {
    match &vm.jit {
        JitState::Configured { policies } => policies
            .iter()
            .any(|entry| entry.ports.iter().any(|jit| jit.port == port)),
        JitState::NotConfigured | JitState::Unsupported { .. } => false,
    }
}

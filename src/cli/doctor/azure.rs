//! Azure, as `doctor` sees it: the token, the subscriptions, and what can be read in each.

use super::Check;
use crate::{
    azure::{Arm, AzureOptions, inventory::Part},
    chat::message::{plan, rights, trouble},
    cli::counted,
    clock::SharedClock,
    config,
    domain::right::{Feature, Scope},
};

pub(super) async fn look(azure: &config::Azure, clock: SharedClock) -> Vec<Check> {
    let arm = match Arm::new(&AzureOptions::from(azure), clock.clone()) {
        Ok(arm) => arm,
        Err(why) => {
            return vec![Check::bad(
                "Azure",
                chain(&why),
                "Check the section [azure] of the configuration.",
            )];
        }
    };
    let snapshot = match arm.snapshot(&azure.subscriptions).await {
        Ok(snapshot) => snapshot,
        Err(why) => {
            return vec![Check::bad(
                "Azure sign-in",
                trouble::plain(&why.trouble(clock.now())),
                "Check azure.credential and its keys, and that this machine reaches the login host and Resource Manager.",
            )];
        }
    };
    if snapshot.parts.is_empty() {
        return vec![Check::bad(
            "Azure subscriptions",
            "the identity can read none",
            "Assign the identity a role on each subscription that the bot is to serve.",
        )];
    }
    let mut checks = vec![Check::good("Azure sign-in", "a token was given and accepted")];
    for part in &snapshot.parts {
        checks.push(read(part, &clock));
        checks.extend(allowed(&arm, part, &clock).await);
    }
    checks.extend(arm.degraded().into_iter().map(|degraded| {
        Check::bad(
            format!("Azure's quota for {} in {}", degraded.calls, degraded.scope),
            format!("Azure asks to wait until {}", degraded.until),
            "Nothing but waiting; if it comes again, raise azure.inventory_every.",
        )
    }));
    checks
}

fn read(part: &Part, clock: &SharedClock) -> Check {
    let subject = format!("subscription {}", part.subscription);
    let found = match &part.found {
        Ok(found) => found,
        Err(why) => {
            return Check::bad(
                subject,
                trouble::plain(&why.trouble(clock.now())),
                "Do what is said there; a role is assigned on this subscription.",
            );
        }
    };
    let counts = format!(
        "{}, {}",
        counted(found.vms.len(), "machine", "machines"),
        counted(found.policies.len(), "JIT policy", "JIT policies")
    );
    match &found.plans {
        Ok(plans) if plans.state.plan.includes_jit() => {
            Check::good(subject, format!("{counts}, {}", plan::name(plans.state.plan)))
        }
        Ok(plans) => Check::bad(
            subject,
            format!(
                "{counts}, {}: JIT does not work there",
                plan::name(plans.state.plan)
            ),
            format!(
                "Leave the subscription out, or switch the plan on, which costs money: `portcullis azure plan enable \
                 --subscription {}`.",
                part.subscription
            ),
        ),
        Err(why) => Check::bad(
            subject,
            format!("{counts}; its Defender plan is not known"),
            trouble::plain(why),
        ),
    }
}

/// What the identity may do in a subscription: less than is needed, and more.
async fn allowed(arm: &Arm, part: &Part, clock: &SharedClock) -> Vec<Check> {
    let subject = format!("rights in subscription {}", part.subscription);
    let mut groups: Vec<_> = match &part.found {
        Ok(found) => found.vms.iter().map(|vm| vm.id.group().to_lowercase()).collect(),
        Err(_) => Vec::new(),
    };
    groups.sort_unstable();
    groups.dedup();
    let found = match arm.rights(&part.subscription, &groups).await {
        Ok(found) => found,
        Err(why) => {
            let why = trouble::plain(&why.trouble(clock.now()));
            return vec![Check::bad(
                subject,
                "what the identity may do cannot be read",
                why,
            )];
        }
    };
    let mut checks = Vec::new();
    for missing in found
        .missing
        .iter()
        .filter(|missing| missing.feature == Feature::Request)
    {
        checks.push(Check::bad(
            subject.clone(),
            format!("{} is missing on {}", missing.action, missing.scope),
            rights::missing(missing),
        ));
    }
    if checks.is_empty() {
        checks.push(Check::good(
            subject.clone(),
            "machines are found, and windows can be opened",
        ));
    }
    // Nobody has to allow the rest: a bot that only opens windows is a good bot.
    let scope = Scope::Subscription {
        subscription: part.subscription.clone(),
    };
    for feature in Feature::ALL
        .into_iter()
        .filter(|feature| *feature != Feature::Request)
    {
        let missing: Vec<_> = found
            .missing
            .iter()
            .filter(|missing| missing.feature == feature)
            .collect();
        let subject = format!("{subject}, {}", feature.word());
        let on_the_whole = missing.iter().filter(|missing| missing.scope == scope);
        if on_the_whole.count() == feature.actions().len() {
            checks.push(Check::good(subject, rights::switched_off(feature, &scope)));
            continue;
        }
        // A part of it is worse than nothing: it is offered, and fails.
        for missing in missing {
            checks.push(Check::bad(
                subject.clone(),
                format!("{} is missing on {}", missing.action, missing.scope),
                rights::missing(missing),
            ));
        }
    }
    if !found.excess.is_empty() {
        checks.push(Check::bad(
            subject,
            rights::excess(&part.subscription, &found.excess),
            rights::EXCESS_REMEDY,
        ));
    }
    checks
}

fn chain(why: &dyn std::error::Error) -> String {
    let mut told = why.to_string();
    let mut source = why.source();
    while let Some(inner) = source {
        told.push_str(": ");
        told.push_str(&inner.to_string());
        source = inner.source();
    }
    told
}

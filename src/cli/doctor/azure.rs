//! Azure, as `doctor` sees it: the token, the subscriptions, and what can be read in each.

use super::Check;
use crate::{
    azure::{Arm, AzureOptions},
    cli::counted,
    clock::SharedClock,
    config,
};

pub(super) async fn look(azure: &config::Azure, clock: SharedClock) -> Vec<Check> {
    let arm = match Arm::new(&AzureOptions::from(azure), clock) {
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
                chain(&why),
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
        let subject = format!("subscription {}", part.subscription);
        checks.push(match &part.found {
            Ok(found) => Check::good(
                subject,
                format!(
                    "{}, {}",
                    counted(found.vms.len(), "machine", "machines"),
                    counted(found.policies.len(), "JIT policy", "JIT policies")
                ),
            ),
            Err(why) => Check::bad(
                subject,
                chain(why.as_ref()),
                "Assign the identity a role with the action that is named, on this subscription.",
            ),
        });
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

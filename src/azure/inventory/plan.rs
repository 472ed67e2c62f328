//! The Defender plan of a subscription, and the machines in it that have another one.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use serde::Deserialize;

use super::patience::patiently;
use crate::{
    azure::arm::{Arm, ArmError, Call, Operation, Quota},
    domain::{
        plan::{Coverage, OptedOut, Plan, PlanState, Plans},
        vm::{SubscriptionId, VmId},
    },
};

static GET: Operation = Operation {
    name: "pricing-get",
    method: reqwest::Method::GET,
    api_version: "2024-01-01",
    action: "Microsoft.Security/pricings/read",
    quota: Quota::Reads,
};

static PUT: Operation = Operation {
    name: "pricing-put",
    method: reqwest::Method::PUT,
    api_version: "2024-01-01",
    action: "Microsoft.Security/pricings/write",
    quota: Quota::Writes,
};

/// How many machines are asked for their own plan at the same time.
const AT_ONCE: usize = 4;
/// The most machines that one refresh asks for: each takes a call, and only those of a subscription that is covered
/// in part are asked for at all.
const ASKED_MAX: usize = 200;

#[derive(Debug, Deserialize)]
struct Body {
    properties: Properties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    pricing_tier: String,
    #[serde(default)]
    sub_plan: Option<String>,
    #[serde(default)]
    free_trial_remaining_time: Option<String>,
    #[serde(default)]
    resources_coverage_status: Option<String>,
}

impl Arm {
    /// How the subscription's plan for servers stands.
    pub async fn plan(&self, subscription: &SubscriptionId) -> Result<PlanState, ArmError> {
        let call = Call::new(&GET, path(&format!("/subscriptions/{subscription}"))).of(subscription);
        let body = self.one::<Body>(&call.in_background()).await?;
        Ok(state(&body.properties))
    }

    /// Switches Defender for Servers Plan 2 on. It costs money for every server and hour.
    ///
    /// An error of which [`ArmError::may_have_happened`] is true leaves open whether it is on.
    pub async fn enable_plan(&self, subscription: &SubscriptionId) -> Result<PlanState, ArmError> {
        let body = serde_json::json!({"properties": {"pricingTier": "Standard", "subPlan": "P2"}});
        let call = Call::new(&PUT, path(&format!("/subscriptions/{subscription}")))
            .of(subscription)
            .with_body(body);
        let body = self.one::<Body>(&call).await?;
        Ok(state(&body.properties))
    }

    /// The subscription's plan, and which of `vms` have another one.
    ///
    /// Machines are asked for only where Azure says that the plan covers some and not all.
    pub(super) async fn plans(&self, id: &SubscriptionId, vms: &[VmId]) -> Result<Plans, ArmError> {
        let state = patiently(self, || self.plan(id)).await?;
        let mut plans = Plans {
            state,
            opted_out: Vec::new(),
            unasked: 0,
        };
        if state.coverage != Coverage::Partial {
            return Ok(plans);
        }
        plans.unasked = vms.len().saturating_sub(ASKED_MAX);
        let calls: Vec<_> = vms.iter().take(ASKED_MAX).map(|vm| self.plan_of(vm)).collect();
        let answers: Vec<_> = stream::iter(calls).buffered(AT_ONCE).collect().await;
        for (vm, answer) in vms.iter().zip(answers) {
            match answer {
                Ok(plan) if plan != state.plan => plans.opted_out.push(OptedOut { vm: vm.clone(), plan }),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(vm = vm.key(), %error, "The Defender plan of a machine cannot be read.");
                    plans.unasked += 1;
                }
            }
        }
        Ok(plans)
    }

    async fn plan_of(&self, vm: &VmId) -> Result<Plan, ArmError> {
        let call = Call::new(&GET, path(&vm.to_string()))
            .of(vm.subscription())
            .in_background();
        let body = patiently(self, || self.one::<Body>(&call)).await?;
        Ok(plan(&body.properties))
    }
}

fn path(scope: &str) -> String {
    format!("{scope}/providers/Microsoft.Security/pricings/VirtualMachines")
}

fn state(properties: &Properties) -> PlanState {
    let trial = properties.free_trial_remaining_time.as_deref();
    PlanState {
        plan: plan(properties),
        trial_left: trial.and_then(span),
        coverage: match properties.resources_coverage_status.as_deref() {
            Some("FullyCovered") => Coverage::Full,
            Some("PartiallyCovered") => Coverage::Partial,
            Some("NotCovered") => Coverage::None,
            _ => Coverage::Unknown,
        },
    }
}

/// A length in ISO 8601, such as `P30D`; `None` for nothing left.
fn span(text: &str) -> Option<Duration> {
    let parsed = speedate::Duration::parse_str(text).ok()?;
    let seconds = u64::try_from(parsed.signed_total_seconds()).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

/// An absent `subPlan` is the full plan, on answers of older versions (recorded traffic).
fn plan(properties: &Properties) -> Plan {
    if !properties.pricing_tier.eq_ignore_ascii_case("Standard") {
        return Plan::Free;
    }
    match properties.sub_plan.as_deref() {
        None => Plan::P2,
        Some(sub_plan) if sub_plan.eq_ignore_ascii_case("P2") => Plan::P2,
        Some(sub_plan) if sub_plan.eq_ignore_ascii_case("P1") => Plan::P1,
        Some(_) => Plan::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_second_plan_includes_jit() {
        for (properties, found) in [
            (json!({"pricingTier":"Standard","subPlan":"P2"}), Plan::P2),
            (json!({"pricingTier":"standard"}), Plan::P2),
            (json!({"pricingTier":"Standard","subPlan":"P1"}), Plan::P1),
            (json!({"pricingTier":"Standard","subPlan":"P3"}), Plan::Other),
            (json!({"pricingTier":"Free"}), Plan::Free),
            (json!({"pricingTier":"Free","subPlan":"P2"}), Plan::Free),
        ] {
            let read = serde_json::from_value(properties.clone()).unwrap();
            assert_eq!(plan(&read), found, "{properties}");
            assert_eq!(found.includes_jit(), found == Plan::P2);
        }
    }

    #[test]
    fn the_trial_and_the_coverage_are_read() {
        let of = |trial: &str, coverage: &str| {
            let properties = json!({
                "pricingTier": "Standard", "subPlan": "P2", "freeTrialRemainingTime": trial,
                "resourcesCoverageStatus": coverage,
            });
            let state = state(&serde_json::from_value(properties).unwrap());
            (state.trial_left, state.coverage)
        };
        let days = |days: u64| Some(Duration::from_secs(days * 24 * 60 * 60));
        assert_eq!(of("P30D", "FullyCovered"), (days(30), Coverage::Full));
        assert_eq!(of("PT0S", "PartiallyCovered"), (None, Coverage::Partial));
        assert_eq!(of("soon", "Half"), (None, Coverage::Unknown));
    }
}

//! Whether a subscription has the Defender plan that JIT is part of.

use serde::Deserialize;

use crate::{
    azure::arm::{Arm, ArmError, Call, Operation, Quota},
    domain::vm::SubscriptionId,
};

static GET: Operation = Operation {
    name: "pricing-get",
    method: reqwest::Method::GET,
    api_version: "2024-01-01",
    action: "Microsoft.Security/pricings/read",
    quota: Quota::Reads,
};

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
}

impl Arm {
    /// Whether the subscription's plan for servers includes JIT (Defender for Servers Plan 2).
    ///
    /// Machines that were opted out one by one are not seen here.
    pub async fn has_jit_plan(&self, subscription: &SubscriptionId) -> Result<bool, ArmError> {
        let path =
            format!("/subscriptions/{subscription}/providers/Microsoft.Security/pricings/VirtualMachines");
        let call = Call::new(&GET, path).of(subscription).in_background();
        let body = self.one::<Body>(&call).await?;
        Ok(includes_jit(&body.properties))
    }
}

/// An absent `subPlan` is the full plan, on answers of older versions (recorded traffic).
fn includes_jit(properties: &Properties) -> bool {
    properties.pricing_tier.eq_ignore_ascii_case("Standard")
        && properties
            .sub_plan
            .as_deref()
            .is_none_or(|plan| plan.eq_ignore_ascii_case("P2"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_second_plan_includes_jit() {
        for (properties, includes) in [
            (json!({"pricingTier":"Standard","subPlan":"P2"}), true),
            (json!({"pricingTier":"standard"}), true),
            (json!({"pricingTier":"Standard","subPlan":"P1"}), false),
            (json!({"pricingTier":"Free"}), false),
            (json!({"pricingTier":"Free","subPlan":"P2"}), false),
        ] {
            let read = serde_json::from_value(properties.clone()).unwrap();
            assert_eq!(includes_jit(&read), includes, "{properties}");
        }
    }
}

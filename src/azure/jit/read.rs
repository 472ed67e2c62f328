//! Reading JIT policies.

use super::{API_VERSION, policy::JitPolicyState, wire::PolicyBody};
use crate::{
    azure::arm::{Arm, ArmError, Call, Correlation, Operation, Quota},
    domain::vm::{JitPolicyId, SubscriptionId},
};

static LIST: Operation = Operation {
    name: "jit-list",
    method: reqwest::Method::GET,
    api_version: API_VERSION,
    action: "Microsoft.Security/locations/jitNetworkAccessPolicies/read",
    quota: Quota::Reads,
};
static GET: Operation = Operation {
    name: "jit-get",
    method: reqwest::Method::GET,
    api_version: API_VERSION,
    action: "Microsoft.Security/locations/jitNetworkAccessPolicies/read",
    quota: Quota::Reads,
};

impl Arm {
    /// All JIT policies of a subscription. One that cannot be read is left out and logged.
    pub async fn jit_policies(&self, subscription: &SubscriptionId) -> Result<Vec<JitPolicyState>, ArmError> {
        let path =
            format!("/subscriptions/{subscription}/providers/Microsoft.Security/jitNetworkAccessPolicies");
        let call = Call::new(&LIST, path).of(subscription).in_background();
        let policies = self.all(&call).await?.into_iter().filter_map(|value| {
            let read = serde_json::from_value::<PolicyBody>(value)
                .map_err(|error| error.to_string())
                .and_then(|body| JitPolicyState::read(body).map_err(|error| error.to_string()));
            read.inspect_err(|error| {
                tracing::warn!(
                    azure.subscription = subscription.as_str(),
                    error,
                    "A JIT policy cannot be read and is left out."
                );
            })
            .ok()
        });
        Ok(policies.collect())
    }

    /// One JIT policy with its requests: how a window is looked up after `initiate`, and at its end.
    pub async fn read_back(&self, id: &JitPolicyId) -> Result<JitPolicyState, ArmError> {
        let call = Call::new(&GET, id.to_string()).of(id.subscription());
        let body = self.one::<PolicyBody>(&call).await?;
        let state = JitPolicyState::read(body).map_err(|error| malformed(error.to_string()))?;
        if state.id == *id {
            Ok(state)
        } else {
            // Taken for the one that was asked for, it would prove windows absent that are there.
            Err(malformed("it is about another JIT policy".to_owned()))
        }
    }
}

pub(super) fn malformed(detail: String) -> ArmError {
    ArmError::Malformed {
        detail,
        correlation: Correlation::default(),
    }
}

//! Facts for the tests of this module.

use serde_json::{Value, json};

use super::{policy::JitPolicyState, wire::PolicyBody};

pub(in crate::azure) const VM: &str = "/subscriptions/487bb485-b5b0-471e-9c0d-10717612f869/resourceGroups/myService1/providers/Microsoft.Compute/virtualMachines/testService";
pub(in crate::azure) const POLICY: &str = "/subscriptions/487bb485-b5b0-471e-9c0d-10717612f869/resourceGroups/myService1/providers/Microsoft.Security/locations/northeurope/jitNetworkAccessPolicies/default";

/// The policy with these properties.
pub(super) fn policy(properties: Value) -> JitPolicyState {
    let body = json!({"id": POLICY, "location": "North Europe", "properties": properties});
    JitPolicyState::read(serde_json::from_value::<PolicyBody>(body).unwrap()).unwrap()
}

/// A window on port 22 from 198.51.100.7 until 2026-11-22 12:00.
pub(super) fn window() -> crate::domain::window::Window {
    let ends_at = "2026-11-22T12:00:00Z".parse().unwrap();
    crate::domain::window::Window::opening(
        crate::domain::ids::WindowId(uuid::Uuid::from_u128(7)),
        crate::domain::ids::RequestId(uuid::Uuid::from_u128(3)),
        VM.parse().unwrap(),
        POLICY.parse().unwrap(),
        crate::domain::port::Port::new(22).unwrap(),
        "198.51.100.7".parse().unwrap(),
        ends_at,
        ends_at - chrono::TimeDelta::hours(1),
    )
}

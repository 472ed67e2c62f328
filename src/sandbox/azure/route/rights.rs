//! What a caller of an operation must show and hold: a token, a right at a scope, a registered provider.
//!
//! Must not know: who calls.

use super::Route;

/// The provider that JIT and the plans belong to.
pub(in crate::sandbox::azure) const SECURITY: &str = "Microsoft.Security";

/// The providers that the emulator has operations of, and the right to register each.
const PROVIDERS: &[(&str, &str)] = &[
    (
        "Microsoft.Authorization",
        "Microsoft.Authorization/register/action",
    ),
    ("Microsoft.Compute", "Microsoft.Compute/register/action"),
    ("Microsoft.Insights", "Microsoft.Insights/register/action"),
    ("Microsoft.Network", "Microsoft.Network/register/action"),
    (
        "Microsoft.ResourceGraph",
        "Microsoft.ResourceGraph/register/action",
    ),
    (SECURITY, "Microsoft.Security/register/action"),
];

/// A provider as Resource Manager spells it, with the right to register it.
pub(in crate::sandbox::azure) fn provider(namespace: &str) -> Option<(&'static str, &'static str)> {
    let mut known = PROVIDERS.iter().copied();
    known.find(|(name, _)| name.eq_ignore_ascii_case(namespace))
}

impl Route {
    /// Whether a caller has to show a token.
    pub(crate) fn needs_token(&self) -> bool {
        !matches!(
            self,
            Self::Metadata
                | Self::OpenIdConfiguration { .. }
                | Self::Token { .. }
                | Self::AppServiceToken
                | Self::InstanceMetadataToken
        )
    }

    /// The right that is needed, and where; `None` where the answer is filtered instead.
    pub(crate) fn right(&self) -> Option<(&'static str, String)> {
        const JIT_READ: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/read";
        let within = |subscription: &String, group: &Option<String>| match group {
            Some(group) => format!("/subscriptions/{subscription}/resourceGroups/{group}"),
            None => format!("/subscriptions/{subscription}"),
        };
        let right = match self {
            Self::JitList {
                subscription, group, ..
            } => (JIT_READ, within(subscription, group)),
            Self::JitGet(policy) => (JIT_READ, policy.id()),
            Self::JitPut(policy) => (
                "Microsoft.Security/locations/jitNetworkAccessPolicies/write",
                policy.id(),
            ),
            Self::JitDelete(policy) => (
                "Microsoft.Security/locations/jitNetworkAccessPolicies/delete",
                policy.id(),
            ),
            Self::Initiate(policy) => (
                "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action",
                policy.id(),
            ),
            Self::Machines { subscription, group } => (
                "Microsoft.Compute/virtualMachines/read",
                within(subscription, group),
            ),
            Self::Machine {
                id,
                instance_view: false,
            } => ("Microsoft.Compute/virtualMachines/read", id.clone()),
            Self::Machine {
                id,
                instance_view: true,
            } => ("Microsoft.Compute/virtualMachines/instanceView/read", id.clone()),
            Self::Nic { id } => ("Microsoft.Network/networkInterfaces/read", id.clone()),
            Self::EffectiveRules { nic } => (
                "Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action",
                nic.clone(),
            ),
            Self::PublicIp { id } => ("Microsoft.Network/publicIPAddresses/read", id.clone()),
            Self::Network { id } => ("Microsoft.Network/virtualNetworks/read", id.clone()),
            Self::Subnet { id } => ("Microsoft.Network/virtualNetworks/subnets/read", id.clone()),
            Self::Nsg { id } => ("Microsoft.Network/networkSecurityGroups/read", id.clone()),
            Self::Rule { nsg, .. } => (
                "Microsoft.Network/networkSecurityGroups/securityRules/read",
                nsg.clone(),
            ),
            Self::DeleteRule { nsg, .. } => (
                "Microsoft.Network/networkSecurityGroups/securityRules/delete",
                nsg.clone(),
            ),
            Self::Pricings { scope } | Self::Pricing { scope } => {
                ("Microsoft.Security/pricings/read", scope.clone())
            }
            Self::SetPricing { scope } => ("Microsoft.Security/pricings/write", scope.clone()),
            Self::DeletePricing { scope } => ("Microsoft.Security/pricings/delete", scope.clone()),
            Self::Provider { subscription, .. } => (
                "Microsoft.Resources/subscriptions/providers/read",
                within(subscription, &None),
            ),
            Self::RegisterProvider {
                subscription,
                namespace,
            } => {
                let action = provider(namespace).map_or("*/register/action", |(_, action)| action);
                (action, within(subscription, &None))
            }
            Self::Permissions { scope } => ("Microsoft.Authorization/permissions/read", scope.clone()),
            Self::ActivityLog { subscription } => (
                "Microsoft.Insights/eventtypes/values/read",
                within(subscription, &None),
            ),
            Self::Metadata
            | Self::OpenIdConfiguration { .. }
            | Self::Token { .. }
            | Self::AppServiceToken
            | Self::InstanceMetadataToken
            | Self::Subscriptions
            | Self::Subscription { .. }
            | Self::ResourceGroups { .. }
            | Self::OperationResult { .. }
            | Self::OperationStatus { .. }
            | Self::Graph
            | Self::Unknown => return None,
        };
        Some(right)
    }

    /// Whether the operation is of Microsoft.Security, which a subscription must have registered.
    pub(crate) fn is_security(&self) -> bool {
        self.is_jit() || self.is_plan()
    }

    /// Whether the operation is about JIT policies.
    pub(crate) fn is_jit(&self) -> bool {
        matches!(
            self,
            Self::JitList { .. } | Self::JitGet(_) | Self::JitPut(_) | Self::JitDelete(_) | Self::Initiate(_)
        )
    }

    /// Whether the operation is about Defender plans.
    pub(crate) fn is_plan(&self) -> bool {
        matches!(
            self,
            Self::Pricings { .. }
                | Self::Pricing { .. }
                | Self::SetPricing { .. }
                | Self::DeletePricing { .. }
        )
    }
}

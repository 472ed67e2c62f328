//! What the bot's identity may be allowed in Azure: actions, the scopes on which they are granted, and what of
//! Portcullis needs which.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::vm::SubscriptionId;

/// Where a role is assigned: as narrow as an administrator would assign one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum Scope {
    /// Everything that the identity can see.
    Tenant,
    Subscription {
        subscription: SubscriptionId,
    },
    Group {
        subscription: SubscriptionId,
        group: String,
    },
}

impl Scope {
    /// The narrowest scope around the resource or the call at `path`.
    pub fn around(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let mut named = |kind: &str| {
            parts
                .next()
                .filter(|part| part.eq_ignore_ascii_case(kind))
                .and_then(|_| parts.next())
        };
        let Some(subscription) = named("subscriptions").and_then(SubscriptionId::new) else {
            return Self::Tenant;
        };
        match named("resourceGroups") {
            Some(group) => Self::Group {
                subscription,
                group: group.chars().take(90).collect(),
            },
            None => Self::Subscription { subscription },
        }
    }

    /// The subscription, unless it is the tenant.
    pub fn subscription(&self) -> Option<&SubscriptionId> {
        match self {
            Self::Tenant => None,
            Self::Subscription { subscription } | Self::Group { subscription, .. } => Some(subscription),
        }
    }
}

impl fmt::Display for Scope {
    /// As a role assignment names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant => f.write_str("/"),
            Self::Subscription { subscription } => write!(f, "/subscriptions/{subscription}"),
            Self::Group { subscription, group } => {
                write!(f, "/subscriptions/{subscription}/resourceGroups/{group}")
            }
        }
    }
}

/// A part of Portcullis that needs rights of its own in Azure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Finding machines and opening windows: without these nothing works.
    Request,
    /// Writing JIT policies: `/jit enable`, `/jit disable`, `/jit ports`.
    Configure,
    /// Asking Azure for the rules that are in force on a machine, and closing a window by its rule.
    Rules,
    /// Saying who did something in Azure, from its Activity Log.
    Trace,
    /// Switching the Defender plan on, from the command line.
    Plan,
}

/// `Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action`, which opens windows.
pub const INITIATE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action";

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Request,
        Self::Configure,
        Self::Rules,
        Self::Trace,
        Self::Plan,
    ];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Configure => "configure",
            Self::Rules => "rules",
            Self::Trace => "trace",
            Self::Plan => "plan",
        }
    }

    /// The actions that it needs, besides those of [`Feature::Request`].
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Request => &[
                "Microsoft.Resources/subscriptions/read",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
                "Microsoft.Security/locations/jitNetworkAccessPolicies/read",
                "Microsoft.Security/locations/jitNetworkAccessPolicies/*/read",
                INITIATE,
                "Microsoft.Security/policies/read",
                "Microsoft.Security/pricings/read",
                "Microsoft.Security/assessments/read",
                "Microsoft.Compute/virtualMachines/read",
                "Microsoft.Compute/virtualMachines/instanceView/read",
                "Microsoft.ClassicCompute/virtualMachines/read",
                "Microsoft.Network/networkInterfaces/read",
                "Microsoft.Network/networkInterfaces/*/read",
                "Microsoft.Network/publicIPAddresses/read",
                "Microsoft.Network/networkSecurityGroups/read",
                "Microsoft.Network/virtualNetworks/read",
                "Microsoft.Network/virtualNetworks/subnets/read",
                "Microsoft.Network/azurefirewalls/read",
                "Microsoft.Authorization/permissions/read",
            ],
            Self::Configure => &[
                "Microsoft.Security/locations/jitNetworkAccessPolicies/write",
                "Microsoft.Compute/virtualMachines/write",
            ],
            Self::Rules => &[
                "Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action",
                "Microsoft.Network/networkSecurityGroups/securityRules/delete",
            ],
            Self::Trace => &["Microsoft.Insights/eventtypes/values/read"],
            Self::Plan => &["Microsoft.Security/pricings/write"],
        }
    }

    /// The one that needs `action`; [`Feature::Request`] for an action that no other names.
    pub fn needing(action: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|feature| {
                let mut actions = feature.actions().iter();
                actions.any(|known| known.eq_ignore_ascii_case(action))
            })
            .unwrap_or(Self::Request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/11111111-1111-1111-1111-111111111111";

    #[test]
    fn a_role_is_assigned_to_a_group_a_subscription_or_the_tenant() {
        for (path, scope) in [
            (
                format!(
                    "{SUBSCRIPTION}/resourcegroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/a"
                ),
                format!("{SUBSCRIPTION}/resourceGroups/Prod-Web"),
            ),
            (
                format!("{SUBSCRIPTION}/providers/Microsoft.Security/jitNetworkAccessPolicies"),
                SUBSCRIPTION.to_owned(),
            ),
            (SUBSCRIPTION.to_owned(), SUBSCRIPTION.to_owned()),
            (
                "/providers/Microsoft.ResourceGraph/resources".to_owned(),
                "/".to_owned(),
            ),
            ("/subscriptions".to_owned(), "/".to_owned()),
            ("/subscriptions/not-one".to_owned(), "/".to_owned()),
            (String::new(), "/".to_owned()),
        ] {
            assert_eq!(Scope::around(&path).to_string(), scope, "{path}");
        }
    }

    #[test]
    fn every_action_belongs_to_one_feature() {
        for feature in Feature::ALL {
            for action in feature.actions() {
                assert_eq!(Feature::needing(action), feature, "{action}");
                assert_eq!(Feature::needing(&action.to_lowercase()), feature, "{action}");
            }
        }
        assert_eq!(Feature::needing("Microsoft.Web/sites/read"), Feature::Request);
    }
}

//! From a path to the operation that it names. Paths are compared without regard to case, as Azure does.
//!
//! Must not know: what operations do.

use axum::http::Method;

/// The parts of a JIT policy's path, as the caller wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyPath {
    pub subscription: String,
    pub group: String,
    pub region: String,
    pub name: String,
}

impl PolicyPath {
    pub(crate) fn id(&self) -> String {
        let Self {
            subscription,
            group,
            region,
            name,
        } = self;
        format!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Security/locations/{region}/jitNetworkAccessPolicies/{name}"
        )
    }
}

/// Every operation that the emulator knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Metadata,
    OpenIdConfiguration {
        tenant: String,
    },
    Token {
        tenant: String,
    },
    AppServiceToken,
    InstanceMetadataToken,
    Subscriptions,
    Subscription {
        subscription: String,
    },
    ResourceGroups {
        subscription: String,
    },
    JitList {
        subscription: String,
        group: Option<String>,
        region: Option<String>,
    },
    JitGet(PolicyPath),
    JitPut(PolicyPath),
    JitDelete(PolicyPath),
    Initiate(PolicyPath),
    Machines {
        subscription: String,
        group: Option<String>,
    },
    Machine {
        id: String,
        instance_view: bool,
    },
    Nic {
        id: String,
    },
    EffectiveRules {
        nic: String,
    },
    PublicIp {
        id: String,
    },
    Network {
        id: String,
    },
    Subnet {
        id: String,
    },
    Nsg {
        id: String,
    },
    Rule {
        nsg: String,
        name: String,
    },
    DeleteRule {
        nsg: String,
        name: String,
    },
    OperationResult {
        id: String,
    },
    OperationStatus {
        id: String,
    },
    Pricings {
        subscription: String,
    },
    Pricing {
        scope: String,
    },
    SetPricing {
        scope: String,
    },
    Permissions {
        scope: String,
    },
    ActivityLog {
        subscription: String,
    },
    Graph,
    Unknown,
}

impl Route {
    pub(crate) fn parse(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        // The sign-in and discovery paths first, then Resource Manager's.
        let found = match (method.as_str(), lower.as_slice()) {
            ("GET", ["metadata", "endpoints"]) => Some(Self::Metadata),
            ("GET", ["metadata", "identity", "oauth2", "token"]) => Some(Self::InstanceMetadataToken),
            ("GET", ["msi", "token"]) => Some(Self::AppServiceToken),
            ("POST", [tenant, "oauth2", "v2.0", "token"]) => Some(Self::Token {
                tenant: owned(tenant),
            }),
            ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => {
                Some(Self::OpenIdConfiguration {
                    tenant: owned(tenant),
                })
            }
            ("GET", ["subscriptions"]) => Some(Self::Subscriptions),
            ("POST", ["providers", "microsoft.resourcegraph", "resources"]) => Some(Self::Graph),
            (_, ["subscriptions", ..]) => resource(method.as_str(), &parts, &lower),
            _ => None,
        };
        found.unwrap_or(Self::Unknown)
    }

    /// The name by which faults, holds and the ledger know the operation.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::OpenIdConfiguration { .. } => "openid-configuration",
            Self::Token { .. } | Self::AppServiceToken | Self::InstanceMetadataToken => "token",
            Self::Subscriptions | Self::Subscription { .. } => "subscriptions",
            Self::ResourceGroups { .. } => "resource-groups",
            Self::JitList { .. } => "jit-list",
            Self::JitGet(_) => "jit-get",
            Self::JitPut(_) => "jit-put",
            Self::JitDelete(_) => "jit-delete",
            Self::Initiate(_) => "initiate",
            Self::Machines { .. } => "vm-list",
            Self::Machine { .. } => "vm-get",
            Self::Nic { .. } => "nic-get",
            Self::EffectiveRules { .. } => "effective-rules",
            Self::PublicIp { .. } => "public-ip-get",
            Self::Network { .. } => "network-get",
            Self::Subnet { .. } => "subnet-get",
            Self::Nsg { .. } => "nsg-get",
            Self::Rule { .. } => "rule-get",
            Self::DeleteRule { .. } => "rule-delete",
            Self::OperationResult { .. } | Self::OperationStatus { .. } => "operation-result",
            Self::Pricings { .. } => "pricing-list",
            Self::Pricing { .. } => "pricing-get",
            Self::SetPricing { .. } => "pricing-put",
            Self::Permissions { .. } => "permissions",
            Self::ActivityLog { .. } => "activity-log",
            Self::Graph => "graph",
            Self::Unknown => "unknown",
        }
    }

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
            Self::Pricings { subscription } => {
                ("Microsoft.Security/pricings/read", within(subscription, &None))
            }
            Self::Pricing { scope } => ("Microsoft.Security/pricings/read", scope.clone()),
            Self::SetPricing { scope } => ("Microsoft.Security/pricings/write", scope.clone()),
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
}

fn owned(part: &str) -> String {
    part.to_owned()
}

fn resource(method: &str, parts: &[&str], lower: &[&str]) -> Option<Route> {
    let id = |length: usize| format!("/{}", parts.get(..length).unwrap_or(parts).join("/"));
    let at = |index: usize| parts.get(index).map(|&part| part.to_owned()).unwrap_or_default();
    let subscription = at(1);
    // The scope forms first: they may stand behind any resource.
    match (method, lower) {
        ("GET", [scope @ .., "providers", "microsoft.authorization", "permissions"]) => {
            return Some(Route::Permissions {
                scope: id(scope.len()),
            });
        }
        (
            "GET",
            [
                scope @ ..,
                "providers",
                "microsoft.security",
                "pricings",
                "virtualmachines",
            ],
        ) => {
            return Some(Route::Pricing {
                scope: id(scope.len()),
            });
        }
        (
            "PUT",
            [
                scope @ ..,
                "providers",
                "microsoft.security",
                "pricings",
                "virtualmachines",
            ],
        ) => {
            return Some(Route::SetPricing {
                scope: id(scope.len()),
            });
        }
        _ => {}
    }
    let [_, _, rest @ ..] = lower else {
        return None;
    };
    let (group, offset, rest) = match rest {
        ["resourcegroups", _, rest @ ..] if !rest.is_empty() => (Some(at(3)), 4, rest),
        rest => (None, 2, rest),
    };
    let route = match (method, rest) {
        ("GET", []) => Route::Subscription { subscription },
        ("GET", ["resourcegroups"]) => Route::ResourceGroups { subscription },
        (_, ["providers", "microsoft.security", rest @ ..]) => {
            security(method, rest, subscription, group, offset, &at)?
        }
        ("GET", ["providers", "microsoft.compute", "virtualmachines"]) => {
            Route::Machines { subscription, group }
        }
        ("GET", ["providers", "microsoft.compute", "virtualmachines", _]) => Route::Machine {
            id: id(offset + 4),
            instance_view: false,
        },
        (
            "GET",
            [
                "providers",
                "microsoft.compute",
                "virtualmachines",
                _,
                "instanceview",
            ],
        ) => Route::Machine {
            id: id(offset + 4),
            instance_view: true,
        },
        (
            "GET",
            [
                "providers",
                "microsoft.insights",
                "eventtypes",
                "management",
                "values",
            ],
        ) => Route::ActivityLog { subscription },
        (_, ["providers", "microsoft.network", kind, _, below @ ..]) => {
            network(method, kind, below, id(offset + 4), &at, offset)?
        }
        _ => return None,
    };
    Some(route)
}

fn security(
    method: &str,
    rest: &[&str],
    subscription: String,
    group: Option<String>,
    offset: usize,
    at: &dyn Fn(usize) -> String,
) -> Option<Route> {
    let policy = |group: &Option<String>| {
        group.clone().map(|group| PolicyPath {
            subscription: subscription.clone(),
            group,
            region: at(offset + 3),
            name: at(offset + 5),
        })
    };
    Some(match (method, rest) {
        ("GET", ["jitnetworkaccesspolicies"]) => Route::JitList {
            subscription: subscription.clone(),
            group,
            region: None,
        },
        ("GET", ["locations", _, "jitnetworkaccesspolicies"]) => Route::JitList {
            subscription: subscription.clone(),
            group,
            region: Some(at(offset + 3)),
        },
        ("GET", ["locations", _, "jitnetworkaccesspolicies", _]) => Route::JitGet(policy(&group)?),
        ("PUT", ["locations", _, "jitnetworkaccesspolicies", _]) => Route::JitPut(policy(&group)?),
        ("DELETE", ["locations", _, "jitnetworkaccesspolicies", _]) => Route::JitDelete(policy(&group)?),
        ("POST", ["locations", _, "jitnetworkaccesspolicies", _, "initiate"]) => {
            Route::Initiate(policy(&group)?)
        }
        ("GET", ["pricings"]) => Route::Pricings {
            subscription: subscription.clone(),
        },
        _ => return None,
    })
}

fn network(
    method: &str,
    kind: &str,
    below: &[&str],
    id: String,
    at: &dyn Fn(usize) -> String,
    offset: usize,
) -> Option<Route> {
    Some(match (method, kind, below) {
        ("GET", "networkinterfaces", []) => Route::Nic { id },
        ("POST", "networkinterfaces", ["effectivenetworksecuritygroups"]) => {
            Route::EffectiveRules { nic: id }
        }
        ("GET", "publicipaddresses", []) => Route::PublicIp { id },
        ("GET", "virtualnetworks", []) => Route::Network { id },
        ("GET", "virtualnetworks", ["subnets", _]) => Route::Subnet {
            id: format!("{id}/subnets/{}", at(offset + 5)),
        },
        ("GET", "networksecuritygroups", []) => Route::Nsg { id },
        ("GET", "networksecuritygroups", ["securityrules", _]) => Route::Rule {
            nsg: id,
            name: at(offset + 5),
        },
        ("DELETE", "networksecuritygroups", ["securityrules", _]) => Route::DeleteRule {
            nsg: id,
            name: at(offset + 5),
        },
        ("GET", "locations", ["operationresults", _]) => Route::OperationResult { id: at(offset + 5) },
        ("GET", "locations", ["operations", _]) => Route::OperationStatus { id: at(offset + 5) },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_without_regard_to_case() {
        let path = "/SUBSCRIPTIONS/s/resourcegroups/G/Providers/microsoft.SECURITY/Locations/westeurope/jitnetworkaccesspolicies/default/Initiate";
        let Route::Initiate(policy) = Route::parse(&Method::POST, path) else {
            panic!("not an initiate");
        };
        assert_eq!(policy.group, "G");
        assert_eq!(policy.region, "westeurope");
        assert_eq!(policy.name, "default");
    }

    #[test]
    fn a_path_that_azure_does_not_have_is_unknown() {
        for path in ["/", "/subscriptions/s/providers/Microsoft.Web/sites", "/nothing"] {
            assert_eq!(Route::parse(&Method::GET, path), Route::Unknown, "{path}");
        }
        let list = "/subscriptions/s/providers/Microsoft.Security/jitNetworkAccessPolicies";
        assert_eq!(Route::parse(&Method::POST, list), Route::Unknown);
    }
}

//! From a path to the operation that it names. Paths are compared without regard to case, as Azure does.
//!
//! Must not know: what operations do.

mod resource;
mod rights;

use axum::http::Method;

use self::resource::resource;
pub(super) use self::rights::{SECURITY, provider};

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
    /// A resource provider as a subscription knows it.
    Provider {
        subscription: String,
        namespace: String,
    },
    RegisterProvider {
        subscription: String,
        namespace: String,
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
        scope: String,
    },
    Pricing {
        scope: String,
    },
    SetPricing {
        scope: String,
    },
    DeletePricing {
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
            Self::Provider { .. } => "provider-get",
            Self::RegisterProvider { .. } => "provider-register",
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
            Self::DeletePricing { .. } => "pricing-delete",
            Self::Permissions { .. } => "permissions",
            Self::ActivityLog { .. } => "activity-log",
            Self::Graph => "graph",
            Self::Unknown => "unknown",
        }
    }
}

fn owned(part: &str) -> String {
    part.to_owned()
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

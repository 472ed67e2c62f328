//! Resource Manager's paths: a scope, a provider, and what of it.
//!
//! Must not know: what operations do.

use super::{PolicyPath, Route};

pub(super) fn resource(method: &str, parts: &[&str], lower: &[&str]) -> Option<Route> {
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
        ("GET", [scope @ .., "providers", "microsoft.security", "pricings"]) => {
            return Some(Route::Pricings {
                scope: id(scope.len()),
            });
        }
        (
            _,
            [
                scope @ ..,
                "providers",
                "microsoft.security",
                "pricings",
                "virtualmachines",
            ],
        ) => return plan(method, id(scope.len())),
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
        ("GET", ["providers", _]) if group.is_none() => Route::Provider {
            subscription,
            namespace: at(3),
        },
        ("POST", ["providers", _, "register"]) if group.is_none() => Route::RegisterProvider {
            subscription,
            namespace: at(3),
        },
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

/// The plan of a subscription, or of one machine.
fn plan(method: &str, scope: String) -> Option<Route> {
    Some(match method {
        "GET" => Route::Pricing { scope },
        "PUT" => Route::SetPricing { scope },
        "DELETE" => Route::DeletePricing { scope },
        _ => return None,
    })
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

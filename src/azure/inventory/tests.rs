//! The inventory against a server with a few rows; the emulator has the larger worlds.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    join::{Around, join},
    network::Networks,
    rows::Machine,
};
use crate::{
    azure::{
        Arm,
        testing::{arm_at, serve},
    },
    domain::{
        plan::{Coverage, Plan, PlanState, Plans},
        port::Port,
        vm::{JitState, Os, Power, SubscriptionId, Unsupported, Vm},
    },
};

const ONE: &str = "11111111-1111-1111-1111-111111111111";
const TWO: &str = "22222222-2222-2222-2222-222222222222";

fn resource(subscription: &str, kind: &str, name: &str) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.{kind}/{name}")
}

/// A Linux machine with one interface; Resource Graph likes to change the case of ids.
fn machine(subscription: &str, name: &str) -> Value {
    json!({"id": resource(subscription, "Compute/virtualMachines", name), "subscriptionId": subscription,
        "location": "West Europe", "tags": {"env": "prod", "bad": 7}, "os": "Linux", "power": "PowerState/running",
        "admin": "azureuser", "interfaces": [{"id": resource(subscription, "Network/networkInterfaces", name).to_uppercase()}]})
}

fn interface(subscription: &str, name: &str, group: &str) -> Value {
    json!({"id": resource(subscription, "Network/networkInterfaces", name), "group": group, "configurations": [
        {"name": "ipconfig1", "properties": {"privateIPAddress": "10.0.0.4", "primary": true,
            "subnet": {"id": resource(subscription, "Network/virtualNetworks", "net/subnets/default")},
            "publicIPAddress": {"id": resource(subscription, "Network/publicIPAddresses", name)}}}]})
}

fn jit_policy(subscription: &str, vm: &str) -> Value {
    json!({"id": resource(subscription, "Security/locations/westeurope/jitNetworkAccessPolicies", "default"),
        "location": "westeurope", "properties": {"virtualMachines": [{
            "id": resource(subscription, "Compute/virtualMachines", vm).to_lowercase(), "publicIpAddress": "203.0.113.99",
            "ports": [{"number": 22, "protocol": "*", "allowedSourceAddressPrefix": "*", "maxRequestAccessDuration": "PT3H"}]}]}})
}

/// What Resource Graph has for the type that `query` names.
fn rows(query: &str) -> Vec<Value> {
    let network = |subscription| {
        json!({"id": resource(subscription, "Network/virtualNetworks", "net"),
            "subnets": [{"id": resource(subscription, "Network/virtualNetworks", "net/subnets/default"), "properties": {}}]})
    };
    let found = |kind: &str| query.contains(kind);
    if found("compute/virtualmachines") {
        vec![
            machine(ONE, "web-01"),
            machine(ONE, "db-01"),
            machine(TWO, "win-01"),
            json!({"id": 7}),
            json!("row"),
        ]
    } else if found("networkinterfaces") {
        let group = resource(ONE, "Network/networkSecurityGroups", "group");
        vec![
            interface(ONE, "web-01", &group),
            interface(ONE, "db-01", ""),
            interface(TWO, "win-01", &group),
        ]
    } else if found("virtualnetworks") {
        vec![network(ONE), network(TWO)]
    } else if found("publicipaddresses") {
        vec![
            json!({"id": resource(ONE, "Network/publicIPAddresses", "WEB-01"), "address": "203.0.113.9", "dns": "web.example.com"}),
        ]
    } else if found("networksecuritygroups") {
        let rule = json!({"name": "open-ssh", "properties": {"priority": 300, "direction": "Inbound", "access": "Allow",
            "protocol": "Tcp", "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}});
        vec![json!({"id": resource(ONE, "Network/networkSecurityGroups", "group"), "rules": [rule]})]
    } else {
        Vec::new()
    }
}

type Refuse = fn(&str, &Value) -> bool;

/// A client of a server that refuses what `refuse` says, by path and body.
async fn world(refuse: Refuse) -> Arm {
    let router = Router::new().fallback(move |request: Request| async move {
        let path = request.uri().path().to_owned();
        let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if refuse(&path, &body) {
            let error = json!({"error": {"code": "AuthorizationFailed", "message": "No."}});
            return (StatusCode::FORBIDDEN, Json(error)).into_response();
        }
        answer(&path, &body)
    });
    arm_at(serve(router).await).await.0
}

fn answer(path: &str, body: &Value) -> Response {
    let value = if path.ends_with("/resources") {
        // One row on a page, so that every question is paged.
        let at: usize = body["options"]["$skipToken"]
            .as_str()
            .map_or(0, |token| token.parse().unwrap());
        let asked = body["subscriptions"].to_string();
        let all = rows(body["query"].as_str().unwrap());
        let all: Vec<_> = all
            .into_iter()
            .filter(|row| row["subscriptionId"].as_str().is_none_or(|id| asked.contains(id)))
            .collect();
        let next = (at + 1 < all.len()).then(|| (at + 1).to_string());
        json!({"totalRecords": all.len(), "count": 1, "resultTruncated": "false", "data": all.get(at..=at).unwrap_or_default(), "$skipToken": next})
    } else if path == "/subscriptions" {
        json!({"value": [
            {"subscriptionId": ONE, "displayName": "Production", "state": "Enabled"},
            {"subscriptionId": TWO, "displayName": "Test\u{202E}", "state": "Enabled"},
            {"subscriptionId": "33333333-3333-3333-3333-333333333333", "state": "Disabled"}]})
    } else if path.ends_with("/pricings/VirtualMachines") {
        json!({"properties": {"pricingTier": "Standard", "subPlan": if path.contains(ONE) { "P2" } else { "P1" }}})
    } else if path.ends_with("/jitNetworkAccessPolicies") && path.contains(ONE) {
        json!({"value": [jit_policy(ONE, "web-01"), {"id": "nonsense", "properties": {}}, 7]})
    } else {
        json!({"value": []})
    };
    Json(value).into_response()
}

fn names(vms: &[Vm]) -> Vec<&str> {
    vms.iter().map(|vm| vm.id.name()).collect()
}

#[tokio::test]
async fn machines_networks_and_jit_are_joined() {
    let arm = world(|_, _| false).await;
    let snapshot = arm.snapshot(&[]).await.unwrap();
    let [one, two] = snapshot.parts.as_slice() else {
        panic!("{:?}", snapshot.parts)
    };
    assert_eq!(
        (
            one.name.as_ref().unwrap().as_str(),
            two.name.as_ref().unwrap().as_str()
        ),
        ("Production", "Test")
    );
    let found = one.found.as_ref().unwrap();
    assert_eq!(found.fetched_at, arm.clock().now());
    assert_eq!(names(&found.vms), ["db-01", "web-01"]);
    let web = &found.vms[1];
    assert_eq!(
        (web.os, web.power, web.location.as_str()),
        (Os::Linux, Power::Running, "westeurope")
    );
    assert_eq!(
        web.tags.iter().collect::<Vec<_>>(),
        [(&"env".to_owned(), &"prod".to_owned())]
    );
    assert_eq!(web.address.private, Some([10, 0, 0, 4].into()));
    assert_eq!(web.address.public, Some([203, 0, 113, 9].into()));
    assert_eq!(web.address.dns.as_deref(), Some("web.example.com"));
    assert_eq!(web.address.firewall, Some([203, 0, 113, 99].into()));
    assert!(web.jit_port(Port::new(22).unwrap()).is_some());
    assert_eq!(
        (web.open_anyway.len(), web.open_anyway[0].rule.as_str()),
        (1, "open-ssh")
    );
    let unsupported = |why| JitState::Unsupported { why };
    assert_eq!(found.vms[0].jit, unsupported(Unsupported::MissingNsg));
    assert_eq!(
        two.found.as_ref().unwrap().vms[0].jit,
        unsupported(Unsupported::PlanMissing)
    );
    assert_eq!(snapshot.vms().count(), 3);
}

#[tokio::test]
async fn a_subscription_that_fails_is_named_and_hides_no_other() {
    for refuse in [
        (|path, _| path.contains(TWO) && path.ends_with("jitNetworkAccessPolicies")) as Refuse,
        |path, body| path.ends_with("/resources") && body["subscriptions"].to_string().contains(TWO),
    ] {
        let arm = world(refuse).await;
        let snapshot = arm.snapshot(&[]).await.unwrap();
        let failed: HashSet<_> = snapshot
            .parts
            .iter()
            .filter(|part| {
                part.found
                    .as_ref()
                    .is_err_and(|error| error.class() == "forbidden")
            })
            .map(|part| part.subscription.as_str())
            .collect();
        assert_eq!(failed, HashSet::from([TWO]));
        assert_eq!(snapshot.vms().count(), 2);
    }
}

#[tokio::test]
async fn what_only_adds_detail_may_be_missing() {
    let arm = world(|path, body| {
        path.ends_with("/VirtualMachines") || body["query"].to_string().contains("assessments")
    })
    .await;
    let snapshot = arm.snapshot(&[SubscriptionId::new(TWO).unwrap()]).await.unwrap();
    let vms: Vec<_> = snapshot.vms().collect();
    assert_eq!((vms.len(), &vms[0].jit), (1, &JitState::NotConfigured));
}

#[tokio::test]
async fn without_the_list_of_subscriptions_there_is_no_snapshot() {
    let arm = world(|path, _| path == "/subscriptions").await;
    assert_eq!(arm.snapshot(&[]).await.unwrap_err().class(), "forbidden");
}

#[tokio::test]
async fn a_skip_token_that_leads_to_itself_ends_the_question() {
    static PAGES: Mutex<u32> = Mutex::new(0);
    let router = Router::new().fallback(async |request: Request| {
        let is_page = request.uri().path().contains("ResourceGraph");
        *PAGES.lock().unwrap_or_else(PoisonError::into_inner) += u32::from(is_page);
        Json(json!({"data": [], "$skipToken": "same"}))
    });
    let (arm, _) = arm_at(serve(router).await).await;
    let snapshot = arm.snapshot(&[SubscriptionId::new(ONE).unwrap()]).await.unwrap();
    assert_eq!(snapshot.parts[0].found.as_ref().unwrap_err().class(), "malformed");
    assert_eq!(*PAGES.lock().unwrap(), 2);
}

#[test]
fn fifty_thousand_machines_are_joined() {
    let count = 50_000;
    let each = |row: fn(usize) -> Value| (0..count).map(row);
    let machines: Vec<Machine> = each(|number| machine(ONE, &format!("vm-{number}")))
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    let interfaces = each(|number| interface(ONE, &format!("vm-{number}"), ""))
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    let networks = Networks::new(interfaces, Vec::new(), Vec::new(), Vec::new(), &[]);
    let plans = Plans {
        state: PlanState {
            plan: Plan::P2,
            trial_left: None,
            coverage: Coverage::Full,
        },
        opted_out: Vec::new(),
        unasked: 0,
    };
    let around = Around {
        networks: &networks,
        not_applicable: &HashSet::new(),
        plans: Some(&plans),
        policies: &[],
    };
    let vms = join(&machines, &around);
    assert_eq!(vms.len(), count);
    assert!(
        vms.iter()
            .all(|vm| vm.jit == JitState::NotConfigured && vm.address.private.is_some())
    );
}

/// JIT writes rules of a classic firewall; those under Firewall Policy it cannot write, so such a firewall is no guard.
#[test]
fn only_a_firewall_with_classic_rules_guards() {
    let guarded = |policy: &str| {
        let network = json!({"id": resource(ONE, "Network/virtualNetworks", "net"),
            "subnets": [{"id": resource(ONE, "Network/virtualNetworks", "net/subnets/default"), "properties": {}}]});
        let firewall = json!({"id": resource(ONE, "Network/azureFirewalls", "edge"), "policy": policy,
            "configurations": [{"name": "c", "properties": {
                "subnet": {"id": resource(ONE, "Network/virtualNetworks", "NET/subnets/AzureFirewallSubnet")}}}]});
        let networks = Networks::new(
            vec![serde_json::from_value(interface(ONE, "web-01", "")).unwrap()],
            vec![serde_json::from_value(network).unwrap()],
            Vec::new(),
            Vec::new(),
            &[serde_json::from_value(firewall).unwrap()],
        );
        let machine: Machine = serde_json::from_value(machine(ONE, "web-01")).unwrap();
        networks.place(&machine).guarded
    };
    assert_eq!(guarded(""), Some(true));
    let policy = resource(ONE, "Network/firewallPolicies", "central");
    assert_eq!(guarded(&policy), Some(false));
}

/// Defender says of one machine that JIT does not apply to it, and writes ids in another case.
#[tokio::test]
async fn what_defender_calls_not_applicable_is_unsupported() {
    let router = Router::new().fallback(async |request: Request| {
        let path = request.uri().path().to_owned();
        let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let query = body["query"].as_str().unwrap_or_default();
        if query.contains("assessments") {
            let row = |name: &str, verdict: &str| {
                json!({"id": "a", "machine": resource(ONE, "Compute/virtualMachines", name).to_uppercase(), "verdict": verdict})
            };
            let rows = [row("web-01", "notapplicable"), row("db-01", "Unhealthy")];
            return Json(json!({"totalRecords": 2, "count": 2, "resultTruncated": "false", "data": rows})).into_response();
        }
        if path.ends_with("/jitNetworkAccessPolicies") {
            return Json(json!({"value": []})).into_response();
        }
        answer(&path, &body)
    });
    let (arm, _) = arm_at(serve(router).await).await;
    let snapshot = arm.snapshot(&[SubscriptionId::new(ONE).unwrap()]).await.unwrap();
    let found: Vec<_> = snapshot.vms().map(|vm| (vm.id.name(), &vm.jit)).collect();
    let unsupported = |why| JitState::Unsupported { why };
    assert_eq!(
        found,
        [
            ("db-01", &unsupported(Unsupported::MissingNsg)),
            ("web-01", &unsupported(Unsupported::Other)),
        ]
    );
}

//! Interfaces, addresses, rules, and the effective rules as a long-running operation.

use super::*;
use crate::sandbox::azure::{Power, Timing};

const N: &str = "api-version=2024-05-01";

fn network(kind: &str, name: &str) -> String {
    format!(
        "/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/prod-web/providers/Microsoft.Network/{kind}/{name}"
    )
}

#[tokio::test]
async fn one_can_walk_from_a_machine_to_its_rules() {
    let bench = Bench::new().await;
    let machine = bench
        .get(&format!(
            "{}?api-version=2024-07-01",
            machine_id("prod-web", "web-01")
        ))
        .await
        .json();
    let nic = machine["properties"]["networkProfile"]["networkInterfaces"][0]["id"]
        .as_str()
        .unwrap();
    let nic = bench.get(&format!("{nic}?{N}")).await.json();
    let ip = &nic["properties"]["ipConfigurations"][0]["properties"];
    assert!(ip["privateIPAddress"].as_str().unwrap().starts_with("10."));
    let public = bench
        .get(&format!("{}?{N}", ip["publicIPAddress"]["id"].as_str().unwrap()))
        .await
        .json();
    assert!(public["properties"]["ipAddress"].is_string());
    let subnet = bench
        .get(&format!("{}?{N}", ip["subnet"]["id"].as_str().unwrap()))
        .await;
    assert_eq!(subnet.status, StatusCode::OK);
    let nsg = nic["properties"]["networkSecurityGroup"]["id"].as_str().unwrap();
    let nsg = bench.get(&format!("{nsg}?{N}")).await.json();
    let rule = &nsg["properties"]["securityRules"][0];
    assert_eq!(rule["properties"]["access"], "Deny");
    assert_eq!(rule["properties"]["priority"], 1000);
    assert_eq!(rule["properties"]["destinationPortRanges"], json!(["22", "443"]));
    assert_eq!(
        nsg["properties"]["defaultSecurityRules"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
}

#[tokio::test]
async fn a_deallocated_machine_has_no_dynamic_address() {
    let bench = Bench::new().await;
    let path = format!("{}?{N}", network("publicIPAddresses", "web-01-ip"));
    assert!(bench.azure.set_power("web-01", Power::Deallocated));
    assert!(bench.get(&path).await.json()["properties"]["ipAddress"].is_null());
}

#[tokio::test]
async fn effective_rules_come_after_polling_their_location() {
    let bench = Bench::new().await;
    let path = format!(
        "{}/effectiveNetworkSecurityGroups?{N}",
        network("networkInterfaces", "web-01-nic")
    );
    let started = Seen::of(bench.request(Method::POST, &path).send().await.unwrap()).await;
    assert_eq!(started.status, StatusCode::ACCEPTED);
    assert_eq!(started.header("retry-after"), "1");
    let location = started.header("location").to_owned();
    assert!(location.starts_with(&bench.azure.url()));
    let poll = || bench.http.get(&location).bearer_auth(&bench.token).send();
    assert_eq!(poll().await.unwrap().status(), 202);
    let done = Seen::of(poll().await.unwrap()).await;
    assert_eq!(done.status, StatusCode::OK);
    let rules = done.json()["value"][0]["effectiveSecurityRules"].clone();
    let deny = &rules[0];
    assert!(
        deny["name"]
            .as_str()
            .unwrap()
            .starts_with("securityRules/MicrosoftDefenderForCloud-JITRule_")
    );
    assert_eq!(deny["destinationPortRanges"], json!(["22-22", "443-443"]));
    bench.azure.set_power("web-01", Power::Stopped);
    let refused = Seen::of(bench.request(Method::POST, &path).send().await.unwrap()).await;
    assert_eq!(
        refused.code(),
        "NicMustBeAttachedToRunningVmToGetEffectiveSecurityGroups"
    );
}

#[tokio::test]
async fn a_deleted_rule_shuts_the_port_and_jit_does_not_notice() {
    let bench = Bench::new().await;
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2);
    let rule = bench.azure.allow_rules("web-01")[0].name.clone();
    let path = format!(
        "{}/securityRules/{rule}?{N}",
        network("networkSecurityGroups", "web-01-nsg")
    );
    for status in [200, 204] {
        let answer = bench.request(Method::DELETE, &path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    assert!(
        !bench
            .azure
            .reachable("web-01", 22, "198.51.100.7".parse().unwrap())
    );
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    let port = &policy["properties"]["requests"][0]["virtualMachines"][0]["ports"][0];
    assert_eq!(port["status"], "Initiated");
}

#[tokio::test]
async fn deleting_a_rule_can_take_its_time() {
    let timing = Timing {
        rule_delete_polls: 1,
        ..Timing::default()
    };
    let bench = Bench::with(
        World::demo(),
        Options {
            timing,
            ..Options::default()
        },
    )
    .await;
    let rule = bench.azure.deny_rules("web-01")[0].name.clone();
    let path = format!(
        "{}/securityRules/{rule}?{N}",
        network("networkSecurityGroups", "web-01-nsg")
    );
    let started = Seen::of(bench.request(Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(started.status, StatusCode::ACCEPTED);
    let status = started.header("azure-asyncoperation").to_owned();
    for expected in ["InProgress", "Succeeded"] {
        let poll = bench.http.get(&status).bearer_auth(&bench.token).send();
        let answer = Seen::of(poll.await.unwrap()).await;
        assert_eq!(answer.json()["status"], expected);
    }
    let result = bench
        .http
        .get(started.header("location"))
        .bearer_auth(&bench.token);
    assert_eq!(result.send().await.unwrap().status(), 204);
}

/// What was done to the network, the newest first.
async fn log(bench: &Bench) -> Value {
    let path = format!(
        "/subscriptions/{PRODUCTION_SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values\
         ?api-version=2015-04-01&$filter=eventTimestamp ge '2020-01-01T00:00:00Z' and resourceProvider eq 'Microsoft.Network'"
    );
    bench.get(&path).await.json()
}

#[tokio::test]
async fn what_is_done_in_the_portal_is_logged_once_and_only_if_something_changed() {
    use crate::sandbox::azure::{Access, PORTAL_PERSON, SecurityRule};

    let world = World::demo().subnet_group("web-01", Vec::new());
    let bench = Bench::with(world, Options::default()).await;
    let rule = || SecurityRule::inbound("office", 300, Access::Allow, "198.51.100.0/24", "*", &["443"]);
    assert!(!bench.azure.portal_deletes_rule("web-01", "office"));
    assert!(!bench.azure.portal_deletes_rule("nowhere", "office"));
    assert!(!bench.azure.portal_removes_at_subnet("web-01", 22));
    bench.pass(180);
    assert_eq!(log(&bench).await["value"], json!([]));

    assert!(bench.azure.portal_adds_rule_at_subnet("web-01", rule()));
    bench.pass(1);
    assert!(bench.azure.portal_deletes_rule("web-01", "office"));
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2);
    assert!(bench.azure.portal_removes_at_subnet("web-01", 22));
    assert!(!bench.azure.portal_removes_at_subnet("web-01", 22));
    bench.pass(180);
    let found = log(&bench).await;
    let told: Vec<_> = found["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let resource = entry["resourceId"].as_str().unwrap();
            let place = resource.split_once("networkSecurityGroups/").unwrap().1;
            (
                entry["operationName"]["value"].as_str().unwrap(),
                place,
                entry["caller"].as_str().unwrap(),
            )
        })
        .collect();
    let write = "Microsoft.Network/networkSecurityGroups/write";
    let delete = "Microsoft.Network/networkSecurityGroups/securityRules/delete";
    assert_eq!(
        told,
        [
            (write, "subnet-nsg", PORTAL_PERSON),
            (delete, "subnet-nsg/securityRules/office", PORTAL_PERSON),
            (write, "subnet-nsg", PORTAL_PERSON),
        ]
    );
}

#[tokio::test]
async fn the_log_knows_who_took_a_rule_away() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        bench.initiate(bench.an_hour_of_ssh()).await;
        bench.pass(2);
    }
    let rule = bench.azure.allow_rules("web-01")[0].name.clone();
    let path = format!(
        "{}/securityRules/{rule}?{N}",
        network("networkSecurityGroups", "web-01-nsg")
    );
    bench.request(Method::DELETE, &path).send().await.unwrap();
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2);
    assert!(bench.azure.portal_removes("web-01", 22));
    bench.pass(180);
    let found = log(&bench).await;
    let told: Vec<_> = found["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (
                text(&entry["operationName"]["value"]),
                text(&entry["resourceType"]["value"]),
            )
        })
        .collect();
    let pair = |action: &str, kind: &str| {
        let group = "Microsoft.Network/networkSecurityGroups";
        (format!("{group}{action}"), format!("{group}{kind}"))
    };
    assert_eq!(
        told,
        [
            pair("/write", ""),
            pair("/securityRules/delete", "/securityRules")
        ],
        "the newest first"
    );
    assert_eq!(found["value"][0]["caller"], crate::sandbox::azure::PORTAL_PERSON);
}

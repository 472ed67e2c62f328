//! A window from its request to its end, as recorded traffic shows it.

use super::*;
use crate::sandbox::azure::{Opening, PortState, Timing};

#[tokio::test]
async fn a_window_is_initiating_then_initiated_then_revoked() {
    let bench = Bench::new().await;
    assert!(bench.azure.port_state("web-01", 22).is_closed());

    let asked = bench.an_hour_of_ssh();
    let answer = bench.initiate(asked.clone()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    for absent in ["location", "azure-asyncoperation", "retry-after"] {
        assert!(!answer.headers.contains_key(absent), "{absent}");
    }
    assert_eq!(answer.header("x-ms-request-id"), "");
    assert_eq!(answer.header("x-ms-correlation-request-id").len(), 36);
    assert!(
        !answer
            .header("x-ms-ratelimit-remaining-subscription-writes")
            .is_empty()
    );
    let body = answer.json();
    let port = &body["virtualMachines"][0]["ports"][0];
    assert_eq!(port["status"], "Initiating");
    assert_eq!(port["statusReason"], "UserRequested");
    assert_eq!(
        port["endTimeUtc"],
        asked["virtualMachines"][0]["ports"][0]["endTimeUtc"]
    );
    assert_eq!(body["requestor"], "");
    assert_eq!(body["justification"], "INC-42");
    let start = body["startTimeUtc"].as_str().unwrap().to_owned();
    assert_eq!(start.len(), "2022-11-17T09:44:51.5874583Z".len());
    assert!(matches!(
        bench.azure.port_state("web-01", 22),
        PortState::Initiating { .. }
    ));
    assert!(bench.azure.allow_rules("web-01").is_empty());

    bench.pass(2);
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    let request = &policy["properties"]["requests"][0];
    assert_eq!(request["startTimeUtc"], start);
    assert_eq!(request["virtualMachines"][0]["ports"][0]["status"], "Initiated");
    assert!(bench.azure.port_state("web-01", 22).is_open());
    let rules = bench.azure.allow_rules("web-01");
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].priority, 100);
    assert_eq!(rules[0].sources, ["198.51.100.7"]);
    assert!(rules[0].name.starts_with("MicrosoftDefenderForCloud-JITRule-"));
    assert!(rules[0].description.len() <= 140, "{}", rules[0].description);
    assert!(
        bench
            .azure
            .reachable("web-01", 22, "198.51.100.7".parse().unwrap())
    );
    assert!(
        !bench
            .azure
            .reachable("web-01", 22, "198.51.100.8".parse().unwrap())
    );

    bench.pass(3600);
    assert!(bench.azure.port_state("web-01", 22).is_closed());
    assert!(bench.azure.allow_rules("web-01").is_empty());
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    let port = &policy["properties"]["requests"][0]["virtualMachines"][0]["ports"][0];
    assert_eq!(
        (&port["status"], &port["statusReason"]),
        (&json!("Revoked"), &json!("Expired"))
    );
    let told: Vec<_> = bench.azure.calls("initiate");
    assert_eq!((told.len(), told[0].status, told[0].effect), (1, Some(202), true));
    assert_eq!(told[0].who, BOT_CLIENT_ID);
}

#[tokio::test]
async fn a_newer_request_for_the_same_port_replaces_the_older_one() {
    let bench = Bench::new().await;
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2);
    let closing = ask("web-01", 22, &bench.minutes(1), Some("192.0.2.1"));
    assert_eq!(bench.initiate(closing).await.status, StatusCode::ACCEPTED);
    bench.pass(2);
    let rules = bench.azure.allow_rules("web-01");
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].sources, ["192.0.2.1"]);
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    let requests = policy["properties"]["requests"].as_array().unwrap();
    let reasons: Vec<_> = requests
        .iter()
        .map(|request| {
            request["virtualMachines"][0]["ports"][0]["statusReason"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert!(reasons.contains(&"NewerRequestInitiated") && reasons.contains(&"UserRequested"));
    bench.pass(60);
    assert_eq!(bench.azure.open_ports(), 0);
}

#[tokio::test]
async fn the_list_of_requests_is_not_in_the_order_of_time() {
    let bench = Bench::new().await;
    for (name, port) in [("web-01", 22), ("web-02", 22), ("web-01", 443), ("web-02", 443)] {
        bench
            .initiate(ask(name, port, &bench.minutes(30), Some("198.51.100.7")))
            .await;
        bench.pass(1);
    }
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    let requests = policy["properties"]["requests"].as_array().unwrap();
    let starts: Vec<_> = requests
        .iter()
        .map(|r| r["startTimeUtc"].as_str().unwrap())
        .collect();
    assert_eq!(starts.len(), 4);
    assert!(
        !starts.is_sorted() && !starts.iter().rev().is_sorted(),
        "{starts:?}"
    );
}

#[tokio::test]
async fn a_left_out_source_becomes_the_callers_own_address() {
    let bench = Bench::new().await;
    let answer = bench
        .initiate(ask("web-01", 22, &bench.minutes(30), None))
        .await
        .json();
    let port = &answer["virtualMachines"][0]["ports"][0];
    assert_eq!(port["allowedSourceAddressPrefix"], "127.0.0.1");
}

#[tokio::test]
async fn a_machine_behind_a_firewall_gets_a_mapped_port() {
    let bench = Bench::new().await;
    let policy = WEB_POLICY
        .replace("prod-web", "prod-edge")
        .replace("westeurope", "northeurope");
    let mut asked = bench.an_hour_of_ssh();
    asked["virtualMachines"][0]["id"] = json!(machine_id("prod-edge", "edge-01"));
    let answer = bench
        .send(Method::POST, &format!("{policy}/initiate?{V}"), asked)
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    assert_eq!(
        answer.json()["virtualMachines"][0]["ports"][0]["mappedPort"],
        10_022
    );
    assert!(
        !bench
            .azure
            .reachable("edge-01", 22, "198.51.100.7".parse().unwrap())
    );
    bench.pass(2);
    assert!(bench.azure.port_state("edge-01", 22).is_open());
    assert!(
        bench
            .azure
            .reachable("edge-01", 22, "198.51.100.7".parse().unwrap())
    );
    bench.pass(3600);
    assert!(
        !bench
            .azure
            .reachable("edge-01", 22, "198.51.100.7".parse().unwrap())
    );
}

#[tokio::test]
async fn a_port_can_open_after_reads_in_place_of_time() {
    let timing = Timing {
        opening: Opening::AfterReads(1),
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
    bench.initiate(bench.an_hour_of_ssh()).await;
    for expected in ["Initiating", "Initiated"] {
        let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
        let port = &policy["properties"]["requests"][0]["virtualMachines"][0]["ports"][0];
        assert_eq!(port["status"], expected);
    }
}

#[tokio::test]
async fn others_open_close_and_remove_behind_the_bots_back() {
    let bench = Bench::new().await;
    let until = bench.clock.now() + TimeDelta::minutes(30);
    assert!(bench.azure.portal_opens("web-02", 22, "198.51.100.9", until));
    bench.pass(2);
    assert!(bench.azure.port_state("web-02", 22).is_open());
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    assert_eq!(
        policy["properties"]["requests"][0]["requestor"],
        "eve@contoso.example"
    );
    assert!(bench.azure.portal_removes("web-02", 22));
    assert!(matches!(
        bench.azure.port_state("web-02", 22),
        PortState::RuleMissing { .. }
    ));
    assert!(bench.azure.portal_revokes("web-02", 22));
    assert!(bench.azure.port_state("web-02", 22).is_closed());
}

#[tokio::test]
async fn watchers_hear_of_a_change_that_time_alone_makes() {
    let bench = Bench::new().await;
    bench.initiate(bench.an_hour_of_ssh()).await;
    let mut revision = bench.azure.revision();
    let before = *revision.borrow_and_update();
    bench.pass(2);
    let heard = revision.wait_for(|now| *now > before);
    tokio::time::timeout(Duration::from_secs(10), heard)
        .await
        .unwrap()
        .unwrap();
    let state = bench.azure.state();
    let machines = state["machines"].as_array().unwrap();
    let web = machines
        .iter()
        .find(|machine| machine["name"] == "web-01")
        .unwrap();
    assert_eq!(web["ports"][0]["window"]["state"], "open");
}

#[tokio::test]
async fn another_process_acts_on_the_world_over_http() {
    let bench = Bench::new().await;
    let url = format!("{}/_control/deeds", bench.azure.url());
    for (deed, status) in [
        (
            json!({"deed": "portal-opens", "machine": "web-02", "port": 22, "source": "198.51.100.9", "seconds": 600}),
            204,
        ),
        (
            json!({"deed": "set-power", "machine": "web-02", "power": "stopped"}),
            204,
        ),
        (
            json!({"deed": "set-power", "machine": "no-such", "power": "stopped"}),
            404,
        ),
        (json!({"deed": "unstick"}), 204),
        (json!({"deed": "dance"}), 422),
    ] {
        let answer = bench.http.post(&url).json(&deed).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{deed}");
    }
    bench.pass(2);
    let state = format!("{}/_control/state", bench.azure.url());
    let state: Value = bench.http.get(state).send().await.unwrap().json().await.unwrap();
    let machines = state["machines"].as_array().unwrap();
    let web = machines
        .iter()
        .find(|machine| machine["name"] == "web-02")
        .unwrap();
    assert_eq!(
        (&web["power"], &web["ports"][0]["window"]["state"]),
        (&json!("stopped"), &json!("open"))
    );
}

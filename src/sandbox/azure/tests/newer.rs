//! What becomes of an older window when a newer request for its port comes, by the book and by two faults.

use super::*;
use crate::sandbox::azure::{Fault, FaultKind};

/// Asks for a minute from nowhere, as who wants a window shut does.
async fn close(bench: &Bench) {
    let body = ask("web-01", 22, &bench.minutes(1), Some("192.0.2.1"));
    assert_eq!(bench.initiate(body).await.status, StatusCode::ACCEPTED);
    bench.pass(5);
}

/// The requests of the policy, oldest first: (source, status, reason).
async fn requests(bench: &Bench) -> Vec<[String; 3]> {
    let policy = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    let mut found: Vec<Value> = policy["properties"]["requests"].as_array().unwrap().clone();
    found.sort_by_key(|request| request["startTimeUtc"].as_str().unwrap().to_owned());
    let port = |request: &Value| {
        let port = &request["virtualMachines"][0]["ports"][0];
        ["allowedSourceAddressPrefix", "status", "statusReason"]
            .map(|name| port[name].as_str().unwrap().to_owned())
    };
    found.iter().map(port).collect()
}

async fn with_a_window(kind: Option<FaultKind>) -> Bench {
    let bench = Bench::new().await;
    if let Some(kind) = kind {
        // Where nothing is open, neither fault has anything to do.
        bench.azure.fault(Fault::on("initiate", kind));
    }
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(5);
    assert!(bench.azure.port_state("web-01", 22).is_open());
    bench
}

fn entry(source: &str, status: &str, reason: &str) -> [String; 3] {
    [source, status, reason].map(str::to_owned)
}

#[tokio::test]
async fn a_newer_request_takes_the_place_of_the_older() {
    let bench = with_a_window(None).await;
    close(&bench).await;
    assert_eq!(
        requests(&bench).await,
        [
            entry("198.51.100.7", "Revoked", "NewerRequestInitiated"),
            entry("192.0.2.1", "Initiated", "UserRequested")
        ]
    );
}

#[tokio::test]
async fn a_newer_request_can_be_accepted_and_forgotten() {
    let bench = with_a_window(Some(FaultKind::ForgetsNewer)).await;
    close(&bench).await;
    assert_eq!(
        requests(&bench).await,
        [entry("198.51.100.7", "Initiated", "UserRequested")]
    );
    let other = ask("web-02", 22, &bench.minutes(30), Some("198.51.100.7"));
    bench.initiate(other).await;
    bench.pass(5);
    assert!(
        bench.azure.port_state("web-02", 22).is_open(),
        "its port was free"
    );
    bench.pass(3_600);
    assert_eq!(bench.azure.open_ports(), 0, "what stayed ends at its time");
}

#[tokio::test]
async fn a_newer_request_can_stand_beside_the_older() {
    let bench = with_a_window(Some(FaultKind::KeepsOlder)).await;
    close(&bench).await;
    assert_eq!(
        requests(&bench).await,
        [
            entry("198.51.100.7", "Initiated", "UserRequested"),
            entry("192.0.2.1", "Initiated", "UserRequested")
        ]
    );
    assert_eq!(bench.azure.allow_rules("web-01").len(), 2);
    bench.pass(60);
    assert_eq!(
        requests(&bench).await,
        [
            entry("198.51.100.7", "Initiated", "UserRequested"),
            entry("192.0.2.1", "Revoked", "Expired")
        ]
    );
    assert_eq!(bench.azure.allow_rules("web-01").len(), 1);
    assert!(bench.azure.port_state("web-01", 22).is_open());
    bench.pass(3_600);
    assert!(bench.azure.allow_rules("web-01").is_empty());
}

#[tokio::test]
async fn the_page_switches_both_by_name() {
    let bench = Bench::new().await;
    let url = format!("{}/_control/faults", bench.azure.url());
    for name in ["forgets-newer", "keeps-older"] {
        let fault = json!({"operation": "initiate", "kind": {"name": name}});
        let answer = bench.http.post(&url).json(&fault).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        let page = include_str!("../../page/assets/faults.js");
        assert!(
            page.contains(&format!("\"initiate\", {{ name: \"{name}\" }}")),
            "{name}"
        );
    }
}

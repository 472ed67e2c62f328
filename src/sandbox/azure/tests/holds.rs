//! Holds: a call waits before or after its effect until somebody decides.

use super::*;
use crate::sandbox::azure::{HoldPoint, HoldStage};

fn send(bench: &Bench) -> tokio::task::JoinHandle<Result<Response, reqwest::Error>> {
    let request = bench.request(Method::POST, &format!("{WEB_POLICY}/initiate?{V}"));
    tokio::spawn(request.json(&bench.an_hour_of_ssh()).send())
}

#[tokio::test]
async fn held_before_its_effect_a_call_has_none_until_released() {
    let bench = Bench::new().await;
    let hold = bench.azure.hold("initiate", HoldPoint::Before);
    let call = send(&bench);
    hold.arrived().await;
    assert_eq!(bench.azure.open_ports(), 0);
    hold.release();
    assert_eq!(call.await.unwrap().unwrap().status(), 202);
    assert_eq!(bench.azure.open_ports(), 1);
}

#[tokio::test]
async fn held_after_its_effect_a_call_can_lose_its_answer() {
    let bench = Bench::new().await;
    let hold = bench.azure.hold("initiate", HoldPoint::After);
    let call = send(&bench);
    hold.arrived().await;
    assert_eq!(bench.azure.open_ports(), 1);
    hold.drop_connection();
    assert!(call.await.unwrap().is_err());
    assert_eq!(bench.azure.open_ports(), 1);
}

#[tokio::test]
async fn dropped_before_its_effect_a_call_never_happens() {
    let bench = Bench::new().await;
    let hold = bench.azure.hold("initiate", HoldPoint::Before);
    let call = send(&bench);
    hold.arrived().await;
    hold.drop_connection();
    assert!(call.await.unwrap().is_err());
    assert_eq!(bench.azure.open_ports(), 0);
}

#[tokio::test]
async fn released_after_the_caller_is_gone_it_still_happens() {
    let bench = Bench::new().await;
    let hold = bench.azure.hold("initiate", HoldPoint::Before);
    let call = send(&bench);
    hold.arrived().await;
    call.abort();
    assert!(call.await.is_err());
    hold.release();
    let landed = bench.azure.until(|azure| azure.open_ports() == 1);
    tokio::time::timeout(Duration::from_secs(10), landed)
        .await
        .unwrap();
}

#[tokio::test]
async fn one_hold_holds_one_call() {
    let bench = Bench::new().await;
    let hold = bench.azure.hold("initiate", HoldPoint::Before);
    let held = send(&bench);
    hold.arrived().await;
    assert_eq!(send(&bench).await.unwrap().unwrap().status(), 202);
    assert_eq!(hold.stage(), HoldStage::Held);
    hold.release();
    assert_eq!(held.await.unwrap().unwrap().status(), 202);
}

#[tokio::test]
async fn another_process_holds_over_http() {
    let bench = Bench::new().await;
    let base = format!("{}/_control/holds", bench.azure.url());
    let new = json!({"operation": "initiate", "point": "before"});
    let hold: Value = bench
        .http
        .post(&base)
        .json(&new)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = hold["id"].as_u64().unwrap();
    let call = send(&bench);
    let url = format!("{base}/{id}?wait_ms=10000");
    let hold: Value = bench.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(hold["stage"], "held");
    bench
        .http
        .post(format!("{base}/{id}/release"))
        .send()
        .await
        .unwrap();
    assert_eq!(call.await.unwrap().unwrap().status(), 202);
    let unknown = bench.http.post(format!("{base}/99/drop")).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

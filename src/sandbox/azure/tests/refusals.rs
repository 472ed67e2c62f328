//! Every refusal of `initiate`, and those that stand before every operation.

use super::*;
use crate::sandbox::azure::{Grant, MachineSpec, Plan};

#[tokio::test]
async fn initiate_refuses_what_the_policy_does_not_allow() {
    let bench = Bench::new().await;
    let (good, long, past) = (bench.minutes(30), bench.minutes(181), bench.minutes(-1));
    let source = Some("198.51.100.7");
    for (why, body) in [
        (
            "a machine that the policy does not list",
            ask("nothing-01", 22, &good, source),
        ),
        (
            "a port that is not in the policy",
            ask("web-01", 3389, &good, source),
        ),
        (
            "an end beyond the longest duration",
            ask("web-01", 22, &long, source),
        ),
        ("an end in the past", ask("web-01", 22, &past, source)),
        ("an end that is no instant", ask("web-01", 22, "tomorrow", source)),
        ("an IPv6 source", ask("web-01", 22, &good, Some("2001:db8::1"))),
        (
            "a source that is no address",
            ask("web-01", 22, &good, Some("Internet")),
        ),
        ("no machines", json!({"justification": "x"})),
        (
            "no ports",
            json!({"virtualMachines": [{"id": machine_id("prod-web", "web-01"), "ports": []}]}),
        ),
        (
            "a port without an end",
            json!({"virtualMachines": [{"id": machine_id("prod-web", "web-01"), "ports": [{"number": 22}]}]}),
        ),
        ("something else than an object", json!(["web-01"])),
    ] {
        let answer = bench.initiate(body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{why}: {}", answer.text);
        assert!(!answer.code().is_empty(), "{why}");
    }
    let broken = bench
        .request(Method::POST, &format!("{WEB_POLICY}/initiate?{V}"))
        .header("content-type", "application/json")
        .body("{\"virtualMachines\": [")
        .send();
    let broken = Seen::of(broken.await.unwrap()).await;
    assert_eq!(
        (broken.status, broken.code().as_str()),
        (StatusCode::BAD_REQUEST, "InvalidRequestContent")
    );
    assert_eq!(bench.azure.open_ports(), 0);
    assert!(bench.azure.calls("initiate").iter().all(|call| !call.effect));
}

#[tokio::test]
async fn a_source_must_lie_inside_what_the_policy_allows() {
    let bench = Bench::new().await;
    let policy = WEB_POLICY.replace("prod-web", "prod-data");
    let body = |source: &str| {
        json!({"virtualMachines": [{
            "id": machine_id("prod-data", "db-01"),
            "ports": [{"number": 5432, "endTimeUtc": bench.minutes(30), "allowedSourceAddressPrefix": source}],
        }]})
    };
    for outside in ["203.0.113.9", "198.51.0.0/16", "*"] {
        let answer = bench
            .send(Method::POST, &format!("{policy}/initiate?{V}"), body(outside))
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{outside}");
    }
    let inside = bench
        .send(
            Method::POST,
            &format!("{policy}/initiate?{V}"),
            body("198.51.100.9"),
        )
        .await;
    assert_eq!(inside.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn long_names_and_a_missing_plan_are_refused() {
    let long = "a".repeat(50);
    let spec = MachineSpec::linux(PRODUCTION_SUBSCRIPTION, "prod-web", &long).jit("default", &[22]);
    let bench = Bench::with(World::demo().machine(spec), Options::default()).await;
    let answer = bench
        .initiate(ask(&long, 22, &bench.minutes(30), Some("198.51.100.7")))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(bench.azure.set_plan(PRODUCTION_SUBSCRIPTION, Plan::P1));
    let answer = bench.initiate(bench.an_hour_of_ssh()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("Plan 2"));
}

#[tokio::test]
async fn what_is_not_there_is_404_with_the_right_code() {
    let bench = Bench::new().await;
    for (path, code) in [
        (format!("{WEB_POLICY}x?{V}"), "ResourceNotFound"),
        (
            format!("{}?{V}", WEB_POLICY.replace("prod-web", "no-group")),
            "ResourceGroupNotFound",
        ),
        (
            format!("{}?{V}", WEB_POLICY.replace("11111111", "99999999")),
            "SubscriptionNotFound",
        ),
        (
            format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/providers/Microsoft.Web/sites?{V}"),
            "InvalidResourceType",
        ),
    ] {
        let answer = bench.get(&path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::NOT_FOUND, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_api_version_must_be_there_and_known() {
    let bench = Bench::new().await;
    for (query, code) in [
        ("", "MissingApiVersionParameter"),
        ("?api-version=latest", "InvalidApiVersionParameter"),
        ("?api-version=2019-01-01", "NoRegisteredProviderFound"),
    ] {
        let answer = bench.get(&format!("{WEB_POLICY}{query}")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::BAD_REQUEST, code)
        );
    }
}

#[tokio::test]
async fn without_a_right_it_is_403_that_names_the_action() {
    let bench = Bench::new().await;
    let scope = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}");
    let read = Grant::of(
        &scope,
        &["Microsoft.Security/locations/jitNetworkAccessPolicies/read"],
    );
    assert!(bench.azure.set_permissions(BOT_CLIENT_ID, vec![read]));
    let answer = bench.initiate(bench.an_hour_of_ssh()).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::FORBIDDEN, "AuthorizationFailed")
    );
    assert!(answer.text.contains("jitNetworkAccessPolicies/initiate/action"));
    assert_eq!(
        bench.get(&format!("{WEB_POLICY}?{V}")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn paths_are_taken_in_any_case() {
    let bench = Bench::new().await;
    let answer = bench.get(&format!("{}?{V}", WEB_POLICY.to_uppercase())).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["name"], "default");
}

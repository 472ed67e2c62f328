//! Every fault does what its name says, as often as it was told.

use super::*;
use crate::sandbox::azure::{Fault, FaultKind, Matcher, STAGING_SUBSCRIPTION};

async fn get_policy(bench: &Bench) -> Result<Response, reqwest::Error> {
    bench
        .request(Method::GET, &format!("{WEB_POLICY}?{V}"))
        .send()
        .await
}

#[tokio::test]
async fn refusals_come_with_their_status_and_only_as_often_as_told() {
    let bench = Bench::new().await;
    for (kind, status) in [
        (FaultKind::Unauthorized, 401),
        (FaultKind::Forbidden, 403),
        (FaultKind::NotFound, 404),
        (FaultKind::Throttled { retry_after: 7 }, 429),
        (FaultKind::ServerError { status: 500 }, 500),
        (FaultKind::ServerError { status: 503 }, 503),
        (FaultKind::Html, 502),
    ] {
        bench.azure.fault(Fault::once("jit-get", kind.clone()));
        let answer = Seen::of(get_policy(&bench).await.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{kind:?}");
        if status == 429 {
            assert_eq!(answer.header("retry-after"), "7");
        }
        assert_eq!(get_policy(&bench).await.unwrap().status(), 200, "{kind:?}");
    }
}

#[tokio::test]
async fn bodies_are_malformed_truncated_or_huge_after_the_effect() {
    let bench = Bench::new().await;
    for (kind, port) in [(FaultKind::MalformedBody, 22), (FaultKind::TruncatedBody, 443)] {
        bench.azure.fault(Fault::once("initiate", kind.clone()));
        let body = ask("web-01", port, &bench.minutes(30), Some("198.51.100.7"));
        let answer = bench.initiate(body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED);
        assert!(serde_json::from_str::<Value>(&answer.text).is_err(), "{kind:?}");
    }
    assert_eq!(bench.azure.open_ports(), 2);
    bench.azure.fault(Fault::once(
        "jit-get",
        FaultKind::OversizedBody { bytes: 9_000_000 },
    ));
    let answer = Seen::of(get_policy(&bench).await.unwrap()).await;
    assert_eq!(answer.text.len(), 9_000_000);
}

#[tokio::test]
async fn a_dropped_connection_has_an_effect_or_none() {
    let bench = Bench::new().await;
    for (kind, open) in [(FaultKind::DropBeforeEffect, 0), (FaultKind::DropAfterEffect, 1)] {
        bench.azure.fault(Fault::once("initiate", kind));
        let request = bench.request(Method::POST, &format!("{WEB_POLICY}/initiate?{V}"));
        let error = request.json(&bench.an_hour_of_ssh()).send().await.unwrap_err();
        assert!(!error.is_timeout() && !error.is_status());
        assert_eq!(bench.azure.open_ports(), open);
    }
    let calls = bench.azure.calls("initiate");
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.dropped, call.effect, call.status))
        .collect();
    assert_eq!(seen, [(true, false, None), (true, true, None)]);
}

#[tokio::test]
async fn a_late_twin_comes_about_after_the_caller_has_given_up() {
    let bench = Bench::new().await;
    bench
        .azure
        .fault(Fault::once("initiate", FaultKind::LateTwin { millis: 0 }));
    let request = bench.request(Method::POST, &format!("{WEB_POLICY}/initiate?{V}"));
    let request = request
        .json(&bench.an_hour_of_ssh())
        .timeout(Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
    let landed = bench.azure.until(|azure| azure.open_ports() == 1);
    tokio::time::timeout(Duration::from_secs(10), landed)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_slow_answer_outlasts_a_short_patience() {
    let bench = Bench::new().await;
    bench
        .azure
        .fault(Fault::once("jit-get", FaultKind::Slow { millis: 60_000 }));
    let request = bench.request(Method::GET, &format!("{WEB_POLICY}?{V}"));
    let answer = request.timeout(Duration::from_millis(100)).send().await;
    assert!(answer.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_stuck_request_opens_when_it_is_unstuck() {
    let bench = Bench::new().await;
    bench
        .azure
        .fault(Fault::on("initiate", FaultKind::StuckInitiating));
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(600);
    assert!(!bench.azure.port_state("web-01", 22).is_open());
    bench.azure.unstick();
    assert!(bench.azure.port_state("web-01", 22).is_open());
}

#[tokio::test]
async fn a_window_that_is_never_revoked_stays_past_its_end() {
    let bench = Bench::new().await;
    bench
        .azure
        .fault(Fault::once("initiate", FaultKind::NeverRevokes));
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2 * 3600);
    assert!(bench.azure.port_state("web-01", 22).is_open());
    bench.azure.unstick();
    assert!(bench.azure.port_state("web-01", 22).is_closed());
}

#[tokio::test]
async fn a_fault_can_be_for_one_subscription_and_switched_off() {
    let bench = Bench::new().await;
    let list = |subscription: &str| {
        format!("/subscriptions/{subscription}/providers/Microsoft.Security/jitNetworkAccessPolicies?{V}")
    };
    let matcher = Matcher::any().in_subscription(STAGING_SUBSCRIPTION);
    let id = bench.azure.fault(Fault::on(matcher, FaultKind::Forbidden));
    for _ in 0..2 {
        assert_eq!(
            bench.get(&list(STAGING_SUBSCRIPTION)).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            bench.get(&list(PRODUCTION_SUBSCRIPTION)).await.status,
            StatusCode::OK
        );
    }
    assert!(bench.azure.remove_fault(id));
    assert!(!bench.azure.remove_fault(id));
    assert_eq!(
        bench.get(&list(STAGING_SUBSCRIPTION)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn another_process_switches_faults_over_http() {
    let bench = Bench::new().await;
    let url = format!("{}/_control/faults", bench.azure.url());
    let fault = json!({"operation": "jit-get", "kind": {"name": "throttled", "retryAfter": 3}, "times": 1});
    let answer = bench.http.post(&url).json(&fault).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let listed: Value = bench.http.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed[0][1], fault);
    assert_eq!(get_policy(&bench).await.unwrap().status(), 429);
    assert_eq!(get_policy(&bench).await.unwrap().status(), 200);
    let ledger = format!("{}/_control/ledger?operation=jit-get", bench.azure.url());
    let ledger: Value = bench.http.get(ledger).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&ledger[0]["status"], &ledger[1]["status"]),
        (&json!(429), &json!(200))
    );
}

#[tokio::test]
async fn empty_buckets_answer_429_with_a_wait() {
    use crate::sandbox::azure::{Bucket, Throttle};
    let mut throttle = Throttle::azure();
    throttle.reads = Bucket {
        size: 2,
        refill_per_second: 0,
    };
    let bench = Bench::with(
        World::demo(),
        Options {
            throttle,
            ..Options::default()
        },
    )
    .await;
    for left in ["1", "0"] {
        let answer = bench.get(&format!("{WEB_POLICY}?{V}")).await;
        assert_eq!(answer.header("x-ms-ratelimit-remaining-subscription-reads"), left);
    }
    let answer = bench.get(&format!("{WEB_POLICY}?{V}")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (429, "SubscriptionRequestsThrottled")
    );
    assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(
        bench.initiate(bench.an_hour_of_ssh()).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn each_caller_has_a_bucket_per_subscription_and_all_share_a_larger_one() {
    use crate::sandbox::azure::{Bucket, Grant, Throttle};
    let mut throttle = Throttle::azure();
    throttle.reads = Bucket {
        size: 1,
        refill_per_second: 0,
    };
    let others: Vec<String> = (0..15).map(|number| format!("other-{number}")).collect();
    let world = others.iter().fold(World::demo(), |world, other| {
        world.identity(other, "secret", vec![Grant::everything("/")])
    });
    let options = Options {
        throttle,
        ..Options::default()
    };
    let mut bench = Bench::with(world, options).await;
    let own = format!("{WEB_POLICY}?{V}");
    let first = bench.get(&own).await;
    assert_eq!(first.header("x-ms-ratelimit-remaining-subscription-reads"), "0");
    assert_eq!(
        first.header("x-ms-ratelimit-remaining-subscription-global-reads"),
        "14"
    );
    assert_eq!(bench.get(&own).await.status, 429);
    // Neither another subscription nor the tenant is meant.
    let tenant = bench.get("/subscriptions?api-version=2022-12-01").await;
    assert_eq!(tenant.header("x-ms-ratelimit-remaining-tenant-reads"), "0");
    for other in &others {
        bench.token = bench.token_of(other, "secret").await;
        let answer = bench.get(&own).await;
        let together = answer.header("x-ms-ratelimit-remaining-subscription-global-reads");
        if together == "0" || answer.status == 429 {
            return;
        }
        assert_eq!(answer.status, 200, "{other}: {}", answer.text);
    }
    panic!("what all callers share never came to its end");
}

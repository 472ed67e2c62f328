//! Registered and unregistered providers, the plan of one machine, and the quota of Defender for Cloud.

use super::*;
use crate::sandbox::azure::{Bucket, Grant, STAGING_SUBSCRIPTION, Throttle};

const PLAN: &str = "providers/Microsoft.Security/pricings/VirtualMachines?api-version=2024-01-01";

/// The demo world, in which staging has never used Defender for Cloud, and the caller may do everything.
async fn unregistered() -> Bench {
    let bench = Bench::new().await;
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")]);
    assert!(bench.azure.set_registered(STAGING_SUBSCRIPTION, false));
    bench
}

fn provider(namespace: &str, verb: &str) -> String {
    format!("/subscriptions/{STAGING_SUBSCRIPTION}/providers/{namespace}{verb}?api-version=2021-04-01")
}

#[tokio::test]
async fn nothing_of_defender_is_there_before_it_is_registered() {
    let bench = unregistered().await;
    let staging = format!("/subscriptions/{STAGING_SUBSCRIPTION}");
    let list = format!("{staging}/providers/Microsoft.Security/jitNetworkAccessPolicies?{V}");
    let refused = bench.get(&list).await;
    let error = &refused.json()["error"];
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(error["code"], "MissingSubscriptionRegistration");
    assert_eq!(error["details"][0]["target"], "Microsoft.Security");
    // Defender answers for the plans in words of its own.
    for path in [
        format!("{staging}/{PLAN}"),
        format!("{staging}/providers/Microsoft.Security/pricings?api-version=2024-01-01"),
    ] {
        let refused = bench.get(&path).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::NOT_FOUND, "Subscription Not Registered"),
            "{path}"
        );
    }
    // Machines and other subscriptions have nothing to do with it.
    let machines = format!("{staging}/providers/Microsoft.Compute/virtualMachines?api-version=2024-07-01");
    assert_eq!(bench.get(&machines).await.status, StatusCode::OK);
    let other = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/{PLAN}");
    assert_eq!(bench.get(&other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_registration_takes_a_while_and_then_counts() {
    let bench = unregistered().await;
    let state = async || {
        let seen = bench.get(&provider("microsoft.security", "")).await.json();
        seen["registrationState"].as_str().unwrap().to_owned()
    };
    assert_eq!(state().await, "NotRegistered");
    let list = format!(
        "/subscriptions/{STAGING_SUBSCRIPTION}/providers/Microsoft.Security/jitNetworkAccessPolicies?{V}"
    );
    let register = provider("Microsoft.Security", "/register");
    for _ in 0..2 {
        let begun = bench.send(Method::POST, &register, Value::Null).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
        assert_eq!(begun.json()["registrationState"], "Registering");
        assert_eq!(bench.get(&list).await.status, StatusCode::CONFLICT);
    }
    bench.pass(10);
    assert_eq!(state().await, "Registered");
    assert_eq!(bench.get(&list).await.status, StatusCode::OK);
    assert_eq!(
        bench.get(&provider("Microsoft.Nothing", "")).await.code(),
        "InvalidResourceNamespace"
    );
    let compute = bench.get(&provider("Microsoft.Compute", "")).await.json();
    assert_eq!(compute["registrationState"], "Registered");
}

#[tokio::test]
async fn registering_needs_its_own_right() {
    let bench = Bench::new().await;
    bench.azure.set_registered(STAGING_SUBSCRIPTION, false);
    let register = provider("Microsoft.Security", "/register");
    let refused = bench.send(Method::POST, &register, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("Microsoft.Security/register/action"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn the_plan_of_one_machine_can_be_taken_away() {
    let bench = Bench::new().await;
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")]);
    let own = format!("{}/{PLAN}", machine_id("prod-web", "web-01"));
    let properties = async || bench.get(&own).await.json()["properties"].clone();
    assert_eq!(properties().await["inherited"], "True");
    let body = json!({"properties": {"pricingTier": "Free"}});
    assert_eq!(bench.send(Method::PUT, &own, body).await.status, StatusCode::OK);
    let opted_out = properties().await;
    assert_eq!(
        (&opted_out["pricingTier"], &opted_out["inherited"]),
        (&json!("Free"), &json!("False"))
    );
    for status in [StatusCode::OK, StatusCode::NO_CONTENT] {
        let deleted = bench.send(Method::DELETE, &own, Value::Null).await;
        assert_eq!((deleted.status, deleted.text.as_str()), (status, ""));
    }
    let back = properties().await;
    assert_eq!(
        (&back["subPlan"], &back["inherited"]),
        (&json!("P2"), &json!("True"))
    );
    let whole = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/{PLAN}");
    let refused = bench.send(Method::DELETE, &whole, Value::Null).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    let unknown = format!("{}/{PLAN}", machine_id("prod-web", "web-99"));
    assert_eq!(
        bench.send(Method::DELETE, &unknown, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn lists_of_defender_have_a_quota_of_their_own() {
    let mut throttle = Throttle::azure();
    throttle.security = Bucket {
        size: 2,
        refill_per_second: 0,
    };
    let bench = Bench::new().await;
    bench.azure.set_throttle(throttle);
    let whole = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}");
    let list = format!("{whole}/providers/Microsoft.Security/jitNetworkAccessPolicies?{V}");
    const LEFT: &str = "x-ms-ratelimit-remaining-subscription-resource-requests";
    let first = bench.get(&list).await;
    assert_eq!(first.header(LEFT), "1");
    // As recorded: this number stands in place of that of all reads.
    assert_eq!(first.header("x-ms-ratelimit-remaining-subscription-reads"), "");
    assert_eq!(bench.get(&format!("{whole}/{PLAN}")).await.header(LEFT), "0");
    assert_eq!(bench.get(&list).await.status, StatusCode::TOO_MANY_REQUESTS);
    // One JIT policy is an ordinary read, and windows go on.
    assert_eq!(
        bench.get(&format!("{WEB_POLICY}?{V}")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        bench.initiate(bench.an_hour_of_ssh()).await.status,
        StatusCode::ACCEPTED
    );
}

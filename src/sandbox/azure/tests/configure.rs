//! Writing JIT policies, plans and what else an administrator does.

use super::*;
use crate::sandbox::azure::{Grant, PortState, SANDBOX_SUBSCRIPTION, STAGING_SUBSCRIPTION};

fn entry(group: &str, name: &str, port: Value) -> Value {
    json!({"id": machine_id(group, name), "ports": [port]})
}

fn ssh() -> Value {
    json!({"number": 22, "protocol": "*", "allowedSourceAddressPrefix": "*", "maxRequestAccessDuration": "PT3H"})
}

fn policy(machines: Value) -> Value {
    json!({"kind": "Basic", "properties": {"virtualMachines": machines}})
}

#[tokio::test]
async fn a_put_replaces_the_whole_list_and_updates_for_a_while() {
    let bench = Bench::new().await;
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2);
    assert_eq!(bench.azure.deny_rules("web-02").len(), 1);
    let only_web_01 = policy(json!([entry("prod-web", "web-01", ssh())]));
    let answer = bench
        .send(Method::PUT, &format!("{WEB_POLICY}?{V}"), only_web_01)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["properties"]["provisioningState"], "Updating");
    assert_eq!(body["properties"]["appendMode"], false);
    assert_eq!(
        bench.azure.deny_rules("web-02").len(),
        1,
        "the rules follow later"
    );
    bench.pass(2);
    let body = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    assert_eq!(body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(body["properties"]["virtualMachines"].as_array().unwrap().len(), 1);
    assert!(bench.azure.deny_rules("web-02").is_empty());
    assert_eq!(bench.azure.deny_rules("web-01")[0].destination_ports, ["22"]);
    assert!(
        bench.azure.port_state("web-01", 22).is_open(),
        "an open window stays"
    );
}

#[tokio::test]
async fn a_new_policy_starts_without_requests_and_protects_its_machine() {
    let bench = Bench::new().await;
    let path = WEB_POLICY
        .replace(PRODUCTION_SUBSCRIPTION, STAGING_SUBSCRIPTION)
        .replace("prod-web", "staging-web")
        .replace("westeurope", "northeurope");
    let mut body = policy(json!([entry("staging-web", "api-01", ssh())]));
    let id = machine_id("staging-web", "api-01").replace(PRODUCTION_SUBSCRIPTION, STAGING_SUBSCRIPTION);
    body["properties"]["virtualMachines"][0]["id"] = json!(id);
    let answer = bench.send(Method::PUT, &format!("{path}?{V}"), body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["properties"]["requests"], json!([]));
    bench.pass(2);
    let rules = bench.azure.deny_rules("api-01");
    assert!(rules[0].name.starts_with("MicrosoftDefenderForCloud-JITRule_"));
    assert!(
        !bench
            .azure
            .reachable("api-01", 22, "198.51.100.7".parse().unwrap())
    );
}

#[tokio::test]
async fn a_machine_without_group_or_firewall_cannot_be_protected() {
    let bench = Bench::new().await;
    let path = format!("{}?{V}", WEB_POLICY.replace("prod-web", "prod-data"));
    let body = policy(json!([entry("prod-data", "cache-01", ssh())]));
    assert_eq!(bench.send(Method::PUT, &path, body).await.status, StatusCode::OK);
    bench.pass(2);
    assert_eq!(
        bench.get(&path).await.json()["properties"]["provisioningState"],
        "Failed"
    );
}

#[tokio::test]
async fn a_broad_rule_above_the_deny_makes_it_void() {
    let bench = Bench::new().await;
    assert_eq!(bench.azure.deny_rules("web-03").len(), 1);
    assert!(
        bench
            .azure
            .reachable("web-03", 22, "198.51.100.7".parse().unwrap())
    );
    assert_eq!(bench.azure.port_state("web-03", 22), PortState::Closed);
}

#[tokio::test]
async fn a_put_is_refused_for_what_the_service_does_not_take() {
    let bench = Bench::new().await;
    let with = |change: Value| {
        let mut port = ssh();
        for (name, value) in change.as_object().unwrap() {
            port[name] = value.clone();
        }
        policy(json!([entry("prod-web", "web-01", port)]))
    };
    let both = with(json!({"allowedSourceAddressPrefixes": ["198.51.100.0/24"]}));
    for (why, status, body) in [
        (
            "protocol in the network's spelling",
            400,
            with(json!({"protocol": "Tcp"})),
        ),
        ("empty protocol", 500, with(json!({"protocol": ""}))),
        ("both forms of the source", 400, both),
        (
            "a source that is no network",
            400,
            with(json!({"allowedSourceAddressPrefix": "Internet"})),
        ),
        (
            "too short",
            400,
            with(json!({"maxRequestAccessDuration": "PT1M"})),
        ),
        ("too long", 400, with(json!({"maxRequestAccessDuration": "P2D"}))),
        ("months", 400, with(json!({"maxRequestAccessDuration": "P1M"}))),
        ("a port beyond 65535", 400, with(json!({"number": 70_000}))),
        ("no list", 400, json!({"kind": "Basic", "properties": {}})),
        (
            "another group",
            400,
            policy(json!([entry("prod-win", "win-01", ssh())])),
        ),
        (
            "another region",
            400,
            policy(json!([entry("prod-web", "jump-01", ssh())])),
        ),
        (
            "the same port twice",
            400,
            policy(json!([{"id": machine_id("prod-web", "web-01"), "ports": [ssh(), ssh()]}])),
        ),
        (
            "an id that is none",
            403,
            policy(json!([{"id": "/subscriptions", "ports": [ssh()]}])),
        ),
    ] {
        let answer = bench.send(Method::PUT, &format!("{WEB_POLICY}?{V}"), body).await;
        assert_eq!(answer.status.as_u16(), status, "{why}: {}", answer.text);
    }
    assert!(bench.azure.calls("jit-put").iter().all(|call| !call.effect));
}

#[tokio::test]
async fn writing_needs_a_right_on_the_machines_too() {
    let bench = Bench::new().await;
    let scope = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}");
    let grant = Grant::of(&scope, &["Microsoft.Security/*"]);
    bench.azure.set_permissions(BOT_CLIENT_ID, vec![grant]);
    let body = policy(json!([entry("prod-web", "web-01", ssh())]));
    let answer = bench.send(Method::PUT, &format!("{WEB_POLICY}?{V}"), body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (403, "LinkedAuthorizationFailed")
    );
}

#[tokio::test]
async fn deleting_answers_200_and_then_204() {
    let bench = Bench::new().await;
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")]);
    bench.initiate(bench.an_hour_of_ssh()).await;
    bench.pass(2);
    for status in [200, 204] {
        let request = bench.request(Method::DELETE, &format!("{WEB_POLICY}?{V}"));
        let answer = Seen::of(request.send().await.unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, ""));
    }
    assert!(bench.azure.deny_rules("web-01").is_empty());
    assert!(bench.azure.allow_rules("web-01").is_empty());
}

#[tokio::test]
async fn plans_are_told_per_subscription_and_machine_and_can_be_set() {
    let bench = Bench::new().await;
    let path = |scope: &str| {
        format!("{scope}/providers/Microsoft.Security/pricings/VirtualMachines?api-version=2024-01-01")
    };
    let scope = |id: &str| format!("/subscriptions/{id}");
    let plan = bench.get(&path(&scope(PRODUCTION_SUBSCRIPTION))).await.json();
    assert_eq!(
        (&plan["properties"]["pricingTier"], &plan["properties"]["subPlan"]),
        (&json!("Standard"), &json!("P2"))
    );
    let plan = bench.get(&path(&scope(SANDBOX_SUBSCRIPTION))).await.json();
    assert_eq!(plan["properties"]["pricingTier"], "Free");
    let machine = format!(
        "{}/resourceGroups/staging-build/providers/Microsoft.Compute/virtualMachines/build-02",
        scope(STAGING_SUBSCRIPTION)
    );
    let plan = bench.get(&path(&machine)).await.json();
    assert_eq!(
        (
            &plan["properties"]["pricingTier"],
            &plan["properties"]["inherited"]
        ),
        (&json!("Free"), &json!("False"))
    );
    let staging = bench.get(&path(&scope(STAGING_SUBSCRIPTION))).await.json();
    assert_eq!(
        staging["properties"]["resourcesCoverageStatus"],
        "PartiallyCovered"
    );

    let body = json!({"properties": {"pricingTier": "standard"}});
    let refused = bench
        .send(Method::PUT, &path(&scope(SANDBOX_SUBSCRIPTION)), body.clone())
        .await;
    assert_eq!(
        refused.status,
        StatusCode::FORBIDDEN,
        "the bot has no right to spend money"
    );
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")]);
    let set = bench
        .send(Method::PUT, &path(&scope(SANDBOX_SUBSCRIPTION)), body)
        .await
        .json();
    assert_eq!(set["properties"]["subPlan"], "P2");
}

#[tokio::test]
async fn a_plan_that_is_switched_on_for_the_first_time_is_free_for_thirty_days() {
    let bench = Bench::new().await;
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything("/")]);
    let path = |subscription: &str| {
        format!(
            "/subscriptions/{subscription}/providers/Microsoft.Security/pricings/VirtualMachines?api-version=2024-01-01"
        )
    };
    let tier = |tier: &str| json!({"properties": {"pricingTier": tier}});
    let left = async |subscription: &str| {
        let plan = bench.get(&path(subscription)).await.json();
        plan["properties"]["freeTrialRemainingTime"].clone()
    };
    assert_eq!(left(PRODUCTION_SUBSCRIPTION).await, "PT0S", "its trial is over");
    assert_eq!(left(SANDBOX_SUBSCRIPTION).await, "PT0S", "nothing is switched on");
    let own = path(SANDBOX_SUBSCRIPTION);
    let set = bench.send(Method::PUT, &own, tier("Standard")).await.json();
    assert_eq!(set["properties"]["freeTrialRemainingTime"], "P30D");
    assert_eq!(
        set["properties"]["enablementTime"],
        "2026-11-22T09:00:00.0000000Z"
    );
    bench.pass(86_400 + 3_600 + 61);
    assert_eq!(left(SANDBOX_SUBSCRIPTION).await, "P28DT22H58M59S");
    // Off and on again gives no second trial.
    bench.send(Method::PUT, &own, tier("Free")).await;
    assert_eq!(left(SANDBOX_SUBSCRIPTION).await, "PT0S");
    bench.send(Method::PUT, &own, tier("Standard")).await;
    assert_eq!(left(SANDBOX_SUBSCRIPTION).await, "P28DT22H58M59S");
    bench.pass(40 * 86_400);
    assert_eq!(left(SANDBOX_SUBSCRIPTION).await, "PT0S");
    bench.azure.set_trial(STAGING_SUBSCRIPTION, TimeDelta::days(3));
    assert_eq!(left(STAGING_SUBSCRIPTION).await, "P3D");
}

#[tokio::test]
async fn the_activity_log_tells_later_who_did_it() {
    let bench = Bench::new().await;
    bench.initiate(bench.an_hour_of_ssh()).await;
    let until = bench.clock.now() + TimeDelta::minutes(30);
    bench.azure.portal_opens("web-02", 22, "198.51.100.9", until);
    let path = |filter: &str| {
        let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        format!(
            "/subscriptions/{PRODUCTION_SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter={filter}"
        )
    };
    let since = "eventTimestamp ge '2026-11-22T08:00:00Z'";
    assert_eq!(bench.get(&path(since)).await.json()["value"], json!([]));
    bench.pass(120);
    let log = bench.get(&path(since)).await.json();
    let callers: Vec<_> = log["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["caller"].clone())
        .collect();
    assert_eq!(callers.len(), 2);
    assert!(callers.contains(&json!("eve@contoso.example")));
    let unzoned = "eventTimestamp ge 2026-11-22T08:00:00.532543";
    assert_eq!(bench.get(&path(unzoned)).await.json(), log);
    let told = bench.azure.calls("initiate")[0].correlation.clone();
    let one = bench
        .get(&path(&format!("{since} and correlationId eq '{told}'")))
        .await
        .json();
    assert_eq!(one["value"][0]["properties"]["Justification"], "INC-42");
    assert_eq!(
        bench.get(&path("correlationId eq 'x'")).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn permissions_tell_the_roles_in_force() {
    let bench = Bench::new().await;
    let path = format!(
        "/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/prod-web/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    );
    let answer = bench.get(&path).await.json();
    let actions = answer["value"][0]["actions"].as_array().unwrap();
    assert!(actions.contains(&json!(
        "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action"
    )));
}

#[tokio::test]
async fn somebody_writes_a_policy_in_the_portal_as_by_a_put() {
    use crate::sandbox::azure::PolicyPort;
    let bench = Bench::new().await;
    let hour = PolicyPort::any_source(22, "PT1H");
    assert!(
        bench
            .azure
            .portal_configures("web-01", "default", std::slice::from_ref(&hour))
    );
    let body = bench.get(&format!("{WEB_POLICY}?{V}")).await.json();
    assert_eq!(body["properties"]["provisioningState"], "Updating");
    assert_eq!(
        body["properties"]["virtualMachines"].as_array().unwrap().len(),
        3,
        "the others stay"
    );
    bench.pass(2);
    assert_eq!(
        bench.azure.policy_ports("web-01", "default"),
        std::slice::from_ref(&hour)
    );
    assert_eq!(bench.azure.deny_rules("web-01")[0].destination_ports, ["22"]);
    assert!(bench.azure.portal_configures("web-01", "default", &[]));
    bench.pass(2);
    assert!(bench.azure.deny_rules("web-01").is_empty());
    assert!(bench.azure.portal_configures("web-01", "another", &[hour]));
    bench.pass(2);
    assert_eq!(bench.azure.deny_rules("web-01").len(), 1);
    assert!(!bench.azure.portal_configures("nowhere", "default", &[]));
}

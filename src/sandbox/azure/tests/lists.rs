//! Lists, their pages and their filters.

use super::*;
use crate::sandbox::azure::Grant;

async fn all_pages(bench: &Bench, first: &str) -> (usize, Vec<Value>) {
    let mut url = format!("{}{first}", bench.azure.url());
    let (mut pages, mut rows) = (0, Vec::new());
    loop {
        let answer = bench
            .http
            .get(&url)
            .bearer_auth(&bench.token)
            .send()
            .await
            .unwrap();
        let page = Seen::of(answer).await.json();
        pages += 1;
        rows.extend(page["value"].as_array().unwrap().clone());
        match page["nextLink"].as_str() {
            Some(next) => next.clone_into(&mut url),
            None => return (pages, rows),
        }
    }
}

#[tokio::test]
async fn jit_policies_come_in_pages_that_lead_on() {
    let bench = Bench::new().await;
    let scope = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}");
    let base = "providers/Microsoft.Security";
    let list = "jitNetworkAccessPolicies";
    let (pages, rows) = all_pages(&bench, &format!("{scope}/{base}/{list}?{V}")).await;
    assert_eq!((pages, rows.len()), (2, 6));
    let mut ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 6);
    let body = &rows[0];
    assert_eq!(body["kind"], "Basic");
    assert_eq!(
        body["type"],
        "Microsoft.Security/locations/jitNetworkAccessPolicies"
    );
    assert_eq!(body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(body["properties"]["appendMode"], false);
    assert_eq!(body["properties"]["requests"], json!([]));
    for (path, count) in [
        (format!("{scope}/{base}/locations/northeurope/{list}"), 2),
        (format!("{scope}/resourceGroups/prod-win/{base}/{list}"), 2),
        (
            format!("{scope}/resourceGroups/prod-web/{base}/locations/westeurope/{list}"),
            1,
        ),
    ] {
        let (_, rows) = all_pages(&bench, &format!("{path}?{V}")).await;
        assert_eq!(rows.len(), count, "{path}");
    }
}

#[tokio::test]
async fn subscriptions_are_those_in_which_the_caller_has_a_right() {
    let bench = Bench::new().await;
    let (_, all) = all_pages(&bench, "/subscriptions?api-version=2022-12-01").await;
    assert_eq!(all.len(), 3);
    let scope = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/prod-web");
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything(&scope)]);
    let (_, seen) = all_pages(&bench, "/subscriptions?api-version=2022-12-01").await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["subscriptionId"], PRODUCTION_SUBSCRIPTION);
}

#[tokio::test]
async fn machines_are_listed_and_told_with_their_power() {
    let bench = Bench::new().await;
    let scope =
        format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/providers/Microsoft.Compute/virtualMachines");
    let (_, rows) = all_pages(&bench, &format!("{scope}?api-version=2024-07-01")).await;
    // The classic machine is not Resource Manager's.
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| row["properties"]["instanceView"].is_null()));
    let (_, rows) = all_pages(&bench, &format!("{scope}?api-version=2024-07-01&statusOnly=true")).await;
    let off = rows.iter().find(|row| row["name"] == "win-02").unwrap();
    assert_eq!(
        off["properties"]["instanceView"]["statuses"][1]["code"],
        "PowerState/deallocated"
    );
    let id = machine_id("prod-web", "web-01");
    let expanded = bench
        .get(&format!("{id}?api-version=2026-04-01&$expand=instanceView"))
        .await
        .json();
    let power = &expanded["properties"]["instanceView"]["statuses"][1]["code"];
    assert_eq!(power, "PowerState/running");
    let view = bench
        .get(&format!("{id}/instanceView?api-version=2024-07-01"))
        .await
        .json();
    assert_eq!(view["statuses"][1]["code"], "PowerState/running");
    assert_eq!(
        expanded["properties"]["storageProfile"]["osDisk"]["osType"],
        "Linux"
    );
}

#[tokio::test]
async fn a_large_world_is_listed_whole() {
    let world = World::large(DEMO_TENANT, PRODUCTION_SUBSCRIPTION, 1_000).identity(
        BOT_CLIENT_ID,
        BOT_SECRET,
        vec![Grant::everything("/")],
    );
    let bench = Bench::with(
        world,
        Options {
            page_size: 50,
            ..Options::default()
        },
    )
    .await;
    let list = format!(
        "/subscriptions/{PRODUCTION_SUBSCRIPTION}/providers/Microsoft.Security/jitNetworkAccessPolicies"
    );
    let (_, rows) = all_pages(&bench, &format!("{list}?{V}")).await;
    let machines: usize = rows
        .iter()
        .map(|row| row["properties"]["virtualMachines"].as_array().unwrap().len())
        .sum();
    assert_eq!((rows.len(), machines), (5, 1_000));
}

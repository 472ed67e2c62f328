//! Resource Graph: rows, pages, refusals.

use super::*;
use crate::sandbox::azure::{Fault, FaultKind, Grant, Matcher, STAGING_SUBSCRIPTION};

async fn query(bench: &Bench, text: &str, options: Value) -> Seen {
    let path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
    bench
        .send(Method::POST, path, json!({"query": text, "options": options}))
        .await
}

const MACHINES: &str = "Resources | where type =~ 'microsoft.compute/virtualmachines' \
    | project id, name, resourceGroup, subscriptionId, location, tags, \
      osType = tostring(properties.storageProfile.osDisk.osType), \
      power = tostring(properties.extended.instanceView.powerState.code), \
      nicId = tolower(tostring(properties.networkProfile.networkInterfaces[0].id)) | order by id asc";

#[tokio::test]
async fn machines_come_with_the_columns_that_were_asked_for() {
    let bench = Bench::new().await;
    let answer = query(&bench, MACHINES, json!({"resultFormat": "objectArray"}))
        .await
        .json();
    assert_eq!(answer["resultTruncated"], "false");
    assert_eq!(answer["totalRecords"], answer["count"]);
    let rows = answer["data"].as_array().unwrap();
    assert_eq!(rows.len(), 16);
    let web = rows.iter().find(|row| row["name"] == "web-01").unwrap();
    assert_eq!(web["resourceGroup"], "prod-web");
    assert_eq!(web["subscriptionId"], PRODUCTION_SUBSCRIPTION);
    assert_eq!(web["osType"], "Linux");
    assert_eq!(web["power"], "PowerState/running");
    assert_eq!(web["tags"]["env"], "prod");
    assert!(
        web["nicId"]
            .as_str()
            .unwrap()
            .ends_with("/networkinterfaces/web-01-nic")
    );
    assert!(web["type"].is_null(), "only what was projected");
}

#[tokio::test]
async fn pages_follow_the_skip_token_until_there_is_none() {
    let bench = Bench::new().await;
    let (mut token, mut names) = (Value::Null, Vec::new());
    loop {
        let mut options = json!({"$top": 5});
        if token.is_string() {
            options["$skipToken"] = token;
        }
        let answer = query(&bench, MACHINES, options).await.json();
        let rows = answer["data"].as_array().unwrap();
        assert!(rows.len() <= 5);
        names.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        token = answer["$skipToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names.len(), 16);
    assert!(names.is_sorted());
    let blind = query(&bench, "Resources | project name", json!({"$top": 2}))
        .await
        .json();
    assert_eq!(blind["resultTruncated"], "true");
    assert!(blind["$skipToken"].is_null());
}

#[tokio::test]
async fn the_other_tables_and_types_answer_too() {
    let bench = Bench::new().await;
    for (text, count) in [
        (
            "Resources | where type =~ 'Microsoft.Network/networkInterfaces' | project id, nsg = tolower(tostring(properties.networkSecurityGroup.id))",
            16,
        ),
        (
            "Resources | where type == 'microsoft.network/networksecuritygroups' | project id, properties",
            14,
        ),
        ("Resources | where type =~ 'microsoft.network/azurefirewalls'", 1),
        (
            "Resources | where type =~ 'microsoft.classiccompute/virtualmachines' | project id, name",
            1,
        ),
        (
            "Resources | where type =~ 'microsoft.compute/virtualmachines' and name == 'cache-01' | project id",
            2,
        ),
        (
            "Resources | where type in~ ('microsoft.network/publicipaddresses') | where isnotempty(properties.ipAddress) == 'true' | project id",
            13,
        ),
        (
            "resourcecontainers | where type == 'microsoft.resources/subscriptions' | project id, subscriptionId, name",
            3,
        ),
        (
            "securityresources | where type =~ 'microsoft.security/assessments' and name == '805651bc-6ecd-4c73-9b55-97a19d0582d0' | project id, vmId = tolower(tostring(properties.resourceDetails.Id)), jitStatus = tostring(properties.status.code)",
            16,
        ),
        (
            "Resources | where type =~ 'microsoft.network/networkinterfaces' | mv-expand ipc = properties.ipConfigurations | project id, ip = tostring(ipc.properties.privateIPAddress)",
            16,
        ),
    ] {
        let answer = query(&bench, text, json!({"$top": 1000})).await;
        assert_eq!(answer.status, StatusCode::OK, "{text}: {}", answer.text);
        assert_eq!(answer.json()["count"], count, "{text}");
    }
}

#[tokio::test]
async fn what_the_caller_may_not_read_is_left_out_without_a_word() {
    let bench = Bench::new().await;
    let scope = format!("/subscriptions/{STAGING_SUBSCRIPTION}");
    bench
        .azure
        .set_permissions(BOT_CLIENT_ID, vec![Grant::everything(&scope)]);
    let rows = query(&bench, MACHINES, json!({})).await.json()["data"].clone();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 6);
    assert!(
        rows.iter()
            .all(|row| row["subscriptionId"] == STAGING_SUBSCRIPTION)
    );
    let path = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";
    let body = json!({"subscriptions": [PRODUCTION_SUBSCRIPTION], "query": MACHINES});
    assert_eq!(bench.send(Method::POST, path, body).await.json()["count"], 0);
}

#[tokio::test]
async fn what_it_does_not_understand_it_refuses_as_the_service_does() {
    let bench = Bench::new().await;
    for (text, options) in [
        ("Resources | summarize count()", json!({})),
        ("Pictures | project id", json!({})),
        ("Resources", json!({"$top": 1001})),
        ("Resources", json!({"$skipToken": "nonsense"})),
        ("Resources", json!({"resultFormat": "table"})),
    ] {
        let answer = query(&bench, text, options).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "BadRequest"),
            "{text}"
        );
        assert_eq!(answer.json()["error"]["details"][0]["code"], "InvalidQuery");
    }
}

#[tokio::test]
async fn a_fault_for_one_subscription_meets_the_queries_that_name_it() {
    let bench = Bench::new().await;
    let matcher = Matcher::operation("graph").in_subscription(STAGING_SUBSCRIPTION);
    bench
        .azure
        .fault(Fault::on(matcher, FaultKind::Throttled { retry_after: 5 }));
    let path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
    for (subscription, status) in [(STAGING_SUBSCRIPTION, 429), (PRODUCTION_SUBSCRIPTION, 200)] {
        let body = json!({"subscriptions": [subscription], "query": MACHINES});
        assert_eq!(bench.send(Method::POST, path, body).await.status.as_u16(), status);
    }
}

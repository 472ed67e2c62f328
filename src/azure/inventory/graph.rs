//! Asking Resource Graph, page by page.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::patience::patiently;
use crate::{
    azure::arm::{Arm, ArmError, Call, Correlation, Operation, Quota},
    domain::vm::SubscriptionId,
};

/// The most rows of a page that the service gives.
const TOP: u32 = 1_000;
/// 500,000 rows of one type; a service that never ends must not keep the inventory for ever.
const PAGES_MAX: usize = 500;

static QUERY: Operation = Operation {
    name: "graph",
    method: reqwest::Method::POST,
    api_version: "2022-10-01",
    // Resource Graph needs no right of its own: it shows what the identity may read.
    action: "Microsoft.Resources/subscriptions/read",
    quota: Quota::Graph,
};

#[derive(Debug, Deserialize)]
struct Page {
    data: Vec<Value>,
    #[serde(default, rename = "$skipToken")]
    skip_token: Option<String>,
}

/// All rows that answer `query`. A row that cannot be read is left out.
pub(super) async fn ask<T: DeserializeOwned>(
    arm: &Arm,
    subscriptions: &[SubscriptionId],
    query: &str,
) -> Result<Vec<T>, ArmError> {
    let mut rows = Vec::new();
    let mut left_out = 0_u32;
    let mut skip_token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut body = json!({
            "subscriptions": subscriptions,
            "query": query,
            "options": {"resultFormat": "objectArray", "$top": TOP},
        });
        if let (Some(token), Some(options)) = (
            &skip_token,
            body.get_mut("options").and_then(Value::as_object_mut),
        ) {
            options.insert("$skipToken".to_owned(), json!(token));
        }
        let path = "/providers/Microsoft.ResourceGraph/resources".to_owned();
        let call = Call::new(&QUERY, path).with_body(body).in_background();
        let page: Page = patiently(arm, async || arm.one(&call).await).await?;
        for row in page.data {
            match serde_json::from_value(row) {
                Ok(row) => rows.push(row),
                Err(_) => left_out += 1,
            }
        }
        let next = page.skip_token.filter(|token| !token.is_empty());
        if next.is_none() {
            if left_out > 0 {
                tracing::warn!(
                    left_out,
                    query,
                    "Rows of Resource Graph cannot be read and are left out."
                );
            }
            return Ok(rows);
        }
        if next == skip_token {
            return Err(malformed("its $skipToken leads to itself"));
        }
        skip_token = next;
    }
    Err(malformed("it has too many pages"))
}

fn malformed(detail: &str) -> ArmError {
    ArmError::Malformed {
        detail: detail.to_owned(),
        correlation: Correlation::default(),
    }
}

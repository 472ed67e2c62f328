//! The subscriptions that the identity can read.

use serde::Deserialize;

use crate::{
    azure::arm::{Arm, ArmError, Call, Operation, Quota},
    domain::{text::FreeText, vm::SubscriptionId},
};

static LIST: Operation = Operation {
    name: "subscriptions",
    method: reqwest::Method::GET,
    api_version: "2022-12-01",
    action: "Microsoft.Resources/subscriptions/read",
    quota: Quota::Reads,
};

/// A subscription that the identity can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub name: Option<FreeText>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    subscription_id: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    state: Option<String>,
}

impl Arm {
    /// The subscriptions that the identity can read, without those that are switched off.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, ArmError> {
        let call = Call::new(&LIST, "/subscriptions".to_owned());
        let found = self.all(&call).await?;
        Ok(found.into_iter().filter_map(read).collect())
    }
}

fn read(value: serde_json::Value) -> Option<Subscription> {
    let body: Body = serde_json::from_value(value).ok()?;
    if matches!(body.state.as_deref(), Some("Disabled" | "Deleted")) {
        return None;
    }
    Some(Subscription {
        id: SubscriptionId::new(&body.subscription_id)?,
        name: body.display_name.as_deref().and_then(FreeText::new),
    })
}

//! The Activity Log: who did what to a resource. Its entries appear some minutes after the deed, and are kept for
//! 90 days. Must not know what somebody wants to find out, or what is said of it.

use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::Value;

use super::{
    arm::{Arm, ArmError, Call, Operation, Quota},
    jit::{instant, or_default},
};
use crate::{
    clock::Instant,
    domain::{text::FreeText, vm::SubscriptionId},
};

static LIST: Operation = Operation {
    name: "activity-log",
    method: reqwest::Method::GET,
    api_version: "2015-04-01",
    action: "Microsoft.Insights/eventtypes/values/read",
    quota: Quota::Reads,
};

/// What part of the log is read. The log takes one such term besides the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// One resource, by its id.
    Resource(String),
    /// All of a resource group, also parts of resources.
    Group(String),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub at: Instant,
    /// A person's principal name, or the object id of an application.
    pub caller: Option<FreeText>,
    /// The RBAC action, such as `Microsoft.Security/locations/jitNetworkAccessPolicies/write`.
    pub operation: String,
    /// The lower-cased id of the resource.
    pub resource: String,
    pub outcome: Outcome,
    /// Azure's correlation id, which stood on the call's answer too.
    pub correlation: String,
}

/// How far a deed got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Started or accepted: there is a later entry, or there will be.
    UnderWay,
    Succeeded,
    Failed,
    Other,
}

impl Deed {
    /// Whether it is this RBAC action, in any case.
    pub fn is(&self, operation: &str) -> bool {
        self.operation.eq_ignore_ascii_case(operation)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    event_timestamp: String,
    #[serde(default, deserialize_with = "or_default")]
    caller: String,
    operation_name: Named,
    #[serde(default, deserialize_with = "or_default")]
    status: Named,
    #[serde(default, deserialize_with = "or_default")]
    resource_id: String,
    #[serde(default, deserialize_with = "or_default")]
    correlation_id: String,
}

#[derive(Debug, Default, Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "or_default")]
    value: String,
}

impl Arm {
    /// What the log has about `about` from one instant to another, newest first. An entry that cannot be read is
    /// left out.
    pub async fn deeds(
        &self,
        subscription: &SubscriptionId,
        about: &About,
        from: Instant,
        until: Instant,
    ) -> Result<Vec<Deed>, ArmError> {
        let stamp = |at: Instant| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let term = match about {
            About::Resource(id) => format!("resourceUri eq '{}'", quoted(id)),
            About::Group(name) => format!("resourceGroupName eq '{}'", quoted(name)),
        };
        let filter = format!(
            "eventTimestamp ge '{}' and eventTimestamp le '{}' and {term}",
            stamp(from),
            stamp(until)
        );
        let path = format!(
            "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values"
        );
        let mut call = Call::new(&LIST, path).of(subscription).in_background();
        call.query.push(("$filter", filter));
        call.query.push((
            "$select",
            "eventTimestamp,caller,operationName,status,resourceId,correlationId".to_owned(),
        ));
        let mut deeds: Vec<_> = self.all(&call).await?.iter().filter_map(deed).collect();
        deeds.sort_by_key(|deed| std::cmp::Reverse(deed.at));
        Ok(deeds)
    }
}

/// A quote inside a quoted text is doubled (OData, 5.1.1.6.2).
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

fn deed(value: &Value) -> Option<Deed> {
    let body = Body::deserialize(value).ok()?;
    Some(Deed {
        at: instant(&body.event_timestamp)?,
        caller: FreeText::new(&body.caller),
        operation: FreeText::new(&body.operation_name.value)?.to_string(),
        resource: body.resource_id.to_lowercase(),
        outcome: match body.status.value.to_ascii_lowercase().as_str() {
            "started" | "accepted" | "active" | "in progress" => Outcome::UnderWay,
            "succeeded" | "resolved" => Outcome::Succeeded,
            "failed" => Outcome::Failed,
            _ => Outcome::Other,
        },
        correlation: body.correlation_id,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_read_and_rubbish_is_left_out() {
        // The members that the log's documentation shows; `status` in the spelling of recorded entries.
        let read = deed(&json!({
            "caller": "eve@contoso.example",
            "correlationId": "b5768deb-836b-41cc-803e-3f4de2f9e40b",
            "eventTimestamp": "2026-11-25T10:00:00.1234567Z",
            "operationName": {"value": "Microsoft.Security/locations/jitNetworkAccessPolicies/write", "localizedValue": "x"},
            "resourceId": "/subscriptions/S/resourceGroups/G",
            "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
        }))
        .unwrap();
        assert_eq!(
            read.caller.as_ref().map(FreeText::as_str),
            Some("eve@contoso.example")
        );
        assert!(read.is("microsoft.security/locations/jitnetworkaccesspolicies/WRITE"));
        assert_eq!(
            (read.outcome, read.resource.as_str()),
            (Outcome::Succeeded, "/subscriptions/s/resourcegroups/g")
        );
        for rubbish in [
            json!(null),
            json!({}),
            json!({"eventTimestamp": "soon", "operationName": {"value": "x"}}),
        ] {
            assert_eq!(deed(&rubbish), None, "{rubbish}");
        }
        let bare = deed(
            &json!({"eventTimestamp": "2026-11-25T10:00:00Z", "operationName": {"value": "x"}, "caller": null,
            "status": null}),
        );
        assert_eq!(bare.unwrap().outcome, Outcome::Other);
    }

    #[test]
    fn a_quote_cannot_end_the_filter() {
        assert_eq!(quoted("o'neil"), "o''neil");
    }
}

//! The Activity Log: who did what, readable some minutes later.
//!
//! Must not know: HTTP.

use serde_json::{Value, json};

use crate::clock::Instant;

/// One entry of the log.
#[derive(Debug, Clone)]
pub(crate) struct Activity {
    pub at: Instant,
    pub subscription: String,
    pub group: String,
    pub resource: String,
    /// The RBAC action, which is also the operation's name.
    pub action: &'static str,
    pub title: &'static str,
    pub status: &'static str,
    /// An object id for an application, a principal name for a person.
    pub caller: String,
    pub correlation: String,
    pub justification: Option<String>,
}

impl Activity {
    pub(crate) fn document(&self) -> Value {
        let id = format!(
            "{}/events/{}/ticks/{}",
            self.resource,
            self.correlation,
            self.at.timestamp_millis()
        );
        json!({
            "caller": self.caller,
            "channels": "Operation",
            "correlationId": self.correlation,
            "eventDataId": self.correlation,
            "eventName": {"value": "EndRequest", "localizedValue": "End request"},
            "category": {"value": "Administrative", "localizedValue": "Administrative"},
            "eventTimestamp": super::stamp(self.at),
            "id": id,
            "level": "Informational",
            "operationId": self.correlation,
            "operationName": {"value": self.action, "localizedValue": self.title},
            "resourceGroupName": self.group,
            "resourceProviderName": {"value": "Microsoft.Security", "localizedValue": "Microsoft Security"},
            "resourceType": {
                "value": "Microsoft.Security/locations/jitNetworkAccessPolicies",
                "localizedValue": "Microsoft.Security/locations/jitNetworkAccessPolicies",
            },
            "resourceId": self.resource,
            "status": {"value": self.status, "localizedValue": self.status},
            "submissionTimestamp": super::stamp(self.at),
            "subscriptionId": self.subscription,
            "properties": {
                "eventCategory": "Administrative",
                "entity": self.resource,
                "Justification": self.justification,
                "User": self.caller,
            },
        })
    }
}

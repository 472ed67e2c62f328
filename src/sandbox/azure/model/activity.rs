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
    /// The action without its last part, and the provider in front.
    fn kind(&self) -> (&'static str, &'static str) {
        let kind = self.action.strip_suffix("/action").unwrap_or(self.action);
        let kind = kind.rsplit_once('/').map_or(kind, |(kind, _)| kind);
        (kind, kind.split('/').next().unwrap_or(kind))
    }

    /// The resource provider, as the log's filter names it.
    pub(crate) fn provider(&self) -> &'static str {
        self.kind().1
    }

    pub(crate) fn document(&self) -> Value {
        let id = format!(
            "{}/events/{}/ticks/{}",
            self.resource,
            self.correlation,
            self.at.timestamp_millis()
        );
        let (kind, provider) = self.kind();
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
            "resourceProviderName": {"value": provider, "localizedValue": provider.replace('.', " ")},
            "resourceType": {"value": kind, "localizedValue": kind},
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

//! The calls that open and close, as Azure got them.

use chrono::{DateTime, Utc};
use portcullis::{domain::record::WindowFacts, sandbox::azure::AzureEmulator};
use serde_json::Value;

/// One door of one `initiate` call.
pub(crate) struct Call {
    pub at: DateTime<Utc>,
    /// Whether it changed anything.
    pub effect: bool,
    /// Whether Azure has said that it did nothing.
    pub refused: bool,
    pub vm: String,
    pub port: u16,
    pub source: String,
    pub ends_at: DateTime<Utc>,
    pub justification: String,
}

impl Call {
    pub(crate) fn is_close(&self) -> bool {
        self.justification.contains("[portcullis close ")
    }

    /// Whether it is about this window: the opening names its request, the close the window itself.
    pub(crate) fn is_for(&self, window: &WindowFacts) -> bool {
        let marker = if self.is_close() {
            window.id.to_string()
        } else {
            window.request.id.to_string()
        };
        self.vm == window.vm.key()
            && self.port == window.port.number()
            && self.justification.contains(&marker)
    }
}

/// All of them, in the order in which they arrived.
pub(crate) fn calls(azure: &AzureEmulator) -> Vec<Call> {
    let mut found = Vec::new();
    for call in azure.calls("initiate") {
        let body = call.body.unwrap_or_default();
        for vm in array(&body["virtualMachines"]) {
            for port in array(&vm["ports"]) {
                found.push(Call {
                    at: call.at,
                    effect: call.effect,
                    refused: call.status.is_some_and(|status| (400..500).contains(&status)),
                    vm: text(&vm["id"]).to_lowercase(),
                    port: port["number"]
                        .as_u64()
                        .and_then(|number| u16::try_from(number).ok())
                        .expect("a port is a number"),
                    source: text(&port["allowedSourceAddressPrefix"]).to_owned(),
                    ends_at: text(&port["endTimeUtc"]).parse().unwrap(),
                    justification: text(&body["justification"]).to_owned(),
                });
            }
        }
    }
    found
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is always sent")
}

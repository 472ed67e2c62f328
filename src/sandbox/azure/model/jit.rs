//! JIT policies and the requests made under them.
//!
//! Must not know: HTTP. What time does to them is in `settle.rs`.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// A JIT network access policy.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub id: String,
    pub name: String,
    pub group: String,
    pub subscription: String,
    pub region: String,
    pub kind: Option<String>,
    pub machines: Vec<PolicyMachine>,
    /// Not in the order of time, as recorded.
    pub requests: Vec<AccessRequest>,
    pub provisioning: Provisioning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provisioning {
    Updating { until: Instant },
    Succeeded,
    Failed,
}

impl Provisioning {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Updating { .. } => "Updating",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicyMachine {
    pub id: String,
    pub ports: Vec<PolicyPort>,
    /// The firewall's address, for a machine behind one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_ip_address: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyPort {
    pub number: u16,
    /// `TCP`, `UDP` or `*`.
    pub protocol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_source_address_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_source_address_prefixes: Option<Vec<String>>,
    /// ISO 8601, `PT5M` to `P1D`.
    pub max_request_access_duration: String,
}

impl PolicyPort {
    /// A port open to any source for at most `longest` (ISO 8601).
    pub fn any_source(number: u16, longest: &str) -> Self {
        Self {
            number,
            protocol: "*".to_owned(),
            allowed_source_address_prefix: Some("*".to_owned()),
            allowed_source_address_prefixes: None,
            max_request_access_duration: longest.to_owned(),
        }
    }

    /// The sources that the policy allows, in one list.
    pub fn allowed(&self) -> impl Iterator<Item = &str> {
        let one = self.allowed_source_address_prefix.as_deref();
        let many = self.allowed_source_address_prefixes.iter().flatten();
        one.into_iter().chain(many.map(String::as_str))
    }

    /// The protocol as a network security rule writes it.
    pub fn rule_protocol(&self) -> &'static str {
        match self.protocol.as_str() {
            "TCP" => "Tcp",
            "UDP" => "Udp",
            _ => "*",
        }
    }
}

/// One accepted `initiate`.
#[derive(Debug, Clone)]
pub(crate) struct AccessRequest {
    /// As answered: seven digits of a second, never two alike.
    pub start_text: String,
    /// Empty for an application, the principal name for a person.
    pub requestor: String,
    pub justification: Option<String>,
    pub machines: Vec<RequestMachine>,
}

#[derive(Debug, Clone)]
pub(crate) struct RequestMachine {
    pub id: String,
    pub ports: Vec<RequestPort>,
}

#[derive(Debug, Clone)]
pub(crate) struct RequestPort {
    pub number: u16,
    pub source: String,
    /// As the caller wrote it; it is echoed.
    pub end_text: String,
    pub end: Instant,
    pub status: Status,
    pub reason: Reason,
    pub mapped_port: Option<u16>,
    pub opens: Opens,
    /// Set by a fault: the rule stays after the end.
    pub never_ends: bool,
    /// The name of the allow rule, from the moment that it stands.
    pub rule: Option<String>,
}

impl RequestPort {
    /// Whether time can still change it.
    pub(crate) fn is_live(&self) -> bool {
        self.status != Status::Revoked
    }
}

/// When an `Initiating` port turns `Initiated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    At(Instant),
    /// After so many more reads of the policy.
    AfterReads(u32),
    /// Stuck.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Status {
    Initiating,
    Initiated,
    Revoked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Reason {
    UserRequested,
    Expired,
    NewerRequestInitiated,
}

//! One request in Azure, for one VM and one port: somebody's, not only ours.

use chrono::{DateTime, Utc};
use ipnet::Ipv4Net;

use super::wire::{RequestBody, instant, network};
use crate::domain::{port::Port, text::FreeText, vm::VmId};

/// One (VM, port) of one request, as Azure shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct JitRequest {
    pub vm: VmId,
    pub port: Port,
    /// When Azure took the request; with VM and port it is the only thing like an id that Azure has.
    pub start: Option<DateTime<Utc>>,
    pub ends_at: DateTime<Utc>,
    /// The sources that could be read; empty for `*` and for what is no IPv4 network.
    pub sources: Vec<Ipv4Net>,
    pub justification: Option<FreeText>,
    /// A user's name, or nothing where an application asked (recorded traffic).
    pub requestor: Option<FreeText>,
    pub status: JitStatus,
    pub reason: JitReason,
    /// The outside port where an Azure Firewall stands in front.
    pub mapped_port: Option<Port>,
}

/// Azure's `status`. The specification lacks `Initiating`, so any other value is expected too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JitStatus {
    Initiating,
    Initiated,
    Revoked,
    Other(String),
}

/// Azure's `statusReason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JitReason {
    UserRequested,
    Expired,
    NewerRequestInitiated,
    Other(String),
}

impl JitStatus {
    fn read(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "initiating" => Self::Initiating,
            "initiated" => Self::Initiated,
            "revoked" => Self::Revoked,
            _ => Self::Other(word(text)),
        }
    }
}

impl JitReason {
    fn read(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "userrequested" => Self::UserRequested,
            "expired" => Self::Expired,
            "newerrequestinitiated" => Self::NewerRequestInitiated,
            _ => Self::Other(word(text)),
        }
    }
}

/// An unknown word of Azure, fit to be shown.
fn word(text: &str) -> String {
    FreeText::new(text)
        .map(|text| text.as_str().chars().take(60).collect())
        .unwrap_or_default()
}

/// The requests in `body`, one for each VM and port, or `None` where one of them cannot be understood.
pub(super) fn flatten(body: &RequestBody) -> Option<Vec<JitRequest>> {
    let start = instant(&body.start_time_utc);
    let justification = FreeText::new(&body.justification);
    let requestor = FreeText::new(&body.requestor);
    let mut found = Vec::new();
    for vm in &body.virtual_machines {
        let id: VmId = vm.id.parse().ok()?;
        for port in &vm.ports {
            found.push(JitRequest {
                vm: id.clone(),
                port: Port::new(port.number)?,
                start,
                ends_at: instant(&port.end_time_utc)?,
                sources: port.sources.texts().filter_map(network).collect(),
                justification: justification.clone(),
                requestor: requestor.clone(),
                status: JitStatus::read(&port.status),
                reason: JitReason::read(&port.status_reason),
                mapped_port: port.mapped_port.and_then(Port::new),
            });
        }
    }
    Some(found)
}

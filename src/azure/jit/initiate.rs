//! The call that opens windows. It leaves at most once: trying again is the caller's decision, after a read-back.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    API_VERSION,
    read::malformed,
    request::{JitStatus, flatten},
    wire::{RequestBody, instant},
};
use crate::{
    azure::arm::{Arm, ArmError, Call, Operation, Quota},
    domain::{
        Instant,
        port::Port,
        source::Source,
        vm::{JitPolicyId, VmId},
        window::Window,
    },
};

static INITIATE: Operation = Operation {
    name: "initiate",
    method: reqwest::Method::POST,
    api_version: API_VERSION,
    action: "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action",
    quota: Quota::Writes,
};

/// One port to open: exactly what was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitiatePort {
    pub vm: VmId,
    pub port: Port,
    pub source: Source,
    /// Absolute, fixed at approval: sent again it is the same, so a late twin changes nothing.
    pub ends_at: Instant,
}

impl From<&Window> for InitiatePort {
    fn from(window: &Window) -> Self {
        Self {
            vm: window.vm.clone(),
            port: window.port,
            source: window.source,
            ends_at: window.ends_at,
        }
    }
}

/// What Azure answered to `initiate`: taken, not yet open.
#[derive(Debug, Clone, PartialEq)]
pub struct Initiated {
    /// Azure's `startTimeUtc`.
    pub start: Option<DateTime<Utc>>,
    pub ports: Vec<InitiatedPort>,
}

/// One port of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct InitiatedPort {
    pub vm: VmId,
    pub port: Port,
    pub status: JitStatus,
    pub mapped_port: Option<Port>,
}

impl Arm {
    /// Asks Azure to open `ports` of one JIT policy, with one call. Azure answers 202 and opens within about a minute.
    ///
    /// An error of which [`ArmError::may_have_happened`] is true leaves open whether Azure took it.
    pub async fn initiate(
        &self,
        id: &JitPolicyId,
        ports: &[InitiatePort],
        justification: &str,
    ) -> Result<Initiated, ArmError> {
        let call = Call::new(&INITIATE, format!("{id}/initiate"))
            .of(id.subscription())
            .with_body(body(ports, justification));
        let answer = self.one::<RequestBody>(&call).await?;
        let flat = flatten(&answer).ok_or_else(|| malformed("its ports cannot be read".to_owned()))?;
        Ok(Initiated {
            start: instant(&answer.start_time_utc),
            ports: flat
                .into_iter()
                .map(|port| InitiatedPort {
                    vm: port.vm,
                    port: port.port,
                    status: port.status,
                    mapped_port: port.mapped_port,
                })
                .collect(),
        })
    }
}

/// The body: one element for each VM. The source is always named, because Azure would put the bot's own address
/// where it is missing.
fn body(ports: &[InitiatePort], justification: &str) -> Value {
    let mut machines: Vec<(&VmId, Vec<Value>)> = Vec::new();
    for port in ports {
        let wire = json!({
            "number": port.port.number(),
            "allowedSourceAddressPrefix": port.source.to_string(),
            "endTimeUtc": port.ends_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        match machines.iter_mut().find(|(vm, _)| *vm == &port.vm) {
            Some((_, list)) => list.push(wire),
            None => machines.push((&port.vm, vec![wire])),
        }
    }
    let machines: Vec<_> = machines
        .into_iter()
        .map(|(vm, ports)| json!({"id": vm.to_string(), "ports": ports}))
        .collect();
    json!({"virtualMachines": machines, "justification": justification})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::jit::testing::VM;

    #[test]
    fn the_body_names_source_and_absolute_end_of_every_port() {
        let port = |number, source: &str| InitiatePort {
            vm: VM.parse().unwrap(),
            port: Port::new(number).unwrap(),
            source: source.parse().unwrap(),
            ends_at: "2026-11-22T10:00:00.25Z".parse().unwrap(),
        };
        let other = InitiatePort {
            vm: VM.replace("testService", "other").parse().unwrap(),
            ..port(443, "198.51.100.7")
        };
        let sent = body(
            &[port(22, "198.51.100.7"), other, port(3389, "198.51.100.0/24")],
            "INC-42",
        );
        let end = "2026-11-22T10:00:00.250Z";
        assert_eq!(
            sent,
            json!({"justification":"INC-42","virtualMachines":[
                {"id":VM,"ports":[
                    {"number":22,"allowedSourceAddressPrefix":"198.51.100.7","endTimeUtc":end},
                    {"number":3389,"allowedSourceAddressPrefix":"198.51.100.0/24","endTimeUtc":end}]},
                {"id":VM.replace("testService", "other"),"ports":[
                    {"number":443,"allowedSourceAddressPrefix":"198.51.100.7","endTimeUtc":end}]}]})
        );
    }
}

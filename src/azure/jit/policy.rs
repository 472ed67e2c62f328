//! A JIT policy as Azure shows it: what it allows, and the requests that it remembers.

use std::{net::Ipv4Addr, time::Duration};

use super::{
    request::{JitRequest, flatten},
    wire::{self, PolicyBody, PolicyPort, PolicyVm, RequestBody},
};
use crate::domain::{
    jit_policy::Contents,
    port::Port,
    vm::{AllowedSources, JitPolicyId, JitPort, NotAnArmId, Protocol, VmId},
};

/// A JIT policy at the moment of reading.
#[derive(Debug, Clone, PartialEq)]
pub struct JitPolicyState {
    pub id: JitPolicyId,
    /// The region in Azure's short form.
    pub location: String,
    pub provisioning: Provisioning,
    pub entries: Vec<JitVm>,
    /// The newest first. Azure keeps old ones for weeks, in no order.
    pub requests: Vec<JitRequest>,
    /// The JSON of requests that could not be read: one of ours may be among them.
    pub unreadable: Vec<String>,
}

/// One VM of a JIT policy.
#[derive(Debug, Clone, PartialEq)]
pub struct JitVm {
    pub vm: VmId,
    pub ports: Vec<JitPort>,
    /// The public address of the Azure Firewall in front of the VM.
    pub firewall: Option<Ipv4Addr>,
}

/// Azure's `provisioningState` of a JIT policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provisioning {
    Succeeded,
    Updating,
    Failed,
    Other,
}

impl JitPolicyState {
    /// The limits of `port` on `vm`.
    pub fn port(&self, vm: &VmId, port: Port) -> Option<&JitPort> {
        let entry = self.entries.iter().find(|entry| entry.vm == *vm)?;
        entry.ports.iter().find(|jit| jit.port == port)
    }

    /// What it allows, in the form in which two pictures of it are compared.
    pub fn contents(&self) -> Contents {
        Contents::new(
            self.entries
                .iter()
                .map(|entry| (entry.vm.clone(), entry.ports.clone())),
        )
    }

    pub(super) fn read(body: PolicyBody) -> Result<Self, NotAnArmId> {
        let id = body.id.parse()?;
        let (vms, _) = wire::each::<PolicyVm>(body.properties.virtual_machines);
        let mut requests = Vec::new();
        let mut unreadable = Vec::new();
        for value in body.properties.requests {
            match RequestBody::try_from_value(&value).and_then(|body| flatten(&body)) {
                Some(found) => requests.extend(found),
                None => unreadable.push(value.to_string()),
            }
        }
        requests.sort_by_key(|request: &JitRequest| std::cmp::Reverse(request.start));
        Ok(Self {
            id,
            location: normal_location(&body.location),
            provisioning: provisioning(&body.properties.provisioning_state),
            entries: vms.into_iter().filter_map(entry).collect(),
            requests,
            unreadable,
        })
    }
}

/// `West US` and `westus` are one region.
pub(crate) fn normal_location(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_lowercase())
        .collect()
}

/// Azure's word for how far a JIT policy is.
pub(super) fn provisioning(text: &str) -> Provisioning {
    match text {
        "Succeeded" => Provisioning::Succeeded,
        "Updating" => Provisioning::Updating,
        "Failed" => Provisioning::Failed,
        _ => Provisioning::Other,
    }
}

pub(super) fn entry(vm: PolicyVm) -> Option<JitVm> {
    let (ports, _) = wire::each::<PolicyPort>(vm.ports);
    Some(JitVm {
        vm: vm.id.parse().ok()?,
        ports: ports.iter().filter_map(port).collect(),
        firewall: vm.public_ip_address.trim().parse().ok(),
    })
}

/// A port whose limits cannot be understood is left out: nothing is asked of Azure that cannot be checked first.
pub(super) fn port(port: &PolicyPort) -> Option<JitPort> {
    Some(JitPort {
        port: Port::new(port.number)?,
        protocol: match port.protocol.to_ascii_uppercase().as_str() {
            "TCP" => Protocol::Tcp,
            "UDP" => Protocol::Udp,
            _ => Protocol::Any,
        },
        sources: allowed(&mut port.sources.texts()),
        max: max(&port.max_request_access_duration)?,
    })
}

fn allowed(texts: &mut dyn Iterator<Item = &str>) -> AllowedSources {
    let mut any = None;
    let mut nets = Vec::new();
    for text in texts {
        any = any.or(Some(false));
        match wire::network(text) {
            Some(net) if net.prefix_len() > 0 => nets.push(net),
            Some(_) => any = Some(true),
            None if matches!(text, "*" | "Any" | "any" | "Internet") => any = Some(true),
            // IPv6 and service tags: nothing that a request of ours could be inside of.
            None => {}
        }
    }
    match any {
        // A policy that names no source allows all of them.
        None | Some(true) => AllowedSources::Any,
        Some(false) => AllowedSources::Only(nets),
    }
}

/// An ISO 8601 duration without months and years, as the API has it: `PT3H`, `P1D`.
fn max(text: &str) -> Option<Duration> {
    let parsed = speedate::Duration::parse_str(text).ok()?;
    let seconds = u64::try_from(parsed.signed_total_seconds()).ok()?;
    (seconds > 0 && text.starts_with('P')).then(|| Duration::from_secs(seconds))
}

impl RequestBody {
    fn try_from_value(value: &serde_json::Value) -> Option<Self> {
        serde::Deserialize::deserialize(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::azure::jit::{
        request::{JitReason, JitStatus},
        testing::{POLICY, VM, policy},
    };

    #[test]
    fn a_recorded_policy_is_read() {
        // The shape and the odd values of a recorded list: unsorted requests, 5 to 7 digits, an empty requestor.
        let state = policy(json!({
            "virtualMachines": [{"id": VM, "ports": [
                {"number":22,"protocol":"*","allowedSourceAddressPrefix":"*","maxRequestAccessDuration":"PT3H"},
                {"number":3389,"protocol":"TCP","allowedSourceAddressPrefixes":["10.0.0.0/8","2001:db8::/32"],"maxRequestAccessDuration":"P1D"}]}],
            "requests": [
                {"virtualMachines":[{"id":VM.to_uppercase(),"ports":[{"number":3389,"allowedSourceAddressPrefix":"167.220.196.64",
                    "endTimeUtc":"2018-07-16T20:25:38.5048217Z","status":"Revoked","statusReason":"Expired"}]}],
                 "startTimeUtc":"2018-07-16T17:25:39.1160131Z","requestor":""},
                {"virtualMachines":[{"id":VM,"ports":[{"number":3389,"allowedSourceAddressPrefix":"167.220.196.64",
                    "endTimeUtc":"2018-07-22T15:51:55.21337Z","status":"Initiating","statusReason":"UserRequested","mappedPort":50001}]}],
                 "startTimeUtc":"2018-07-22T12:51:56.3821741Z","requestor":"redacted@example.com"}],
            "provisioningState":"Succeeded","appendMode":false}));
        assert_eq!(
            (state.location.as_str(), state.provisioning),
            ("northeurope", Provisioning::Succeeded)
        );
        let vm: VmId = VM.parse().unwrap();
        let ssh = state.port(&vm, Port::new(22).unwrap()).unwrap();
        assert_eq!(
            (&ssh.sources, ssh.max.as_secs()),
            (&AllowedSources::Any, 3 * 3600)
        );
        let rdp = state.port(&vm, Port::new(3389).unwrap()).unwrap();
        assert_eq!(
            rdp.sources,
            AllowedSources::Only(vec!["10.0.0.0/8".parse().unwrap()])
        );
        assert_eq!((rdp.protocol, rdp.max.as_secs()), (Protocol::Tcp, 86_400));
        let [newest, oldest] = state.requests.as_slice() else {
            panic!("{:?}", state.requests)
        };
        assert_eq!(
            (&newest.status, newest.mapped_port.map(Port::number)),
            (&JitStatus::Initiating, Some(50001))
        );
        assert_eq!(
            newest.requestor.as_ref().unwrap().as_str(),
            "redacted@example.com"
        );
        assert_eq!(
            (&oldest.reason, &oldest.requestor, &oldest.vm),
            (&JitReason::Expired, &None, &vm)
        );
    }

    #[test]
    fn what_cannot_be_read_hides_nothing_else() {
        let state = policy(json!({
            "virtualMachines": [
                {"id": "nonsense", "ports": []},
                {"ports": 7},
                {"id": VM, "ports": [
                    {"number":0,"protocol":"*","maxRequestAccessDuration":"PT3H"},
                    {"number":23,"protocol":"*","maxRequestAccessDuration":"3 hours"},
                    {"number":24,"protocol":null,"maxRequestAccessDuration":"-PT1H"},
                    {"number":99999},
                    {"number":22,"protocol":null,"allowedSourceAddressPrefixes":null,"maxRequestAccessDuration":"PT5M"}]}],
            "requests": [{"virtualMachines":[{"id":VM,"ports":[{"number":22,"endTimeUtc":"soon"}]}],"justification":"x"}],
        }));
        let [entry] = state.entries.as_slice() else {
            panic!("{:?}", state.entries)
        };
        assert_eq!(entry.ports.len(), 1);
        assert!(state.requests.is_empty());
        assert_eq!(state.unreadable.len(), 1);
        assert_eq!(state.provisioning, Provisioning::Other);
        assert_eq!(state.id, POLICY.parse().unwrap());
    }

    #[test]
    fn lists_that_are_null_are_empty() {
        let state = policy(json!({"virtualMachines":null,"requests":null,"provisioningState":null}));
        assert!(state.entries.is_empty() && state.requests.is_empty());
    }
}

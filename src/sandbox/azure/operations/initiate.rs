//! Requesting access: 202 with `Initiating` and nothing to poll but the JIT policy itself.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use ipnet::Ipv4Net;
use serde::Deserialize;

use crate::{
    clock::Instant,
    sandbox::azure::{
        answer::{Answer, Refusal, Result},
        call::{Call, Twist},
        model::{
            Model,
            activity::Activity,
            identity::Identity,
            jit::{AccessRequest, Opens, Policy, PolicyPort, Reason, RequestMachine, RequestPort, Status},
            resources::{Plan, key},
        },
        options::Opening,
        route::PolicyPath,
    },
};

use super::{jit_put, jit_read};

/// Policy name and machine name together, as they go into a rule's description of 140 characters.
const NAMES_LENGTH_MAX: usize = 56;

/// Unknown members are ignored, as the service does: a plural `allowedSourceAddressPrefixes` has no effect.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    virtual_machines: Vec<BodyMachine>,
    justification: Option<String>,
}

#[derive(Debug, Deserialize)]
struct BodyMachine {
    id: String,
    ports: Vec<BodyPort>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyPort {
    number: u16,
    end_time_utc: String,
    allowed_source_address_prefix: Option<String>,
}

pub(super) fn initiate(model: &mut Model, call: &Call, who: &Identity, path: &PolicyPath) -> Result<Answer> {
    let policy = jit_read::find(model, path)?.clone();
    let body: Body = call.json()?;
    let machines = body
        .virtual_machines
        .iter()
        .map(|machine| check_machine(model, call, &policy, machine))
        .collect::<Result<Vec<_>>>()?;
    check_repeats(&machines)?;
    if machines.iter().all(|machine| machine.ports.is_empty()) {
        return Err(refused("The provided access request contains no port."));
    }
    let request = AccessRequest {
        start_text: model.start_text(call.now),
        // An application has no principal name, and the service then leaves this empty.
        requestor: String::new(),
        justification: body.justification,
        machines,
    };
    model.activity.push(Activity {
        at: call.now,
        subscription: policy.subscription.clone(),
        group: policy.group.clone(),
        resource: policy.id.clone(),
        action: "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action",
        title: "Initiate JIT Network Access Policy",
        status: "Succeeded",
        caller: who.object_id.clone(),
        correlation: call.correlation.clone(),
        justification: request.justification.clone(),
    });
    let document = jit_read::request_document(&request);
    match call.twist {
        Some(Twist::ForgetsNewer) => {
            let request = model.without_taken(&policy.id, request);
            model.accept(&policy.id, request);
        }
        Some(Twist::KeepsOlder) => model.list(&policy.id, request),
        Some(Twist::Stuck | Twist::NeverEnds) | None => model.accept(&policy.id, request),
    }
    Ok(Answer::new(StatusCode::ACCEPTED, Some(document)).changed())
}

impl Model {
    /// Puts a request into a JIT policy; older ones for the same machine and port give way.
    pub(in crate::sandbox::azure) fn accept(&mut self, policy: &str, request: AccessRequest) {
        for machine in &request.machines {
            for port in &machine.ports {
                let reason = Reason::NewerRequestInitiated;
                self.revoke(policy, &machine.id, port.number, reason);
            }
        }
        self.list(policy, request);
    }

    /// Puts a request into a JIT policy beside all that are there.
    fn list(&mut self, policy: &str, request: AccessRequest) {
        if request.machines.is_empty() {
            return;
        }
        if let Some(policy) = self.world.policies.get_mut(&key(policy)) {
            // Recorded lists are not in the order of time, so ours is not either.
            let middle = policy.requests.len() / 2;
            policy.requests.insert(middle, request);
        }
        self.watch(policy);
    }

    /// The request without the ports that have a window.
    fn without_taken(&self, policy: &str, mut request: AccessRequest) -> AccessRequest {
        let policy = self.world.policies.get(&key(policy));
        let taken: BTreeSet<(String, u16)> = policy
            .iter()
            .flat_map(|policy| &policy.requests)
            .flat_map(|request| &request.machines)
            .flat_map(|machine| machine.ports.iter().map(move |port| (machine, port)))
            .filter(|(_, port)| port.is_live())
            .map(|(machine, port)| (key(&machine.id), port.number))
            .collect();
        for machine in &mut request.machines {
            let id = key(&machine.id);
            machine
                .ports
                .retain(|port| !taken.contains(&(id.clone(), port.number)));
        }
        request.machines.retain(|machine| !machine.ports.is_empty());
        request
    }

    /// When a port requested now will open.
    pub(in crate::sandbox::azure) fn opens(&self, now: Instant) -> Opens {
        match self.timing.opening {
            Opening::After(delay) => Opens::At(now + delay),
            Opening::AfterReads(reads) => Opens::AfterReads(reads),
        }
    }

    /// The outside port that a firewall leads to a machine's port; one that is free.
    pub(in crate::sandbox::azure) fn mapped_port(&self, machine: &str, number: u16) -> Option<u16> {
        let machine = self.machine(machine)?;
        let firewall = self.firewall_of(machine)?;
        let taken: BTreeSet<u16> = firewall
            .translations
            .iter()
            .map(|rule| rule.outside_port)
            .collect();
        let first = 10_000_u16.saturating_add(number);
        (first..=u16::MAX).find(|port| !taken.contains(port))
    }
}

fn check_machine(model: &Model, call: &Call, policy: &Policy, asked: &BodyMachine) -> Result<RequestMachine> {
    let name = asked.id.rsplit('/').next().unwrap_or_default();
    if policy.machine(&asked.id).is_none() {
        return Err(refused(format!(
            "The provided access request contains a virtual machine '{name}' that is not in the policy '{}'.",
            policy.name
        )));
    }
    let Some(machine) = model.machine(&asked.id) else {
        return Err(refused(format!("The virtual machine '{name}' was not found.")));
    };
    if model.plan_of(machine) != Plan::P2 {
        return Err(refused(format!(
            "Just-In-Time Network Access needs Microsoft Defender for Servers Plan 2 on the virtual machine '{name}'."
        )));
    }
    if policy.name.chars().count() + name.chars().count() > NAMES_LENGTH_MAX {
        return Err(refused(format!(
            "The names of the policy '{}' and of the virtual machine '{name}' are too long together.",
            policy.name
        )));
    }
    let ports = asked
        .ports
        .iter()
        .map(|port| check_port(model, call, policy, &asked.id, port));
    Ok(RequestMachine {
        id: asked.id.clone(),
        ports: ports.collect::<Result<_>>()?,
    })
}

fn check_port(
    model: &Model,
    call: &Call,
    policy: &Policy,
    machine: &str,
    asked: &BodyPort,
) -> Result<RequestPort> {
    let number = asked.number;
    let Some(port) = policy.port(machine, number) else {
        return Err(refused(format!(
            "The provided access request contains a port {number} that is not in the policy '{}'.",
            policy.name
        )));
    };
    let end = check_end(call, port, &asked.end_time_utc)?;
    let source = match &asked.allowed_source_address_prefix {
        Some(source) => source.clone(),
        // The trap that callers must avoid: the service takes the caller's own address.
        None => call.peer.to_string(),
    };
    check_source(port, &source)?;
    Ok(RequestPort {
        number,
        source,
        end_text: asked.end_time_utc.clone(),
        end,
        status: Status::Initiating,
        reason: Reason::UserRequested,
        mapped_port: model.mapped_port(machine, number),
        opens: if call.twist == Some(Twist::Stuck) {
            Opens::Never
        } else {
            model.opens(call.now)
        },
        never_ends: call.twist == Some(Twist::NeverEnds),
        rule: None,
    })
}

fn check_end(call: &Call, port: &PolicyPort, text: &str) -> Result<Instant> {
    let Ok(end) = DateTime::parse_from_rfc3339(text) else {
        return Err(Refusal::bad_request(
            "InvalidRequestContent",
            format!(
                "The request content was invalid and could not be deserialized: 'Could not convert string to DateTimeOffset: {text}.'."
            ),
        ));
    };
    let end = end.with_timezone(&Utc);
    if end <= call.now {
        return Err(refused(
            "The end time of the provided access request is in the past.",
        ));
    }
    let longest = jit_put::duration(&port.max_request_access_duration);
    if longest.is_none_or(|longest| end - call.now > longest) {
        return Err(refused(format!(
            "The end time of the provided access request is beyond the longest duration {} of the port {}.",
            port.max_request_access_duration, port.number
        )));
    }
    Ok(end)
}

fn check_source(port: &PolicyPort, source: &str) -> Result<()> {
    if source.contains(':') {
        return Err(refused(
            "The provided access request contains a source IP address in IPv6 format, which is unsupported by Just-In-Time Network Access.",
        ));
    }
    if port.allowed().any(|allowed| allowed == "*") {
        if source == "*" || network(source).is_some() {
            return Ok(());
        }
        return Err(refused(format!(
            "The source '{source}' is not a valid address prefix."
        )));
    }
    let Some(asked) = network(source) else {
        return Err(refused(format!(
            "The source '{source}' is not a valid address prefix."
        )));
    };
    let inside = port
        .allowed()
        .filter_map(network)
        .any(|allowed| allowed.contains(&asked));
    if inside {
        return Ok(());
    }
    Err(refused(format!(
        "The source '{source}' is not part of the address range that the policy allows."
    )))
}

/// An IPv4 address or network.
pub(super) fn network(text: &str) -> Option<Ipv4Net> {
    let single = || text.parse::<std::net::Ipv4Addr>().ok().map(Ipv4Net::from);
    text.parse().ok().or_else(single)
}

fn check_repeats(machines: &[RequestMachine]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for machine in machines {
        for port in &machine.ports {
            if !seen.insert((key(&machine.id), port.number)) {
                return Err(refused(format!(
                    "The provided access request names the port {} twice.",
                    port.number
                )));
            }
        }
    }
    Ok(())
}

fn refused(message: impl Into<String>) -> Refusal {
    Refusal::bad_request("BadRequest", message)
}

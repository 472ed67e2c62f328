//! The lines of what others did in Azure, and of who they were.

use std::time::Duration;

use crate::{
    chat::message::{
        limit::{counted, joined, listed},
        phrase,
        quote::{coded, quoted_within},
        trouble, when,
    },
    domain::{
        ids::RecordNumber,
        jit_policy::{Difference, Listed, Noticed},
        length::Length,
        record::Told,
        vm::{AllowedSources, JitPolicyId, JitPort, Protocol},
    },
};

/// Room for the list of differences; with all other parts a line stays well below a message.
const LIST: usize = 1200;

/// Somebody made, changed or deleted a JIT policy.
pub(super) fn policy(policy: &JitPolicyId, noticed: &Noticed) -> Vec<String> {
    let (what, list, left_out) = match noticed {
        Noticed::Created { contents, left_out } => {
            let vms: Vec<_> = contents.iter().map(vm).collect();
            ("JIT policy created", vms, *left_out)
        }
        Noticed::Changed {
            differences,
            left_out,
        } => {
            let differences: Vec<_> = differences.iter().map(difference).collect();
            ("JIT policy changed", differences, *left_out)
        }
        Noticed::Deleted => ("JIT policy deleted", Vec::new(), 0),
    };
    let mut parts = vec![what.to_owned(), named(policy), "not by Portcullis".to_owned()];
    if *noticed == Noticed::Deleted {
        parts.push("JIT guards none of its machines any more".to_owned());
    } else if list.is_empty() {
        parts.push("it lists no machine".to_owned());
    } else {
        parts.push(joined(&list, "; ", LIST));
    }
    if left_out > 0 {
        let left_out = usize::try_from(left_out).unwrap_or(usize::MAX);
        parts.push(format!(
            "and {} that are not named here",
            counted(left_out, "more", "more")
        ));
    }
    parts
}

/// Who did what an earlier record tells of.
pub(super) fn who(about: RecordNumber, told: &Told) -> Vec<String> {
    let said = match told {
        Told::By {
            caller,
            operation,
            at,
        } => {
            let caller = caller.as_ref().map_or_else(
                || "names nobody".to_owned(),
                |caller| format!("names {}", quoted_within(caller.as_str(), 150)),
            );
            format!(
                "Azure's Activity Log {caller} for {} {}",
                coded(operation, 120),
                when::time(*at)
            )
        }
        Told::Silent => "not known: Azure's Activity Log has no entry that fits".to_owned(),
        Told::Unreadable { why } => format!(
            "not known, because Azure's Activity Log could not be read: {}",
            trouble::sentence(why).trim_end_matches('.')
        ),
    };
    vec!["who it was".to_owned(), format!("about record #{about}"), said]
}

/// A JIT policy, with where it is: many have the name `default`.
pub(super) fn named(policy: &JitPolicyId) -> String {
    format!(
        "{} of group {} in {}",
        phrase::name(policy.name()),
        phrase::name(policy.group()),
        phrase::name(policy.location())
    )
}

fn vm(listed_vm: &Listed) -> String {
    let ports: Vec<_> = listed_vm.ports.iter().map(port).collect();
    format!("{}: {}", phrase::machine(&listed_vm.vm), listed(&ports, 300))
}

fn difference(difference: &Difference) -> String {
    let machine = phrase::machine(difference.vm());
    match difference {
        Difference::VmAdded { ports, .. } => {
            let ports: Vec<_> = ports.iter().map(port).collect();
            format!("{machine} added with {}", listed(&ports, 300))
        }
        Difference::VmRemoved { .. } => format!("{machine} removed, so JIT does not guard it any more"),
        Difference::PortAdded { port: added, .. } => format!("{machine}: {} added", port(added)),
        Difference::PortRemoved { port: removed, .. } => format!("{machine}: {} removed", removed.port),
        Difference::PortChanged { before, after, .. } => {
            let mut changes = Vec::new();
            if before.max != after.max {
                changes.push(format!("{} instead of {}", limit(after.max), limit(before.max)));
            }
            if before.sources != after.sources {
                changes.push(format!(
                    "from {} instead of {}",
                    sources(&after.sources),
                    sources(&before.sources)
                ));
            }
            if before.protocol != after.protocol {
                changes.push(format!(
                    "{} instead of {}",
                    protocol(after.protocol),
                    protocol(before.protocol)
                ));
            }
            format!("{machine}: {} {}", after.port, listed(&changes, 400))
        }
    }
}

fn port(jit: &JitPort) -> String {
    format!(
        "{} {} from {} over {}",
        jit.port,
        limit(jit.max),
        sources(&jit.sources),
        protocol(jit.protocol)
    )
}

pub(super) fn limit(max: Duration) -> String {
    Length::new(max).map_or_else(
        |_| format!("up to {} seconds", max.as_secs()),
        |length| format!("up to {length}"),
    )
}

fn sources(sources: &AllowedSources) -> String {
    match sources {
        AllowedSources::Any => "any source".to_owned(),
        AllowedSources::Only(nets) => {
            let nets: Vec<_> = nets.iter().map(|net| format!("`{net}`")).collect();
            listed(&nets, 150)
        }
    }
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Any => "any protocol",
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    }
}

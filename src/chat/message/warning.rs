//! What a reader of a card should know before saying yes: from the inventory, with its age.

use crate::domain::{
    vm::{Power, Vm},
    window::FoundWindow,
};

use super::{
    limit::joined,
    phrase,
    quote::{coded, quoted_within},
    view::View,
    when,
};

/// One line per warning, at most `room` wide; `None` where there is nothing to warn of.
pub(super) fn lines(view: &View<'_>, room: usize) -> Option<String> {
    let mut found = Vec::new();
    if let Some(freeze) = view.freeze {
        found.push(format!(
            "A freeze by {} is on: an approval waits until it is lifted.",
            phrase::person(&freeze.by)
        ));
    }
    for target in &view.request.targets {
        let Some(vm) = view.vm(&target.vm) else {
            found.push(format!(
                "**{}** is not in the inventory, so nothing is known of its state.",
                phrase::machine(&target.vm)
            ));
            continue;
        };
        found.extend(power(vm));
        for entry in &target.ports {
            for rule in vm.open_anyway.iter().filter(|rule| rule.port == entry.port) {
                found.push(format!(
                    "{} is open to {} all the time by the network rule {}, so JIT protects nothing there.",
                    phrase::door(&vm.id, entry.port),
                    coded(&rule.source, 60),
                    coded(&rule.rule, 80),
                ));
            }
            for rule in vm.beside_jit.iter().filter(|rule| rule.port == entry.port) {
                found.push(format!(
                    "{} is also open to {} without JIT, by the network rule {}.",
                    phrase::door(&vm.id, entry.port),
                    coded(&rule.source, 60),
                    coded(&rule.rule, 80),
                ));
            }
        }
    }
    found.extend(view.found.iter().map(|other| {
        format!(
            "{} for {} until {}, not through Portcullis. Azure keeps one request per port: opening this one may replace \
             it.",
            opened_by(other),
            coded(&other.source, 60),
            when::time(other.ends_at),
        )
    }));
    for other in view.others {
        found.push(format!(
            "{} has a window for `{}` until {} already. Azure keeps one request per port: opening this one may \
             replace it.",
            phrase::door(&other.vm, other.port),
            other.source,
            when::time(other.ends_at),
        ));
    }
    if let Some(read_at) = view.stale_since {
        found.push(format!(
            "What is said of the machines was read from Azure {}; it may have changed.",
            when::relative(read_at)
        ));
    }
    (!found.is_empty()).then(|| joined(&found, "\n", room))
}

/// What who asked should know as well, at most `room` wide.
pub(super) fn for_requester(view: &View<'_>, room: usize) -> Option<String> {
    let mut found: Vec<_> = view.vms.iter().filter_map(|vm| power(vm)).collect();
    found.extend(view.others.iter().map(|other| {
        format!(
            "Somebody has a window on {} until {} already, for `{}`. Azure keeps one request per port: when yours \
             opens, theirs ends. They are told.",
            phrase::door(&other.vm, other.port),
            when::time(other.ends_at),
            other.source,
        )
    }));
    found.extend(view.found.iter().map(|other| {
        format!(
            "{} for {} until {}, not through Portcullis. Azure keeps one request per port: when yours opens, theirs ends, \
             and Portcullis cannot tell them.",
            opened_by(other),
            coded(&other.source, 60),
            when::time(other.ends_at),
        )
    }));
    (!found.is_empty()).then(|| joined(&found, "\n", room))
}

fn opened_by(other: &FoundWindow) -> String {
    let who = match &other.requestor {
        Some(who) => quoted_within(who.as_str(), 150),
        None => "Somebody".to_owned(),
    };
    format!("{who} opened {}", phrase::door(&other.vm, other.port))
}

fn power(vm: &Vm) -> Option<String> {
    let name = phrase::machine(&vm.id);
    match vm.power {
        Power::Running | Power::Starting | Power::Unknown => None,
        Power::Stopped | Power::Stopping | Power::Deallocating | Power::Deallocated => Some(format!(
            "**{name}** is {}: the port can be opened, but nobody answers there until it runs.",
            phrase::power(vm.power)
        )),
    }
}

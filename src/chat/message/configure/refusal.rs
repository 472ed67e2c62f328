//! Why nothing is proposed, or a click does nothing.

use crate::{
    chat::message::{
        limit::{CONTENT, joined},
        phrase,
        quote::coded,
        refusal::rules::unsupported,
        rendered::Rendered,
    },
    domain::{
        configuration::{ConfirmRefusal, LeftOut, LimitRefusal, NotTouched, SourcesRefusal},
        port::{NotAPort, Port},
        source::SourceRefusal,
        vm::VmId,
    },
};

/// Which way a command goes: the same words mean another thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Guard,
    Unguard,
    Ports,
}

fn nothing(why: &str) -> Rendered {
    Rendered::text(format!("Nothing was changed. {why}"))
}

/// Only administrators change JIT policies.
pub fn not_an_administrator() -> Rendered {
    nothing(
        "Only the administrators of Portcullis can change what JIT guards. Ask one of them; `/jit request` asks for \
         access to a machine that is under JIT already.",
    )
}

/// The inventory has not been read yet.
pub fn no_inventory() -> Rendered {
    nothing(
        "Portcullis has not read the machines from Azure yet. Try again in a minute; if it stays so, look at its log.",
    )
}

/// Neither `vms` nor anything in it.
pub fn no_vm() -> Rendered {
    nothing("No machine is named. Write at least one in `vms`, several with commas, or `search:` for some.")
}

/// No machine has this name.
pub fn unknown_vm(typed: &str, near: &[VmId]) -> Rendered {
    let next = if near.is_empty() {
        "Pick a name that is offered while you type.".to_owned()
    } else {
        let names: Vec<_> = near
            .iter()
            .map(|vm| coded(&format!("{}/{}", vm.group(), vm.name()), 160))
            .collect();
        format!("Did you mean {}?", joined(&names, ", ", 900))
    };
    nothing(&format!("No machine is called {}. {next}", coded(typed, 120)))
}

/// Several machines have this name.
pub fn ambiguous_vm(typed: &str, meant: &[VmId]) -> Rendered {
    let names: Vec<_> = meant
        .iter()
        .map(|vm| {
            coded(
                &format!("{}/{}/{}", vm.subscription(), vm.group(), vm.name()),
                200,
            )
        })
        .collect();
    nothing(&format!(
        "Several machines are called {}. Write it with its group, or with its subscription and group:\n{}",
        coded(typed, 120),
        joined(&names, "\n", 1400)
    ))
}

/// More machines than one proposal shows.
pub fn too_many(given: usize, most: usize) -> Rendered {
    nothing(&format!(
        "{given} machines are named, and at most {most} can be changed at once. Do it in several parts."
    ))
}

/// More than a message shows.
pub fn too_much() -> Rendered {
    nothing(
        "It is too much to be shown in one message, and nobody should confirm what they cannot read. Do it in several \
         parts.",
    )
}

/// No machine that can be chosen is like the search.
pub fn nothing_found(which: Which, search: &str) -> Rendered {
    let what = match which {
        Which::Guard => "No machine that could come under JIT",
        Which::Unguard | Which::Ports => "No machine under JIT",
    };
    if search.trim().is_empty() {
        return nothing(&format!(
            "{what} is known. `/jit vms` shows all machines and how they stand."
        ));
    }
    nothing(&format!(
        "{what} is like {}. Try fewer letters; `/jit vms` shows all machines and how they stand.",
        coded(search, 100)
    ))
}

/// None of the named machines can be touched.
pub fn all_left_out(left_out: &[LeftOut]) -> Rendered {
    nothing(&joined(&left_out_lines(left_out), "\n", CONTENT - 100))
}

/// One sentence for each machine that is left out.
pub(super) fn left_out_lines(left_out: &[LeftOut]) -> Vec<String> {
    left_out
        .iter()
        .map(|left| {
            let name = format!("**{}**", phrase::machine(&left.vm));
            match left.why {
                NotTouched::Configured => {
                    format!("{name} is under JIT already; `/jit ports` shows and changes its ports.")
                }
                NotTouched::NotConfigured => {
                    format!("{name} is not under JIT; `/jit enable` brings it in.")
                }
                NotTouched::Unsupported(why) => {
                    format!("{name} cannot come under JIT, because {}.", unsupported(why))
                }
                NotTouched::NoUsualPort => format!(
                    "{name} has an unknown operating system, so its usual port is not known; say which with `ports:`."
                ),
            }
        })
        .collect()
}

/// A port is no port.
pub fn ports(why: &NotAPort) -> Rendered {
    nothing(&format!(
        "{} names no port. Write a number from 1 to 65535, or `ssh`, `rdp`, `winrm` or `winrm-https`; several with \
         commas, or `classic` for all four.",
        coded(&why.0, 60)
    ))
}

/// A protocol is none.
pub fn protocol(typed: &str) -> Rendered {
    nothing(&format!(
        "{} is no protocol that JIT knows. Write `any`, `tcp` or `udp`.",
        coded(typed, 40)
    ))
}

/// Sources are none that a JIT policy can allow.
pub fn sources(why: &SourcesRefusal) -> Rendered {
    let why = match why {
        SourcesRefusal::Empty => "No source is named. Write `any`, or addresses with commas.".to_owned(),
        SourcesRefusal::TooMany { given, most } => format!(
            "{given} sources are named, and at most {most} fit. Write networks in place of single addresses."
        ),
        SourcesRefusal::Source(why) => source(why),
    };
    nothing(&why)
}

fn source(why: &SourceRefusal) -> String {
    match why {
        SourceRefusal::Unreadable { text } => format!(
            "{} is no IPv4 address or network. Write `any`, or addresses like `198.51.100.0/24, 203.0.113.7`.",
            coded(text, 80)
        ),
        SourceRefusal::Ipv6 => "Azure JIT takes only IPv4. Write the IPv4 addresses.".to_owned(),
        SourceRefusal::Any => {
            "If every address is meant, write `any` alone; otherwise write only the addresses that are meant.".to_owned()
        }
        SourceRefusal::ServiceTag { text } => format!(
            "{} is a word or a service tag, and Portcullis writes only addresses, so that it can check a request \
             against them.",
            coded(text, 80)
        ),
        SourceRefusal::Loopback
        | SourceRefusal::LinkLocal
        | SourceRefusal::Multicast
        | SourceRefusal::Reserved => {
            "One of the sources is or contains a range from which nobody connects (loopback, link-local, multicast or \
             reserved). Leave it out."
                .to_owned()
        }
        SourceRefusal::HostBits { meant } => format!(
            "One of the sources is an address with the length of a network. Write the address alone, or `{meant}` if \
             the whole network is meant."
        ),
    }
}

/// A limit is none.
pub fn limit(typed: &str, why: LimitRefusal) -> Rendered {
    let why = match why {
        LimitRefusal::Unreadable => "a length is written like `45m`, `1h` or `1h30m`",
        LimitRefusal::TooShort => "a JIT policy can name no less than 5 minutes",
        LimitRefusal::TooLong => "a JIT policy can name no more than 24 hours",
    };
    nothing(&format!(
        "{} cannot be the longest access: {why}. An hour is recommended.",
        coded(typed, 60)
    ))
}

/// The port is there already.
pub fn port_known(vm: &VmId, port: Port) -> Rendered {
    nothing(&format!(
        "JIT guards {} already. Choose it in the menu to change its limits.",
        phrase::door(vm, port)
    ))
}

/// The port is not there.
pub fn port_unknown(vm: &VmId, port: Port) -> Rendered {
    nothing(&format!(
        "JIT does not guard {} any more. `/jit ports` shows what it guards now.",
        phrase::door(vm, port)
    ))
}

/// Everything is so already.
pub fn nothing_changes() -> Rendered {
    nothing("Everything is as you want it already.")
}

/// The same interaction came twice.
pub fn repeated() -> Rendered {
    nothing("Discord sent this twice, and the first one counts. Look at the answer to it.")
}

/// The button belongs to nothing that is kept.
pub fn unknown_proposal() -> Rendered {
    nothing("This button belongs to nothing that is known any more. Use the command again.")
}

/// A click that does nothing.
pub fn not_allowed(why: &ConfirmRefusal) -> Rendered {
    match why {
        ConfirmRefusal::NotYours { by } => nothing(&format!(
            "Only {} can press this, who proposed it.",
            phrase::person(by)
        )),
        ConfirmRefusal::NotAnAdministrator => not_an_administrator(),
        ConfirmRefusal::TooLate => nothing(
            "The 15 minutes of this proposal are over, and the machines may have changed since. Use the command again.",
        ),
        ConfirmRefusal::NotWaiting => nothing("This was confirmed or dropped before."),
        ConfirmRefusal::Frozen => nothing(
            "A freeze is on, and this change could open a port: it takes a guard away or makes a limit wider. \
             Guarding machines and narrowing limits is possible during a freeze; `/jit unfreeze` lifts it.",
        ),
    }
}

/// The sentence of `refusal` above what is still to choose from.
pub fn above(refusal: Rendered, menu: Rendered) -> Rendered {
    Rendered {
        content: format!("{}\n\n{}", refusal.content, menu.content),
        ..menu
    }
}

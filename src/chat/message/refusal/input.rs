//! Why something that was typed is not understood.

use crate::{
    chat::message::{
        answer::FIND_ADDRESS,
        limit::joined,
        phrase,
        quote::{coded, quoted_within},
        rendered::Rendered,
    },
    domain::{
        ids::RequestNumber,
        length::{Length, LengthRefusal},
        port::NotAPort,
        request::Request,
        source::SourceRefusal,
        vm::VmId,
    },
};

/// The most suggestions that help rather than bury.
const SUGGESTIONS: usize = 5;

/// The `from` is no possible source.
pub fn source(refusal: &SourceRefusal) -> Rendered {
    let what = match refusal {
        SourceRefusal::Unreadable { text } => format!(
            "{} is not an IPv4 address or network. Write one like `198.51.100.7`.",
            coded(text, 80)
        ),
        SourceRefusal::Ipv6 => {
            "This is an IPv6 address, and Azure JIT takes only IPv4. Write the IPv4 address from which you connect."
                .to_owned()
        }
        SourceRefusal::Any => {
            "This would open the port to everybody, which Portcullis never does. Write the one address from which \
             you connect."
                .to_owned()
        }
        SourceRefusal::ServiceTag { text } => format!(
            "{} is a word or a service tag, and a service tag stands for very many addresses. Write the one IPv4 \
             address from which you connect.",
            coded(text, 80)
        ),
        SourceRefusal::Loopback => {
            "This is a loopback address: it means your own computer, and Azure never sees it. Write the address \
             that the Internet sees."
                .to_owned()
        }
        SourceRefusal::LinkLocal => {
            "This is or contains a link-local address (169.254.0.0/16), which never leaves its own network. Write \
             the address that the Internet sees."
                .to_owned()
        }
        SourceRefusal::Multicast => {
            "This is or contains a multicast address, from which nobody connects. Write the address from which you \
             connect."
                .to_owned()
        }
        SourceRefusal::Reserved => {
            "This is or contains a reserved address, from which nobody connects. Write the address from which you \
             connect."
                .to_owned()
        }
        SourceRefusal::HostBits { meant } => format!(
            "This is an address with the length of a network. Write the address alone, or `{meant}` if you mean the \
             whole network."
        ),
    };
    let help = match refusal {
        SourceRefusal::HostBits { .. } => String::new(),
        _ => format!(" To find it: {FIND_ADDRESS}"),
    };
    Rendered::text(format!("Nothing was asked. {what}{help}"))
}

/// Nothing was asked, and why.
pub(in crate::chat::message) fn nothing_asked(why: &str) -> Rendered {
    Rendered::text(format!("Nothing was asked. {why}"))
}

/// What an approver typed as the source is no possible one.
pub fn less_source(refusal: &SourceRefusal) -> Rendered {
    let why = match refusal {
        SourceRefusal::Unreadable { text } => {
            format!("{} is no IPv4 address or network", coded(text, 80))
        }
        SourceRefusal::Ipv6 => "this is an IPv6 address, and Azure JIT takes only IPv4".to_owned(),
        SourceRefusal::Any => "what you typed stands for everywhere".to_owned(),
        SourceRefusal::ServiceTag { text } => format!(
            "{} is a word or a service tag, and a service tag stands for very many addresses",
            coded(text, 80)
        ),
        SourceRefusal::Loopback => "this is a loopback address, which Azure never sees".to_owned(),
        SourceRefusal::LinkLocal => {
            "this is or contains a link-local address (169.254.0.0/16), which never leaves its own network"
                .to_owned()
        }
        SourceRefusal::Multicast => {
            "this is or contains a multicast address, from which nobody connects".to_owned()
        }
        SourceRefusal::Reserved => {
            "this is or contains a reserved address, from which nobody connects".to_owned()
        }
        SourceRefusal::HostBits { meant } => {
            format!("this is an address with the length of a network; write the address alone or `{meant}`")
        }
    };
    Rendered::text(format!(
        "Nothing was approved, because {why}. Press Approve with less again and write an address or network inside \
         what was asked, or leave the field empty."
    ))
}

/// What an approver typed as the length is none.
pub fn less_length(text: &str, refusal: LengthRefusal) -> Rendered {
    Rendered::text(format!(
        "Nothing was approved, because {} cannot be used as a time: {}. Press the button again and write another.",
        coded(text, 60),
        why_no_length(refusal)
    ))
}

/// The `for` is no length.
pub fn length(text: &str, refusal: LengthRefusal) -> Rendered {
    let why = why_no_length(refusal);
    Rendered::text(format!(
        "Nothing was asked, because {} cannot be used as `for`: {why}. Ask again with another length.",
        coded(text, 60)
    ))
}

fn why_no_length(refusal: LengthRefusal) -> String {
    match refusal {
        LengthRefusal::Unreadable => "a length is written like `45m`, `2h` or `1h30m`".to_owned(),
        LengthRefusal::TooShort => format!("an access lasts at least {}", Length::MIN),
        LengthRefusal::TooLong => {
            format!(
                "an access lasts at most {}, which is the limit of Azure JIT",
                Length::MAX
            )
        }
    }
}

/// The `port` names no port.
pub fn port(refusal: &NotAPort) -> Rendered {
    Rendered::text(format!(
        "Nothing was asked, because {} is no port. Write a number from 1 to 65535, or `ssh`, `rdp`, `winrm` or \
         `winrm-https`; several with commas.",
        coded(&refusal.0, 60)
    ))
}

/// An option that must name something names nothing.
pub fn empty(option: &str) -> Rendered {
    Rendered::text(format!(
        "Nothing was asked, because `{option}` is empty. Write at least one, several with commas."
    ))
}

/// What a request cannot do without, unless a template says it.
pub fn missing(option: &str) -> Rendered {
    Rendered::text(format!(
        "Nothing was asked, because `{option}` is missing. Write at least one, several with commas, or name a \
         `template` that says it."
    ))
}

/// No template has this name; `usable` are those that this person can use.
pub fn unknown_template(text: &str, usable: &[String]) -> Rendered {
    let names: Vec<_> = usable.iter().map(|name| coded(name, 60)).collect();
    let next = if names.is_empty() {
        "There is none that you can use; write `vm` and `port`.".to_owned()
    } else {
        format!("You can use {}.", joined(&names, ", ", 600))
    };
    Rendered::text(format!(
        "Nothing was asked, because no template is called {}. {next}",
        coded(text, 100)
    ))
}

/// One request names more than it can hold.
pub fn too_many(option: &str, given: usize, most: usize) -> Rendered {
    Rendered::text(format!(
        "Nothing was asked, because `{option}` names {given}, and one request can have at most {most}. Ask in \
         several requests."
    ))
}

/// No machine has this name; `similar` are names that may have been meant.
pub fn unknown_vm(text: &str, similar: &[VmId]) -> Rendered {
    let next = if similar.is_empty() {
        "Pick a name that is offered while you type, or ask an administrator whether Portcullis can see the machine."
            .to_owned()
    } else {
        format!("Did you mean {}?", names(similar, " or "))
    };
    Rendered::text(format!(
        "Nothing was asked, because no machine is called {}. {next}",
        coded(text, 120)
    ))
}

/// Several machines have this name.
pub fn ambiguous_vm(text: &str, candidates: &[VmId]) -> Rendered {
    let names: Vec<_> = candidates
        .iter()
        .map(|vm| {
            coded(
                &format!("{}/{}/{}", vm.subscription(), vm.group(), vm.name()),
                200,
            )
        })
        .collect();
    Rendered::text(format!(
        "Nothing was asked, because several machines are called {}. Write it with its group, or with its \
         subscription and group:\n{}",
        coded(text, 120),
        joined(&names, "\n", 1400)
    ))
}

/// There is no such request, or not one that this person can use here.
pub fn no_such_request(text: &str) -> Rendered {
    Rendered::text(format!(
        "There is no request {}. `/jit list` shows the requests and their numbers.",
        quoted_within(text, 60)
    ))
}

/// Several requests could be meant; where there is none, that is another refusal.
pub fn which_request(candidates: &[Request]) -> Rendered {
    let lines: Vec<_> = candidates
        .iter()
        .map(|request| format!("{}: {}", request.number, phrase::doors_of(request, 150)))
        .collect();
    Rendered::text(format!(
        "Several requests could be meant. Say which one by its number:\n{}",
        joined(&lines, "\n", 1700)
    ))
}

/// The offer of a draft is over, or was taken already.
pub fn draft_over(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "Request {number} does not wait for its source any more. `/jit status` shows how it stands; if it is over, \
         ask again with `/jit request`."
    ))
}

/// The inventory has not been read yet.
pub fn no_inventory() -> Rendered {
    Rendered::text(
        "Nothing was asked, because Portcullis has not read the machines from Azure yet. Try again in a minute; if \
         it stays so, tell an administrator.",
    )
}

fn names(vms: &[VmId], last: &str) -> String {
    let mut names: Vec<_> = vms
        .iter()
        .take(SUGGESTIONS)
        .map(|vm| coded(&format!("{}/{}", vm.group(), vm.name()), 160))
        .collect();
    let end = names.pop().unwrap_or_default();
    if names.is_empty() {
        end
    } else {
        format!("{}{last}{end}", names.join(", "))
    }
}

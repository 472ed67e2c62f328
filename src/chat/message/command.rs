//! The names and descriptions of the slash commands and of their options.
//!
//! Discord's limits: a name has 1 to 32 lower-case characters, a description 1 to 100.

/// A command or an option: its name, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub name: &'static str,
    pub description: &'static str,
}

const fn words(name: &'static str, description: &'static str) -> Words {
    Words { name, description }
}

/// The command that has all others as subcommands.
pub const JIT: Words = words("jit", "Ask for access to a virtual machine, and see who has it");

/// `/jit request` and its options.
pub mod request {
    use super::{Words, words};

    pub const COMMAND: Words = words("request", "Ask the approvers to open a port of a machine for you");
    pub const VM: Words = words("vm", "The machine: name, or group/name; several with commas");
    pub const PORT: Words = words(
        "port",
        "The port: a number, or ssh, rdp, winrm, winrm-https; several with commas",
    );
    pub const FOR: Words = words(
        "for",
        "How long, such as 45m, 2h or 1h30m; the rule says what is usual",
    );
    pub const FROM: Words = words(
        "from",
        "The IPv4 address from which you connect; left out, you choose it next",
    );
    pub const REASON: Words = words("reason", "Why you need it; some rules ask for a ticket number");
    pub const AT: Words = words(
        "at",
        "When it starts: in 2h, 14:30 (UTC), tomorrow 09:00, 2026-11-27 09:00+01:00; at once without it",
    );
    pub const TEMPLATE: Words = words(
        "template",
        "A request with a name; what you write beside it goes before it",
    );
}

/// `/jit break-glass`. Its options are those of `/jit request`.
pub mod break_glass {
    use super::{Words, words};

    pub const COMMAND: Words = words(
        "break-glass",
        "Open at once, without an approval: everybody is told, and a review must be signed",
    );
}

/// `/jit status`.
pub mod status {
    use super::{Words, words};

    pub const COMMAND: Words = words("status", "Show how a request stands");
    pub const REQUEST: Words = words(
        "request",
        "The number of the request; without it, your newest one",
    );
}

/// `/jit list`.
pub mod list {
    use super::{Words, words};

    pub const COMMAND: Words = words("list", "List requests, ten at a time");
    pub const WHICH: Words = words("which", "Active, pending or past ones; active ones without it");
    pub const WHOSE: Words = words("whose", "Yours or everybody's; yours without it");
}

/// `/jit withdraw`.
pub mod withdraw {
    use super::{Words, words};

    pub const COMMAND: Words = words(
        "withdraw",
        "Take back a request of yours that is not decided or has not started",
    );
    pub const REQUEST: Words = words(
        "request",
        "The number of the request; not needed if you have only one",
    );
}

/// `/jit close`.
pub mod close {
    use super::{Words, words};

    pub const COMMAND: Words = words("close", "Close the windows of a request before their end");
    pub const REQUEST: Words = words(
        "request",
        "The number of the request; not needed if only one is open",
    );
    pub const VM: Words = words("vm", "Only this machine of it; without it, all");
    pub const PORT: Words = words("port", "Only this port of it; without it, all");
}

/// `/jit connect`.
pub mod connect {
    use super::{Words, words};

    pub const COMMAND: Words = words("connect", "Show how to connect to a machine that is open for you");
    pub const REQUEST: Words = words(
        "request",
        "The number of the request; not needed if only one is open",
    );
    pub const VM: Words = words("vm", "Only this machine of it; without it, all");
    pub const PORT: Words = words("port", "Only this port of it; without it, all");
}

/// `/jit extend`.
pub mod extend {
    use super::{Words, words};

    pub const COMMAND: Words = words("extend", "Ask for more time for an access of yours that is open");
    pub const REQUEST: Words = words(
        "request",
        "The number of the request; not needed if only one is open",
    );
    pub const FOR: Words = words(
        "for",
        "How much longer, such as 30m or 1h; the rule says what is usual",
    );
    pub const REASON: Words = words("reason", "Why; without it, the reason of the request");
}

/// `/jit freeze`.
pub mod freeze {
    use super::{Words, words};

    pub const COMMAND: Words = words("freeze", "Emergency brake for administrators: open nothing new");
    pub const REASON: Words = words("reason", "Why, for everybody to read in the trail");
}

/// `/jit unfreeze`.
pub mod unfreeze {
    use super::{Words, words};

    pub const COMMAND: Words = words(
        "unfreeze",
        "Lift the freeze, for administrators; what waits is opened",
    );
}

/// `/jit enable`.
pub mod enable {
    use super::{Words, words};

    pub const COMMAND: Words = words("enable", "For administrators: bring machines under JIT");
    pub const VMS: Words = words("vms", "The machines: name, or group/name; several with commas");
    pub const SEARCH: Words = words("search", "Choose from the machines that are like this");
    pub const PORTS: Words = words(
        "ports",
        "ssh, rdp, classic (the four usual ones) or numbers; the system's usual one without it",
    );
    pub const LIMIT: Words = words(
        "limit",
        "The longest access, 5m to 24h; 1h is recommended and taken without it, 3h is Azure's default",
    );
    pub const SOURCES: Words = words(
        "sources",
        "The addresses and networks that may ever be asked for; any without it",
    );
}

/// `/jit disable`.
pub mod disable {
    use super::{Words, words};

    pub const COMMAND: Words = words("disable", "For administrators: take machines out from under JIT");
    pub const VMS: Words = words("vms", "The machines: name, or group/name; several with commas");
    pub const SEARCH: Words = words("search", "Choose from the machines that are like this");
}

/// `/jit ports`.
pub mod ports {
    use super::{Words, words};

    pub const COMMAND: Words = words(
        "ports",
        "For administrators: list, add, change and remove JIT ports",
    );
    pub const VM: Words = words("vm", "The machine: name, or group/name");
}

/// `/jit rules`.
pub mod rules {
    use super::{Words, words};

    pub const COMMAND: Words = words(
        "rules",
        "Show what the network lets in to a machine, and which rules say so",
    );
    pub const VM: Words = words("vm", "The machine: name, or group/name");
    pub const PORT: Words = words("port", "One port; without it, all that matter");
}

/// `/jit vms` and its options.
pub mod vms {
    use super::{Words, words};

    pub const COMMAND: Words = words("vms", "Show the machines, and on which just-in-time access works");
    pub const STATE: Words = words(
        "state",
        "Configured, not configured or unsupported ones; configured ones without it",
    );
    pub const SEARCH: Words = words(
        "search",
        "A part of the name or group; the whole name shows that machine alone",
    );
}

/// `/jit plan`.
pub mod plan {
    use super::{Words, words};

    pub const COMMAND: Words = words(
        "plan",
        "Show where the Defender plan is on that just-in-time access needs",
    );
}

/// `/jit explain` and its options.
pub mod explain {
    use super::{Words, words};

    pub const COMMAND: Words = words("explain", "Show which rule applies, and why");
    pub const VM: Words = words("vm", "The machine: name, or group/name; several with commas");
    pub const PORT: Words = words("port", "The port: a number or a name; several with commas");
    pub const FROM: Words = words("from", "The IPv4 address or network from which you would connect");
    pub const FOR: Words = words("for", "How long, such as 45m, 2h or 1h30m");
    pub const USER: Words = words(
        "user",
        "For administrators and auditors: what the rules say for somebody else",
    );
}

/// `/jit help`.
pub mod help {
    use super::{Words, words};

    pub const COMMAND: Words = words("help", "Explain how to ask, answer and close");
}

/// All subcommands, in the order of the help.
pub const SUBCOMMANDS: [Words; 18] = [
    request::COMMAND,
    status::COMMAND,
    list::COMMAND,
    withdraw::COMMAND,
    close::COMMAND,
    extend::COMMAND,
    connect::COMMAND,
    freeze::COMMAND,
    unfreeze::COMMAND,
    vms::COMMAND,
    plan::COMMAND,
    enable::COMMAND,
    disable::COMMAND,
    ports::COMMAND,
    rules::COMMAND,
    break_glass::COMMAND,
    explain::COMMAND,
    help::COMMAND,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_takes_every_name_and_description() {
        let options = [
            JIT,
            request::VM,
            request::PORT,
            request::FOR,
            request::FROM,
            request::REASON,
            request::AT,
            request::TEMPLATE,
            status::REQUEST,
            list::WHICH,
            list::WHOSE,
            withdraw::REQUEST,
            close::REQUEST,
            close::VM,
            close::PORT,
            extend::REQUEST,
            connect::REQUEST,
            connect::VM,
            connect::PORT,
            extend::FOR,
            extend::REASON,
            freeze::REASON,
            enable::VMS,
            enable::SEARCH,
            enable::PORTS,
            enable::LIMIT,
            enable::SOURCES,
            disable::VMS,
            disable::SEARCH,
            ports::VM,
            rules::VM,
            rules::PORT,
            explain::VM,
            explain::PORT,
            explain::FROM,
            explain::FOR,
            explain::USER,
            vms::STATE,
            vms::SEARCH,
        ];
        for Words { name, description } in SUBCOMMANDS.into_iter().chain(options) {
            assert!((1..=32).contains(&name.len()), "{name}");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{name}"
            );
            assert!((1..=100).contains(&description.len()), "{description}");
        }
    }
}

//! One machine: its ports and limits, who may ask, what is open now, and what its network rules do.

use std::collections::BTreeSet;

use serenity::all::{ButtonStyle, CreateActionRow, CreateEmbed};

use super::{Tab, VmsPage, unsupported};
use crate::{
    chat::message::{
        button::Button,
        limit::{FIELD, joined, listed, width},
        network_rules::{self, Picture},
        phrase, plan, quorum,
        quote::{coded, quoted_within},
        rendered::Rendered,
        when, window,
    },
    domain::{
        Instant,
        actor::Principal,
        freeze::Freeze,
        ids::RuleName,
        length::Length,
        network::Place,
        port::Port,
        quorum::Quorum,
        text::FreeText,
        vm::{AllowedSources, Guard, JitPort, JitState, Protocol, Vm},
        window::{FoundWindow, Window},
    },
};

/// Everything that is shown of one machine.
#[derive(Debug, Clone, Copy)]
pub struct Detail<'a> {
    pub vm: &'a Vm,
    /// The shortest text that means this machine and no other.
    pub written: &'a str,
    pub subscription: Option<&'a FreeText>,
    /// Windows of Portcullis on it that are not over.
    pub windows: &'a [Window],
    /// Windows on it that were opened in Azure without Portcullis.
    pub found: &'a [FoundWindow],
    pub freeze: Option<&'a Freeze>,
    pub rules: &'a [RuleLine<'a>],
    /// What the network rules of the inventory let in.
    pub network: &'a Picture,
    /// When it was read from Azure.
    pub read_at: Option<Instant>,
    /// The page to go back to.
    pub back: Option<VmsPage>,
}

/// One rule that is about the machine.
#[derive(Debug, Clone)]
pub struct RuleLine<'a> {
    pub name: &'a RuleName,
    /// The ports of the machine that JIT guards and the rule is about; `None` where JIT guards none yet.
    pub ports: Option<Vec<Port>>,
    pub requesters: &'a [Principal],
    pub quorum: &'a Quorum,
    /// Whether the reader may ask under it.
    pub yours: bool,
    /// Whether the rule makes an access longer by itself, the first time.
    pub extends_once: bool,
    /// Whether it approves alone what meets its conditions.
    pub approves_alone: bool,
    /// Who may open without an approval; empty: nobody.
    pub break_glass: &'a [Principal],
}

/// One machine.
pub fn detail(detail: &Detail<'_>) -> Rendered {
    let vm = detail.vm;
    let about = format!(
        "{}, region {}, subscription {}",
        phrase::about(&vm.id, Some(vm)),
        phrase::name(&vm.location),
        plan::subscription(vm.id.subscription(), detail.subscription),
    );
    let read = detail
        .read_at
        .map(|at| format!("\nRead from Azure {}.", when::relative(at)))
        .unwrap_or_default();
    let mut embed = CreateEmbed::new()
        .title(phrase::machine(&vm.id))
        .description(format!("{about}.{read}"))
        .field("Just-in-time access", jit(vm), false);
    let own = detail.windows.iter().map(|window| opened(window, detail.freeze));
    let lines: Vec<_> = own.chain(detail.found.iter().map(found)).collect();
    if !lines.is_empty() {
        embed = embed.field("Open now", joined(&lines, "\n", FIELD), false);
    }
    embed = embed
        .field("Who may ask", who(detail), false)
        .field("Network rules", network(detail), false);
    let components = detail.back.map(|page| {
        CreateActionRow::Buttons(vec![Button::VmsPage(page).face("Back", ButtonStyle::Secondary)])
    });
    Rendered {
        embeds: vec![embed],
        components: components.into_iter().collect(),
        ..Rendered::default()
    }
}

fn jit(vm: &Vm) -> String {
    match &vm.jit {
        JitState::Configured { policies } => {
            let several = policies.len() > 1;
            let lines: Vec<_> = policies
                .iter()
                .flat_map(|entry| {
                    entry.ports.iter().map(move |jit| {
                        let of = if several {
                            format!(" (JIT policy {})", phrase::name(entry.policy.name()))
                        } else {
                            String::new()
                        };
                        format!("{}{of}", port(jit))
                    })
                })
                .collect();
            if lines.is_empty() {
                "It is in a JIT policy that has no port which Portcullis understands.".to_owned()
            } else {
                joined(&lines, "\n", FIELD)
            }
        }
        JitState::NotConfigured => {
            format!("{}: possible, and not set up.", word(Tab::NotConfigured))
        }
        JitState::Unsupported { why } => format!("{}: {}.", word(Tab::Unsupported), unsupported(*why)),
    }
}

fn word(tab: Tab) -> &'static str {
    tab.title()
}

fn port(jit: &JitPort) -> String {
    let protocol = match jit.protocol {
        Protocol::Any => "any protocol",
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    };
    let sources = match &jit.sources {
        AllowedSources::Any => "any source".to_owned(),
        AllowedSources::Only(nets) => {
            let nets: Vec<_> = nets.iter().map(|net| format!("`{net}`")).collect();
            listed(&nets, 200)
        }
    };
    let max = Length::new(jit.max).map_or_else(
        |_| format!("{} seconds", jit.max.as_secs()),
        |length| length.to_string(),
    );
    format!("{}: {protocol}, from {sources}, at most {max}", jit.port)
}

fn opened(of: &Window, freeze: Option<&Freeze>) -> String {
    format!("{} from `{}`: {}", of.port, of.source, window::state(of, freeze))
}

fn found(of: &FoundWindow) -> String {
    let who = of
        .requestor
        .as_ref()
        .map_or_else(|| "somebody".to_owned(), |who| quoted_within(who.as_str(), 150));
    format!(
        "{} from {}: open until {}, not by Portcullis but by {who}",
        of.port,
        coded(&of.source, 60),
        when::time(of.ends_at)
    )
}

fn who(detail: &Detail<'_>) -> String {
    let lines: Vec<_> = detail
        .rules
        .iter()
        .map(|rule| {
            let ports = match &rule.ports {
                None => "its ports, once JIT guards some".to_owned(),
                Some(ports) => {
                    let ports: Vec<_> = ports.iter().map(Port::to_string).collect();
                    listed(&ports, 100)
                }
            };
            let yours = if rule.yours { " You may ask." } else { "" };
            let mut without = String::new();
            if rule.approves_alone {
                without.push_str(" It approves alone what meets its conditions.");
            }
            if !rule.break_glass.is_empty() {
                without.push_str(&format!(
                    " {} may open at once with `/jit break-glass`.",
                    principals(rule.break_glass)
                ));
            }
            if rule.extends_once {
                without.push_str(" The first extension of an access needs no approval.");
            }
            format!(
                "Rule {}: {} may ask for {ports}, and it needs {}.{without}{yours}",
                coded(&rule.name.0, 80),
                principals(rule.requesters),
                quorum::wanted(rule.quorum, 150),
            )
        })
        .collect();
    if lines.is_empty() {
        "Nobody: no rule is about it.".to_owned()
    } else {
        let hint = match detail.vm.jit {
            JitState::Configured { .. } => format!(
                "\nTo ask: {}",
                coded(&format!("/jit request vm:{} port:", detail.written), 150)
            ),
            _ => String::new(),
        };
        format!("{}{hint}", joined(&lines, "\n", FIELD - 160))
    }
}

fn principals(named: &[Principal]) -> String {
    let named: Vec<_> = named.iter().map(phrase::principal).collect();
    listed(&named, 150)
}

/// What the rules say of each port, and in which groups they stand.
fn network(detail: &Detail<'_>) -> String {
    let more = coded(&format!("/jit rules vm:{}", detail.written), 150);
    let more = format!("The rules themselves, as Azure has them now: {more}");
    let verdicts = network_rules::verdicts(detail.network);
    let groups = groups(detail.vm);
    let room = FIELD - width(&more) - width(&groups) - 2;
    format!("{}\n{groups}\n{more}", joined(&verdicts, "\n", room))
}

fn groups(vm: &Vm) -> String {
    let mut guards: Vec<&Guard> = vm.nics.iter().flat_map(|nic| &nic.groups).collect();
    let mut seen = BTreeSet::new();
    guards.retain(|guard| seen.insert(guard.id.key()));
    let named: Vec<_> = guards
        .iter()
        .map(|guard| {
            let place = match guard.place {
                Place::Manager => "for the whole network",
                Place::Subnet => "at the subnet",
                Place::Interface => "at the interface",
            };
            let cuts = if guard.cuts_sessions {
                ", which cuts open sessions when its rules change"
            } else {
                ""
            };
            format!("{} {place}{cuts}", coded(guard.id.name(), 80))
        })
        .collect();
    let unclear = if vm.nics.iter().any(|nic| nic.unclear) {
        " A part of the network could not be read, so there may be another one."
    } else {
        ""
    };
    match named.as_slice() {
        [] => format!("The inventory sees no network security group in front of it.{unclear}"),
        [one] => format!("Network security group: {one}.{unclear}"),
        several => format!("Network security groups: {}.{unclear}", listed(several, 300)),
    }
}

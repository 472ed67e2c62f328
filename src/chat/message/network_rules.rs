//! `/jit rules`: what the network lets in to one machine, in plain words, and the rules that say so.

mod pages;

use std::{net::Ipv4Addr, time::Duration};

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serenity::all::{CreateEmbed, CreateEmbedFooter};

use super::{
    button::{RulesPage, turn_row},
    limit::{joined, listed},
    phrase,
    quote::coded,
    rendered::Rendered,
    trouble, when,
};
use crate::domain::{
    Instant,
    ids::RequestNumber,
    network::{
        Access, Doubt, Groups, JitRule, Opening, Passed, Place, Reach, Rule, RuleProtocol, Verdict, Way,
        name_of,
    },
    port::Port,
    trouble::Trouble,
    vm::{Protocol, VmId},
};

/// What there is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub vm: VmId,
    pub verdicts: Vec<Said>,
    /// The ports that JIT guards.
    pub guarded: Vec<Port>,
    pub until: Vec<UntilOf>,
    pub ways: Vec<Way>,
    pub groups: Groups,
    pub origin: Origin,
}

/// What the rules say of one port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub port: Port,
    /// Over which protocol, where TCP and UDP differ.
    pub over: Option<Protocol>,
    pub verdict: Verdict,
}

/// Until when a window is open, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UntilOf {
    pub port: Port,
    pub source: Ipv4Net,
    pub ends_at: Instant,
    /// The request of ours that it belongs to.
    pub request: Option<RequestNumber>,
}

/// Where the rules come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// From Azure, as they are in effect now.
    Azure,
    /// From the inventory, because Azure did not tell.
    Inventory { read_at: Option<Instant>, why: NotTold },
}

/// Why Azure did not tell the rules in effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotTold {
    NotAsked,
    NotRunning,
    TooSlow { waited: Duration },
    NoInterface,
    TooManyInterfaces { has: usize, most: usize },
    Trouble { why: Trouble },
}

/// One page of the answer: the verdicts, and as many rules as there is room for.
pub fn rules(picture: &Picture, shown: RulesPage) -> Rendered {
    let mut pages = pages::pages(picture, verdicts(picture));
    let last = pages.len().saturating_sub(1);
    let number = usize::from(shown.page).min(last);
    let page = pages.drain(..).nth(number).unwrap_or_default();
    let mut lines = vec![origin(&picture.origin), String::new()];
    lines.extend(page.verdicts);
    let mut embed = CreateEmbed::new()
        .title(format!("Network rules of {}", phrase::machine(&picture.vm)))
        .description(lines.join("\n"));
    for part in page.parts {
        embed = embed.field(part.title, part.text, false);
    }
    if last > 0 {
        embed = embed.footer(CreateEmbedFooter::new(format!(
            "Page {} of {}",
            number + 1,
            last + 1
        )));
    }
    let to = |page: Option<usize>| {
        let page = u16::try_from(page?).ok()?;
        Some(RulesPage { page, ..shown })
    };
    let next = (number < last).then_some(number + 1);
    Rendered {
        embeds: vec![embed],
        components: turn_row(to(number.checked_sub(1)), to(next))
            .into_iter()
            .collect(),
        ..Rendered::default()
    }
}

/// One line per port: closed, open by JIT, or open anyway.
pub(super) fn verdicts(picture: &Picture) -> Vec<String> {
    picture.verdicts.iter().map(|said| line(picture, said)).collect()
}

/// What was found is not kept any more, or was somebody else's.
pub fn not_kept() -> Rendered {
    Rendered::text("This list is not kept any more. `/jit rules` reads it anew.")
}

/// This person may neither ask for the machine nor approve.
pub fn not_allowed(vm: &VmId) -> Rendered {
    Rendered::text(format!(
        "The network rules of {} are shown to those who may ask for it, to its approvers, to administrators and to auditors. Ask \
         an administrator for a rule that lets you ask.",
        phrase::machine(vm)
    ))
}

fn origin(origin: &Origin) -> String {
    let (read_at, why) = match origin {
        Origin::Azure => return "These are the rules in effect, read from Azure just now.".to_owned(),
        Origin::Inventory { read_at, why } => (read_at, why),
    };
    let why = match why {
        NotTold::NotAsked => "Azure was not asked for the rules in effect.".to_owned(),
        NotTold::NotRunning => {
            "Azure tells the rules in effect only for a machine that runs, and this one does not.".to_owned()
        }
        NotTold::TooSlow { waited } => format!(
            "Azure did not tell the rules in effect within {} seconds.",
            waited.as_secs()
        ),
        NotTold::NoInterface => {
            "No network interface of this machine could be read, so Azure was not asked for the rules in effect."
                .to_owned()
        }
        NotTold::TooManyInterfaces { has, most } => format!(
            "This machine has {has} network interfaces, and Azure is asked for at most {most}, because each takes a \
             while."
        ),
        NotTold::Trouble { why } => format!(
            "Azure was asked for the rules in effect and did not tell them. {}",
            trouble::sentence(why)
        ),
    };
    let rules = match read_at {
        Some(at) => format!(
            "These are the rules of the inventory, read {}; they may have changed.",
            when::relative(*at)
        ),
        None => "The inventory has no rules of it either.".to_owned(),
    };
    format!("{why} {rules}")
}

fn line(picture: &Picture, of: &Said) -> String {
    let port = of.port;
    let guarded = picture.guarded.contains(&port);
    let said = match &of.verdict {
        Verdict::Closed { by: Some(by) } => format!("closed: {} keeps everybody out.", rule_of(picture, by)),
        Verdict::Closed { by: None } => "closed: no rule lets anybody in.".to_owned(),
        Verdict::ByJit { windows, beside } => {
            let windows: Vec<_> = windows
                .iter()
                .map(|window| open_until(picture, port, window))
                .collect();
            let beside = if beside.is_empty() {
                String::new()
            } else {
                format!(" Without JIT it is open to {}.", openings(picture, beside))
            };
            format!("open by JIT {}.{beside}", listed(&windows, 500))
        }
        Verdict::Anyway { through, reach } => {
            let whom = match reach {
                Reach::Anybody => "**to anybody**",
                Reach::Broad => "to a broad range",
            };
            let jit = if guarded {
                "JIT protects nothing there"
            } else {
                "JIT does not guard it"
            };
            format!(
                "**open anyway** {whom}: {} and {jit}.",
                openings(picture, std::slice::from_ref(through))
            )
        }
        Verdict::Narrow { through } => {
            let jit = if guarded { "" } else { ", which does not guard it" };
            format!("open without JIT{jit}, to few: {}.", openings(picture, through))
        }
        Verdict::CannotTell { why } => format!("not to be told: {}.", doubt(why)),
    };
    let over = match of.over {
        Some(Protocol::Tcp) => " over TCP",
        Some(Protocol::Udp) => " over UDP",
        Some(Protocol::Any) | None => "",
    };
    format!("**{port}**{over} is {said}")
}

fn open_until(picture: &Picture, port: Port, window: &Opening) -> String {
    let from = window
        .source
        .parse::<Ipv4Addr>()
        .map(Ipv4Net::from)
        .or_else(|_| window.source.parse::<Ipv4Net>())
        .ok();
    let known = picture
        .until
        .iter()
        .find(|until| until.port == port && Some(until.source) == from);
    let source = coded(&window.source, 60);
    match known {
        Some(UntilOf {
            ends_at,
            request: Some(number),
            ..
        }) => format!("until {} from {source} (request {number})", when::full(*ends_at)),
        Some(UntilOf { ends_at, .. }) => {
            format!(
                "until {} from {source} (not opened by Portcullis)",
                when::full(*ends_at)
            )
        }
        None => format!("from {source}, until an end that is not known here"),
    }
}

fn openings(picture: &Picture, all: &[Opening]) -> String {
    let said: Vec<_> = all
        .iter()
        .map(|opening| {
            let rules: Vec<_> = opening
                .rules
                .iter()
                .map(|passed| rule_of(picture, passed))
                .collect();
            format!("{} lets {} in", listed(&rules, 300), coded(&opening.source, 60))
        })
        .collect();
    joined(&said, "; ", 600)
}

/// A rule by name; what JIT's names mean, nobody can see.
fn rule_of(picture: &Picture, passed: &Passed) -> String {
    let found = picture
        .groups
        .rules(&passed.group)
        .and_then(|rules| rules.iter().find(|rule| rule.name == passed.rule));
    match found.and_then(Rule::jit) {
        Some(JitRule::Deny) => "JIT's deny rule".to_owned(),
        Some(JitRule::Allow) => "the rule of a JIT window".to_owned(),
        None => format!("rule {}", coded(&passed.rule, 80)),
    }
}

fn doubt(why: &Doubt) -> String {
    match why {
        Doubt::NoInterface => "no network interface of the machine could be read".to_owned(),
        Doubt::NoGroup => {
            "no network security group stands in front, so its address and other devices decide".to_owned()
        }
        Doubt::Unreadable { group } => format!(
            "the rules of the network security group {} could not be read",
            coded(name_of(group), 80)
        ),
        Doubt::Incomplete => {
            "a part of the network in front of it could not be read, so a group may be missing here"
                .to_owned()
        }
        Doubt::Rule { rule } => format!("rule {} may or may not be about this machine", coded(rule, 80)),
        Doubt::UnreadRule { group, rule } => unread_rule(group, rule),
    }
}

/// What decides may be a rule that nobody here can read: it says which one, and where people can read it.
fn unread_rule(group: &str, rule: &str) -> String {
    let rule = if rule.is_empty() {
        "a rule without a readable name".to_owned()
    } else {
        format!("rule {}", coded(rule, 80))
    };
    format!(
        "{rule} may decide, and Portcullis cannot read it. Look at it in the Azure portal: network security group {}, \
         inbound security rules",
        coded(name_of(group), 80)
    )
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Manager => "First the administrator's rules,",
        Place::Subnet => "At the subnet, group",
        Place::Interface => "At the interface, group",
    }
}

fn rule_line(rule: &Rule) -> String {
    let access = match rule.access {
        Access::Allow => "allow",
        Access::Deny => "deny",
        Access::Unread => "**could not be read, may allow or deny:**",
    };
    let protocol = match rule.protocol {
        RuleProtocol::Any => "any protocol",
        RuleProtocol::Tcp => "TCP",
        RuleProtocol::Udp => "UDP",
        RuleProtocol::Other => "another protocol",
    };
    let ports: Vec<_> = rule
        .ports
        .iter()
        .map(|range| match (range.0, range.1) {
            (0, u16::MAX) => "all ports".to_owned(),
            (low, high) if low == high => low.to_string(),
            (low, high) => format!("{low}-{high}"),
        })
        .collect();
    let peers = |peers: &[crate::domain::network::Peer]| {
        let peers: Vec<_> = peers.iter().map(|peer| coded(&peer.to_string(), 50)).collect();
        joined(&peers, ", ", 140)
    };
    let mark = match rule.jit() {
        Some(JitRule::Deny) => " · **JIT's deny rule**",
        Some(JitRule::Allow) => " · **JIT's rule for one window**",
        None if rule.is_default() => " · built in",
        None => "",
    };
    format!(
        "{} {access} {protocol} {} from {} to {} · {}{mark}",
        rule.priority,
        joined(&ports, ", ", 80),
        peers(&rule.sources),
        peers(&rule.destinations),
        coded(&rule.name, 60),
    )
}

//! `/jit explain` and `portcullis explain`: which rule applies, why, who could approve, and what is allowed now.

use std::sync::Arc;

use serenity::all::CreateEmbed;

use super::{
    hours,
    limit::{counted, joined, listed},
    limits, phrase,
    plain::plain,
    quote::{coded, quoted_within},
    refusal::rules::why,
    rendered::Rendered,
};
use crate::{
    domain::{
        Instant,
        actor::{Actor, Principal},
        quorum::Group,
        source::Source,
        vm::VmId,
    },
    policy::{Allowed, DoorSteps, Extend, Outcome, PortSet, Refusal, Rule, RuleBook, Step},
};

/// Room for each part; together they stay below the 6000 characters of a message's embeds.
const STEPS: usize = 1700;
/// The last steps of a door: those that decide.
const STEPS_SHOWN: usize = 6;
const FACTS: usize = 600;
const RULES: usize = 4;

/// What was found out about one question.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Who would ask.
    pub subject: Actor,
    /// Whether it is the reader.
    pub own: bool,
    pub source: Option<Source>,
    pub doors: Vec<DoorSteps>,
    pub verdict: Result<Allowed, Refusal>,
    pub book: Arc<RuleBook>,
    pub now: Instant,
}

/// The answer in chat.
pub fn explanation(found: &Explanation) -> Rendered {
    let steps: Vec<_> = found.doors.iter().map(|door| steps(door, STEPS_SHOWN)).collect();
    let mut embed = CreateEmbed::new()
        .title("What the rules say")
        .description(format!("{}\n\n{}", verdict(found), joined(&steps, "\n\n", STEPS)));
    for rule in governing(found).into_iter().take(RULES) {
        let lines = facts(found, rule);
        embed = embed.field(
            format!("Rule {}", quoted_within(&rule.name.0, 80)),
            joined(&lines, "\n", FACTS),
            false,
        );
    }
    Rendered {
        embeds: vec![embed],
        ..Rendered::default()
    }
}

/// The answer for a terminal.
pub fn in_text(found: &Explanation) -> String {
    let mut lines = vec![verdict(found)];
    for door in &found.doors {
        lines.push(String::new());
        lines.push(steps(door, usize::MAX));
    }
    for rule in governing(found) {
        lines.push(String::new());
        lines.push(format!("Rule {}:", quoted_within(&rule.name.0, 80)));
        lines.extend(facts(found, rule).into_iter().map(|fact| format!("  {fact}")));
    }
    plain(&lines.join("\n"))
}

/// Somebody may not learn this.
pub fn not_allowed() -> Rendered {
    Rendered::text(
        "What the rules say for somebody else is shown to administrators and auditors of Portcullis. Leave `user:` out to \
         see what they say for you.",
    )
}

/// Somebody may not know of the machine.
pub fn not_shown(vm: &VmId) -> Rendered {
    Rendered::text(format!(
        "No rule concerns you and **{}**: you may neither ask for it nor approve it. If you need it, ask an administrator \
         of Portcullis for a rule.",
        phrase::machine(vm)
    ))
}

/// Somebody who is no member of the server.
pub fn no_member() -> Rendered {
    Rendered::text(
        "This person is not in the server (any more), or Discord does not say which roles they have. Try again in a minute.",
    )
}

fn verdict(found: &Explanation) -> String {
    let who = if found.own {
        "If you asked now".to_owned()
    } else {
        format!("If {} asked now", phrase::person(&found.subject.person))
    };
    let from = match found.source {
        Some(source) => format!(" from {}", phrase::source(source)),
        None => String::new(),
    };
    match &found.verdict {
        Ok(allowed) => {
            let needed: Vec<_> = allowed
                .terms
                .iter()
                .map(|terms| {
                    format!(
                        "{} under {}",
                        counted(terms.quorum.approvals(), "approval", "approvals"),
                        quoted_within(&terms.rule.0, 80)
                    )
                })
                .collect();
            let pinged = pinged(found, allowed);
            let unknown = if found.source.is_none() {
                " The source was not said, so limits on sources are not judged; say it with `from:`."
            } else {
                ""
            };
            format!(
                "{who}{from}, the request would be sent: for {}, {} at most. It needs {}. {pinged}{unknown}",
                allowed.length,
                allowed.max_for,
                listed(&needed, 300)
            )
        }
        Err(refusal) => {
            let to_them = if found.own { "" } else { "They would be told: " };
            format!("{who}{from}, nothing would be sent. {to_them}{}", why(refusal))
        }
    }
}

/// How many the card would notify, as far as that is known here.
fn pinged(found: &Explanation, allowed: &Allowed) -> String {
    let mut pinged: Vec<&Principal> = Vec::new();
    for principal in allowed.terms.iter().flat_map(|terms| terms.quorum.approvers()) {
        if *principal != Principal::User(found.subject.person.id) && !pinged.contains(&principal) {
            pinged.push(principal);
        }
    }
    let roles = pinged
        .iter()
        .filter(|principal| matches!(principal, Principal::Role(_)))
        .count();
    let people = pinged.len() - roles;
    let mut parts = Vec::new();
    if roles > 0 {
        parts.push(counted(roles, "role", "roles"));
    }
    if people > 0 {
        parts.push(counted(people, "person", "people"));
    }
    let hidden = if roles > 0 {
        " How many people have a role, Portcullis does not know."
    } else {
        ""
    };
    format!("The card would ping {}.{hidden}", listed(&parts, 100))
}

/// The rules that govern a door, each once.
fn governing(found: &Explanation) -> Vec<&Rule> {
    let mut rules: Vec<&Rule> = Vec::new();
    let matched = found.doors.iter().flat_map(|door| &door.steps);
    for step in matched.filter(|step| step.outcome == Outcome::Matched) {
        if let Some(rule) = found.book.named(&step.rule)
            && !rules.iter().any(|known| known.name == rule.name)
        {
            rules.push(rule);
        }
    }
    rules
}

fn steps(door: &DoorSteps, most: usize) -> String {
    let mut lines = vec![format!("{}:", phrase::door(&door.door.vm, door.door.port))];
    let steps: Vec<_> = door
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| format!("{}. {}", index + 1, self::step(step)))
        .collect();
    // What decides stands at the end, so the beginning is what may be left out.
    let skipped = steps.len().saturating_sub(most);
    if skipped > 0 {
        lines.push(format!(
            "{} before these did not match.",
            counted(skipped, "rule", "rules")
        ));
    }
    lines.extend(steps.into_iter().skip(skipped));
    let none = !door.steps.iter().any(|step| step.outcome == Outcome::Matched);
    if none {
        lines.push("No rule is left, so the answer is no.".to_owned());
    }
    lines.join("\n")
}

fn step(step: &Step) -> String {
    let name = format!("“{}”", quoted_within(&step.rule.0, 80));
    match &step.outcome {
        Outcome::Matched => format!("{name} matches, so it governs; later rules are not tried."),
        Outcome::OtherVm => format!("{name} is about other machines."),
        Outcome::OtherPort => format!("{name} is about other ports."),
        Outcome::OtherRequester { requesters } => {
            let who: Vec<_> = requesters.iter().map(phrase::principal).collect();
            format!("{name} is for other people: {}.", listed(&who, 100))
        }
        Outcome::OtherHours { hours } => format!("{name} holds at other hours: {}.", hours::phrase(hours)),
    }
}

fn facts(found: &Explanation, rule: &Rule) -> Vec<String> {
    let mut facts = vec![format!(
        "Approve: {}, and never who asked.",
        listed(&rule.quorum.groups().iter().map(group).collect::<Vec<_>>(), 400)
    )];
    facts.push(format!(
        "Time: {} at most, {} when nothing is said. An answer counts for {}.",
        rule.max_for, rule.default_for, rule.answer_within
    ));
    facts.push(sources(rule));
    facts.extend(reason(rule));
    if let Some(hours) = &rule.hours {
        facts.push(format!("Hours: {}.", hours::phrase(hours)));
    }
    for entry in &rule.limits {
        let terms = found.verdict.as_ref().ok().map(|allowed| &allowed.terms);
        let applies = terms.is_some_and(|all| {
            all.iter()
                .any(|terms| terms.rule == rule.name && terms.bounds.limits.contains(&entry.limit))
        });
        let mark = if applies {
            "applies here"
        } else {
            "does not apply here"
        };
        facts.push(format!("Limit ({mark}): {}", limits::sentence(&entry.limit)));
    }
    let per_person = [
        rule.per_person
            .open
            .map(|open| format!("{} at once", counted(usize::from(open), "port", "ports"))),
        rule.per_person
            .requests_per_hour
            .map(|most| format!("{} an hour", counted(usize::from(most), "request", "requests"))),
    ];
    let per_person: Vec<_> = per_person.into_iter().flatten().collect();
    if !per_person.is_empty() {
        facts.push(format!("Each person: {}.", listed(&per_person, 100)));
    }
    facts.push(match rule.extend {
        Extend::ByApproval => "More time: its approvers decide.".to_owned(),
        Extend::Once => "More time: the first time without asking, then its approvers decide.".to_owned(),
    });
    if let PortSet::Only(ports) = &rule.ports {
        let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
        facts.push(format!("Ports: {}.", joined(&ports, ", ", 160)));
    }
    facts
}

/// "1 approval of <@&7>", with the name of the group where it has one.
fn group(group: &Group) -> String {
    let who: Vec<_> = group.approvers.iter().map(phrase::principal).collect();
    let name = match &group.name {
        Some(name) => format!("{}: ", quoted_within(name, 60)),
        None => String::new(),
    };
    format!(
        "{} of {name}{}",
        counted(usize::from(group.approvals), "approval", "approvals"),
        listed(&who, 200)
    )
}

fn sources(rule: &Rule) -> String {
    let width = match rule.sources.widest {
        32 => "single addresses".to_owned(),
        widest => format!("networks up to /{widest}"),
    };
    let within = if rule.sources.within.is_empty() {
        "from anywhere".to_owned()
    } else {
        let nets: Vec<_> = rule.sources.within.iter().map(|net| format!("`{net}`")).collect();
        format!("in {}", joined(&nets, ", ", 300))
    };
    let private = if rule.sources.private {
        ", private ones too"
    } else {
        ""
    };
    format!("Sources: {width} {within}{private}.")
}

fn reason(rule: &Rule) -> Option<String> {
    let reason = &rule.reason;
    let form = match (&reason.example, &reason.pattern) {
        (Some(example), _) => format!(", such as {}", coded(example, 100)),
        (None, Some(pattern)) => format!(", which matches {}", coded(pattern.as_str(), 160)),
        (None, None) => String::new(),
    };
    match (reason.required, reason.unasked) {
        (true, _) => Some(format!("Reason: required{form}.")),
        (_, true) => Some("Reason: nobody is asked for one.".to_owned()),
        _ if form.is_empty() => None,
        _ => Some(format!("Reason: not required{form}.")),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use insta::assert_snapshot;

    use super::*;
    use crate::{
        chat::message::sample,
        config::{Config, Environment},
        domain::{
            ids::RoleId,
            port::Port,
            vm::{AllowedSources, JitEntry, JitPort, JitState, Protocol, Vm},
        },
        policy::{Question, explain},
    };

    const RULES: &str = r#"
[discord]
token = "t"
guild_id = "1"
approver_channel = "2"
trail_channel = "3"
administrators = ["role:4"]
[azure]
credential = "azure-cli"
[[rule]]
name = "databases"
vms = ["db-*"]
requesters = ["role:5"]
approvers = ["role:6"]
max_for = "30m"
[[rule]]
name = "leads"
vms = ["*"]
requesters = ["role:7"]
approvers = ["role:6"]
max_for = "30m"
[[rule]]
name = "night"
vms = ["*"]
requesters = ["role:5"]
hours = { from = "22:00", to = "06:00", zone = "UTC" }
approvers = ["role:6"]
max_for = "30m"
[[rule]]
name = "web"
vms = ["web-*"]
ports = ["ssh", 443]
requesters = ["role:5"]
groups = [{ name = "on-call", approvers = ["role:6"] }, { name = "leads", approvers = ["role:7", "user:8"] }]
max_for = "2h"
sources = { widest = "/24" }
reason = { example = "INC-42" }
extend = "once"
per_person = { open = 2, requests_per_hour = 5 }
limit = [
    { because = "the source is a whole network", wider_than = "/32", max_for = "30m" },
    { because = "it is RDP", ports = [443], reason_required = true },
]
"#;

    fn guarded() -> Vm {
        let ports: BTreeSet<Port> = [22, 443].into_iter().map(sample::port).collect();
        let request = sample::pending(&["web-01"]);
        Vm {
            jit: JitState::Configured {
                policies: vec![JitEntry {
                    policy: request.targets[0].ports[0].policy.clone(),
                    ports: ports
                        .into_iter()
                        .map(|port| JitPort {
                            port,
                            protocol: Protocol::Tcp,
                            sources: AllowedSources::Any,
                            max: Duration::from_secs(3 * 60 * 60),
                        })
                        .collect(),
                }],
            },
            ..sample::vm("web-01")
        }
    }

    fn found(source: Option<&str>, own: bool) -> Explanation {
        let book = Arc::new(Config::read(RULES, None, &Environment::default()).unwrap().rules);
        let subject = Actor {
            person: sample::pending(&["web-01"]).requester,
            roles: vec![RoleId(5)],
        };
        let vm = guarded();
        let source = source.map(|source| source.parse().unwrap());
        let now = sample::at(0);
        let question = Question {
            requester: &subject,
            vms: &[(&vm, vec![sample::port(22)])],
            length: None,
            source,
            reason: None,
            now,
        };
        let (doors, verdict) = explain(&book, &question);
        Explanation {
            own,
            source,
            doors,
            verdict,
            book,
            now,
            subject: subject.clone(),
        }
    }

    #[test]
    fn every_step_has_its_line() {
        assert_snapshot!("steps", in_text(&found(Some("8.8.8.0/28"), false)));
    }

    #[test]
    fn a_source_that_is_not_said_is_named() {
        let said = in_text(&found(None, true));
        assert!(
            said.starts_with("If you asked now, the request would be sent"),
            "{said}"
        );
        assert!(said.contains("limits on sources are not judged"), "{said}");
        let refused = in_text(&found(Some("10.1.2.3"), true));
        assert!(
            refused.contains("nothing would be sent. 10.1.2.3 is a private"),
            "{refused}"
        );
    }

    #[test]
    fn discord_takes_it() {
        let rendered = serde_json::to_value(&explanation(&found(None, true)).embeds).unwrap();
        let all: usize = rendered.to_string().chars().count();
        assert!(all < 6000, "{all}");
    }
}

//! `/jit explain` and `portcullis explain`: which rule applies, why, who could approve, and what is allowed now.

mod conditions;
mod facts;

use std::sync::Arc;

use serenity::all::CreateEmbed;

use self::facts::facts;
use super::{
    hours,
    limit::{counted, joined, listed},
    phrase,
    plain::plain,
    quote::quoted_within,
    refusal::rules::why,
    rendered::Rendered,
};
use crate::{
    domain::{
        Instant,
        actor::{Actor, Principal},
        alone::Alone,
        source::Source,
        vm::VmId,
        vote::Terms,
    },
    policy::{Allowed, DoorSteps, Outcome, Refusal, Rule, RuleBook, Step},
};

/// Room for each part; together they stay below the 6000 characters of a message's embeds.
const STEPS: usize = 1400;
/// The last steps of a door: those that decide.
const STEPS_SHOWN: usize = 6;
const FACTS: usize = 850;
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
    /// How many people the card would call, where that is counted.
    pub pinged: Option<usize>,
}

impl Explanation {
    /// What `rule` would hold the request to.
    fn terms_of(&self, rule: &Rule) -> Option<&Terms> {
        let allowed = self.verdict.as_ref().ok()?;
        allowed.terms.iter().find(|terms| terms.rule == rule.name)
    }
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
        Some(source) => format!(" from `{source}`"),
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
            let unknown = if found.source.is_none() {
                " The source was not said, so limits on sources are not judged; say it with `from:`."
            } else {
                ""
            };
            let is_alone = allowed
                .terms
                .iter()
                .all(|terms| terms.alone == Some(Alone::Approved));
            let needs = if is_alone {
                "It would be approved at once by what the rules say, without a person.".to_owned()
            } else {
                format!("It needs {}. {}", listed(&needed, 300), pinged(found, allowed))
            };
            format!(
                "{who}{from}, the request would be sent: for {}, {} at most. {needs}{unknown}",
                allowed.length, allowed.max_for,
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
    let first = |terms: &'_ Terms| -> Vec<_> {
        let approvers = terms.quorum.approvers();
        terms.attention.called_first(approvers).copied().collect()
    };
    let called: Vec<Principal> = allowed.terms.iter().flat_map(first).collect();
    for principal in &called {
        if *principal != Principal::User(found.subject.person.id) && !pinged.contains(&principal) {
            pinged.push(principal);
        }
    }
    if pinged.is_empty() {
        return "The card would ping nobody.".to_owned();
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
    let in_all = match found.pinged {
        Some(all) if roles > 0 => format!(", {} in all", counted(all, "person", "people")),
        _ => String::new(),
    };
    let hidden = if roles > 0 && found.pinged.is_none() {
        " How many people have a role is not counted (`discord.members_intent`)."
    } else {
        ""
    };
    format!("The card would ping {}{in_all}.{hidden}", listed(&parts, 100))
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

#[cfg(test)]
mod tests;

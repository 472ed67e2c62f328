//! What a rule says, line by line: who approves, and within which limits.

use super::{Explanation, conditions};
use crate::{
    chat::message::{
        hours,
        limit::{counted, joined, listed},
        limits, phrase,
        quote::{coded, quoted_within},
    },
    domain::quorum::Group,
    policy::{PortSet, Rule},
};

pub(super) fn facts(found: &Explanation, rule: &Rule) -> Vec<String> {
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
        let applies = found
            .terms_of(rule)
            .is_some_and(|terms| terms.bounds.limits.contains(&entry.limit));
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
    facts.extend(conditions::facts(found, rule));
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

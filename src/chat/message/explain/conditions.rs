//! What a rule does besides asking its approvers: more time, deciding alone, breaking the glass, a second look, and
//! whom it calls when.

use super::Explanation;
use crate::{
    chat::message::{
        alone, hours,
        limit::{joined, listed},
        phrase,
        vote::because,
    },
    domain::{actor::Principal, alone::Alone, attention::Attention, second_look::looked_at_twice},
    policy::{AutoApprove, BreakGlass, Extend, Rule, SecondLookRule},
};

pub(super) fn facts(found: &Explanation, rule: &Rule) -> Vec<String> {
    let mut facts = vec![match rule.extend {
        Extend::ByApproval => "More time: its approvers decide.".to_owned(),
        Extend::Once => "More time: the first time without asking, then its approvers decide.".to_owned(),
    }];
    facts.extend(rule.second_look.as_ref().map(|look| twice(found, rule, look)));
    facts.extend(
        rule.auto_approve
            .as_ref()
            .map(|auto| by_itself(found, rule, auto)),
    );
    facts.extend(rule.break_glass.as_ref().map(glass));
    facts.extend(calls(&rule.attention));
    facts
}

fn twice(found: &Explanation, rule: &Rule, entry: &SecondLookRule) -> String {
    let mut what = Vec::new();
    if entry.look.always {
        what.push("every request".to_owned());
    }
    if let Some(prefix) = entry.look.wider_than {
        what.push(format!("a source wider than /{prefix}"));
    }
    if let Some(length) = entry.look.longer_than {
        what.push(format!("more than {length}"));
    }
    if !entry.vms.is_empty() {
        let vms: Vec<_> = entry.vms.iter().map(|vm| format!("`{vm}`")).collect();
        what.push(format!("the machines {}", joined(&vms, ", ", 100)));
    }
    let here = match (&found.verdict, found.source, found.terms_of(rule)) {
        (Ok(allowed), Some(source), Some(terms)) => {
            let why = looked_at_twice(std::slice::from_ref(terms), None, allowed.length, source);
            if why.is_empty() {
                " Not here.".to_owned()
            } else {
                let why: Vec<_> = why.into_iter().map(because).collect();
                format!(" Here too, because {}.", listed(&why, 150))
            }
        }
        _ => String::new(),
    };
    format!(
        "Second look: an approver has to confirm {} once more.{here}",
        listed(&what, 250)
    )
}

fn by_itself(found: &Explanation, rule: &Rule, auto: &AutoApprove) -> String {
    let who = if auto.requesters == rule.requesters {
        String::new()
    } else {
        format!("for {}, ", people(&auto.requesters))
    };
    let nets: Vec<_> = auto.within.iter().map(|net| format!("`{net}`")).collect();
    let times = match auto.at_most {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let hours = match &auto.hours {
        Some(hours) => format!(", {}", hours::phrase(hours)),
        None => String::new(),
    };
    let here = match found
        .terms_of(rule)
        .and_then(|terms| terms.alone.as_ref().map(|alone| (alone, terms)))
    {
        Some((Alone::Approved, _)) => " Here it would.".to_owned(),
        Some((_, terms)) => alone::not_alone_here(terms)
            .map(|because| format!(" Not here, because {because}."))
            .unwrap_or_default(),
        None => String::new(),
    };
    format!(
        "Approves alone: {who}from {}, at most {times} in {} for each person{hours}.{here}",
        joined(&nets, ", ", 150),
        auto.per
    )
}

fn glass(glass: &BreakGlass) -> String {
    let freeze = if glass.in_freeze { "also" } else { "not" };
    format!(
        "Break-glass: {} may open at once with `/jit break-glass`, {freeze} while a freeze is on. Somebody else must sign a \
         review.",
        people(&glass.requesters)
    )
}

/// Whom its requests call; nothing where it is the card alone.
fn calls(attention: &Attention) -> Option<String> {
    let mut parts = Vec::new();
    if attention.quiet {
        parts.push("the card calls nobody".to_owned());
    }
    if let Some(every) = attention.remind_every {
        parts.push(format!("a reminder after {every}, then ever more seldom"));
    }
    for step in &attention.escalate {
        parts.push(format!("after {} also {}", step.after, people(&step.to)));
    }
    (!parts.is_empty()).then(|| format!("Calls: {}.", parts.join("; ")))
}

fn people(people: &[Principal]) -> String {
    let people: Vec<_> = people.iter().map(phrase::principal).collect();
    listed(&people, 150)
}

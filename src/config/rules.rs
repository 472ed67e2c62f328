//! All rules together: the book, and the hash by which a reload is recorded.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    problem::Problems,
    rule::{RuleInput, notice, second_look},
    template::{self, TemplateInput},
};
use crate::{
    domain::{
        actor::Principal,
        attention::Attention,
        hours::Hours,
        quorum::{Group, Quorum},
    },
    policy::{Extend, PerPerson, PortSet, Rule, RuleBook, Tighten},
};

/// The book of the rules as they are written.
pub(super) fn check(
    inputs: Vec<RuleInput>,
    templates: Vec<TemplateInput>,
    problems: &mut Problems,
) -> RuleBook {
    let mut rules: Vec<Rule> = Vec::with_capacity(inputs.len());
    let mut names = BTreeSet::new();
    for (index, input) in inputs.into_iter().enumerate() {
        let key = format!("rule[{index}]");
        let name = input.name().map(str::to_owned);
        if let Some(name) = name.filter(|name| !names.insert(name.clone())) {
            problems.at(
                &format!("{key}.name"),
                format!("{name:?} is the name of an earlier rule; every rule has its own"),
            );
        }
        let Some(mut rule) = input.check(&key, problems) else {
            continue;
        };
        rule.fingerprint = digest(&describe(&rule));
        rules.push(rule);
    }
    let templates = template::check(templates, problems);
    // A book without templates keeps the hash that it had before there were any.
    let mut said: Vec<Value> = rules.iter().map(describe).collect();
    said.extend(templates.iter().map(template::describe));
    RuleBook {
        rules,
        templates,
        hash: digest(&Value::from(said)),
    }
}

/// What a rule says, with every default filled in: equal rules are equal here, however they are written.
pub(super) fn describe(rule: &Rule) -> Value {
    let text = |values: Vec<String>| Value::from(values);
    let mut described = json!({
        "name": rule.name,
        "vms": text(rule.vms.iter().map(ToString::to_string).collect()),
        "requesters": text(rule.requesters.iter().map(name_of).collect()),
        "max_for": rule.max_for.to_string(),
        "default_for": rule.default_for.to_string(),
        "sources": {
            "widest": format!("/{}", rule.sources.widest),
            "within": text(rule.sources.within.iter().map(ToString::to_string).collect()),
            "private": rule.sources.private,
        },
        "reason": { "required": rule.reason.required },
        "answer_within": rule.answer_within.to_string(),
    });
    describe_quorum(&rule.quorum, &mut described);
    if let (PortSet::Only(ports), Value::Object(table)) = (&rule.ports, &mut described) {
        let ports = ports.iter().map(|port| port.number()).collect();
        table.insert("ports".to_owned(), ports);
    }
    let mut set = |pointer: &str, key: &str, value: Option<String>| {
        if let (Some(value), Some(Value::Object(table))) = (value, described.pointer_mut(pointer)) {
            table.insert(key.to_owned(), Value::from(value));
        }
    };
    let pattern = rule
        .reason
        .pattern
        .as_ref()
        .map(|pattern| pattern.as_str().to_owned());
    set("/reason", "pattern", pattern);
    set("/reason", "example", rule.reason.example.clone());
    set("/reason", "mode", rule.reason.unasked.then(|| "none".to_owned()));
    // Left out where it is the default, so that a rule that never spoke of it keeps its fingerprint.
    let extend = (rule.extend != Extend::default()).then(|| rule.extend.word().to_owned());
    set("", "extend", extend);
    set("", "channel", rule.channel.map(|channel| channel.to_string()));
    set("", "notice_before", notice::shown(rule.notice_before));
    if let Value::Object(table) = &mut described {
        table.extend(attention(&rule.attention));
        if let Some(auto) = &rule.auto_approve {
            let mut described = json!({
                "requesters": auto.requesters.iter().map(name_of).collect::<Vec<_>>(),
                "within": auto.within.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "at_most": auto.at_most,
                "per": auto.per.to_string(),
            });
            add_hours(&mut described, auto.hours.as_ref());
            table.insert("auto_approve".to_owned(), described);
        }
        if let Some(glass) = &rule.break_glass {
            let described = json!({
                "requesters": glass.requesters.iter().map(name_of).collect::<Vec<_>>(),
                "in_freeze": glass.in_freeze,
            });
            table.insert("break_glass".to_owned(), described);
        }
    }
    if let (Some(look), Value::Object(table)) = (&rule.second_look, &mut described) {
        table.insert("second_look".to_owned(), second_look::describe(look));
    }
    add_hours(&mut described, rule.hours.as_ref());
    if let (false, Some(Value::Object(table))) = (
        rule.reason.suggestions.is_empty(),
        described.pointer_mut("/reason"),
    ) {
        table.insert("suggestions".to_owned(), json!(rule.reason.suggestions));
    }
    add_limits(&mut described, &rule.limits);
    add_per_person(&mut described, rule.per_person);
    described
}

fn add_hours(described: &mut Value, hours: Option<&Hours>) {
    if let (Some(hours), Value::Object(table)) = (hours, described) {
        table.insert("hours".to_owned(), json!(hours));
    }
}

fn add_per_person(described: &mut Value, per_person: PerPerson) {
    let numbers = [
        ("open", per_person.open),
        ("requests_per_hour", per_person.requests_per_hour),
    ];
    let given: Map<String, Value> = numbers
        .into_iter()
        .filter_map(|(key, number)| Some((key.to_owned(), Value::from(number?))))
        .collect();
    if let Value::Object(table) = described
        && !given.is_empty()
    {
        table.insert("per_person".to_owned(), Value::Object(given));
    }
}

fn add_limits(described: &mut Value, limits: &[Tighten]) {
    if let Value::Object(table) = described
        && !limits.is_empty()
    {
        table.insert("limit".to_owned(), limits.iter().map(limit).collect());
    }
}

fn limit(limit: &Tighten) -> Value {
    let (when, then) = (&limit.when, &limit.limit);
    let mut described = json!({ "because": then.because });
    add_hours(&mut described, when.hours.as_ref());
    let Value::Object(table) = &mut described else {
        return described;
    };
    let mut set = |key: &str, value: Option<Value>| {
        table.extend(value.map(|value| (key.to_owned(), value)));
    };
    let texts = |values: Vec<String>| (!values.is_empty()).then(|| Value::from(values));
    set("vms", texts(when.vms.iter().map(ToString::to_string).collect()));
    if let PortSet::Only(ports) = &when.ports {
        set("ports", Some(ports.iter().map(|port| port.number()).collect()));
    }
    set(
        "wider_than",
        when.wider_than.map(|width| Value::from(format!("/{width}"))),
    );
    set(
        "outside",
        texts(when.outside.iter().map(ToString::to_string).collect()),
    );
    set("max_for", then.max_for.map(|max| Value::from(max.to_string())));
    set("approvals", then.approvals.map(Value::from));
    set("reason_required", then.reason.then_some(Value::Bool(true)));
    described
}

fn describe_quorum(quorum: &Quorum, described: &mut Value) {
    let names = |group: &Group| group.approvers.iter().map(name_of).collect::<Vec<_>>();
    let Value::Object(table) = described else { return };
    match quorum.groups() {
        [sole] if sole.name.is_none() => {
            table.insert("approvers".to_owned(), Value::from(names(sole)));
            table.insert("approvals".to_owned(), Value::from(sole.approvals));
        }
        groups => {
            let groups = groups.iter().map(|group| {
                json!({ "name": group.name, "approvers": names(group), "approvals": group.approvals })
            });
            table.insert("groups".to_owned(), groups.collect());
        }
    }
}

/// What stands there of whom a rule calls, and when.
fn attention(attention: &Attention) -> Map<String, Value> {
    let mut table = Map::new();
    if attention.quiet {
        table.insert("quiet".to_owned(), Value::Bool(true));
    }
    if let Some(every) = attention.remind_every {
        table.insert("remind_every".to_owned(), Value::from(every.to_string()));
    }
    if !attention.escalate.is_empty() {
        let steps = attention.escalate.iter().map(|step| {
            let to: Vec<_> = step.to.iter().map(name_of).collect();
            json!({ "after": step.after.to_string(), "to": to })
        });
        table.insert("escalate".to_owned(), steps.collect());
    }
    table
}

/// A principal as rules write it.
pub(super) fn name_of(principal: &Principal) -> String {
    match principal {
        Principal::Role(id) => format!("role:{id}"),
        Principal::User(id) => format!("user:{id}"),
    }
}

fn digest(value: &Value) -> String {
    // The keys of a table come out in alphabetical order, so the text is canonical.
    let hash = Sha256::digest(value.to_string());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

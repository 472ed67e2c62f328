//! The judgement: a question in, terms or a refusal out.

use super::{
    book::RuleBook,
    limits::{
        jit_port, length_under, length_under_jit, names_fit, reason_under, source_under, source_under_jit,
    },
    refusal::Refusal,
    rule::{Extend, Rule},
    tighten::Demands,
};
use crate::domain::{
    Instant,
    actor::Actor,
    bounds::Bounds,
    ids::ChannelId,
    length::Length,
    port::Port,
    request::{Target, TargetPort},
    source::Source,
    text::FreeText,
    vm::{JitPolicyId, JitPort, Vm},
    vote::{Door, Terms},
};

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    pub requester: &'a Actor,
    /// Each VM with its ports. What stands here twice is asked once.
    pub vms: &'a [(&'a Vm, Vec<Port>)],
    /// `None`: what the rules give when nothing is said.
    pub length: Option<Length>,
    /// `None`: not known yet; it must be judged, with all the rest, before the request is pending.
    pub source: Option<Source>,
    pub reason: Option<&'a FreeText>,
    /// The moment for which the rules are asked: some hold at certain hours only.
    pub now: Instant,
}

/// What the rules allow, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// What was asked, each VM and each port once, with the JIT policy through which each port opens.
    pub targets: Vec<Target>,
    /// One entry for each rule involved.
    pub terms: Vec<Terms>,
    /// What was asked, or the smallest default of rules and JIT policies.
    pub length: Length,
    /// The longest that every rule involved would allow.
    pub max_for: Length,
    /// The shortest of the rules involved.
    pub answer_within: Length,
    /// Where the card goes, if not to the general approver channel.
    pub channel: Option<ChannelId>,
    /// Whether every rule involved extends an access once without asking.
    pub extends_once: bool,
}

/// Judges `question`: every door needs a rule, and one refusal refuses all.
pub fn judge(book: &RuleBook, question: &Question<'_>) -> Result<Allowed, Refusal> {
    let mut doors = Vec::new();
    for (vm, ports) in question.vms {
        if ports.is_empty() {
            return Err(Refusal::NothingAsked);
        }
        doors.extend(ports.iter().map(|port| AskedDoor {
            vm,
            port: *port,
            through: None,
        }));
    }
    judge_doors(book, question, &doors)
}

/// One door of a question; `through` is the JIT policy that was chosen for it before.
#[derive(Debug)]
pub(super) struct AskedDoor<'a> {
    pub(super) vm: &'a Vm,
    pub(super) port: Port,
    pub(super) through: Option<&'a JitPolicyId>,
}

struct Governed<'a> {
    door: Door,
    rule: &'a Rule,
    policy: &'a JitPolicyId,
    limits: &'a JitPort,
    vm: &'a Vm,
    demands: Demands,
}

pub(super) fn judge_doors(
    book: &RuleBook,
    question: &Question<'_>,
    doors: &[AskedDoor<'_>],
) -> Result<Allowed, Refusal> {
    let mut governed: Vec<Governed<'_>> = Vec::with_capacity(doors.len());
    for asked in doors {
        let door = Door {
            vm: asked.vm.id.clone(),
            port: asked.port,
        };
        if governed.iter().any(|other| other.door == door) {
            continue;
        }
        // The rule first: who may not ask learns nothing of how Azure guards the VM.
        let rule = book.governing(question.requester, asked.vm, asked.port, question.now)?;
        let (policy, limits) = jit_port(asked.vm, asked.port, asked.through)?;
        names_fit(&asked.vm.id, policy)?;
        governed.push(Governed {
            door,
            rule,
            policy,
            limits,
            vm: asked.vm,
            demands: Demands::of(rule, asked.vm, asked.port, question.source, question.now),
        });
    }
    let length = length_of(question, &governed)?;
    for entry in &governed {
        length_under(entry.rule, &entry.demands, length)?;
        length_under_jit(entry.limits, &entry.door, length)?;
        if let Some(source) = question.source {
            source_under(entry.rule, source)?;
            source_under_jit(entry.limits, &entry.door, source)?;
        }
        reason_under(entry.rule, &entry.demands, question.reason)?;
        if entry
            .demands
            .quorum
            .is_out_of_reach(Some(question.requester.person.id))
        {
            return Err(Refusal::NobodyCanApprove {
                rule: entry.rule.name.clone(),
            });
        }
    }
    let rules = || governed.iter().map(|entry| entry.rule);
    let smallest = |of: fn(&Rule) -> Length| rules().map(of).min().ok_or(Refusal::NothingAsked);
    let terms = terms_of(question.requester, &governed);
    Ok(Allowed {
        targets: targets_of(&governed),
        length,
        max_for: governed
            .iter()
            .map(|entry| entry.demands.max_for)
            .min()
            .ok_or(Refusal::NothingAsked)?,
        answer_within: smallest(|rule| rule.answer_within)?,
        channel: book.channel_for(&terms),
        extends_once: rules().all(|rule| rule.extend == Extend::Once),
        terms,
    })
}

/// What was asked, or the smallest default; a default yields to Azure's limits, a wish does not.
fn length_of(question: &Question<'_>, governed: &[Governed<'_>]) -> Result<Length, Refusal> {
    if let Some(length) = question.length {
        return Ok(length);
    }
    let default = governed
        .iter()
        .map(|entry| entry.demands.default_for)
        .min()
        .ok_or(Refusal::NothingAsked)?;
    let jit = governed.iter().map(|entry| entry.limits.max).min();
    Ok(jit
        .and_then(|max| Length::new(max).ok())
        .map_or(default, |max| max.min(default)))
}

fn terms_of(requester: &Actor, governed: &[Governed<'_>]) -> Vec<Terms> {
    let mut all: Vec<Terms> = Vec::new();
    for Governed {
        door,
        rule,
        vm,
        demands,
        ..
    } in governed
    {
        let look = rule.second_look.as_ref().map(|look| look.at(vm));
        match all.iter_mut().find(|terms| terms.rule == rule.name) {
            Some(terms) => {
                terms.doors.push(door.clone());
                // One of its machines is enough: the request is decided as a whole.
                if look.is_some_and(|look| look.always) {
                    terms.second_look = look;
                }
                // One quorum for each rule: the strictest that any of its doors needs.
                if demands.quorum.approvals() > terms.quorum.approvals() {
                    terms.quorum = demands.quorum.clone();
                }
                for limit in &demands.limits {
                    if !terms.bounds.limits.contains(limit) {
                        terms.bounds.limits.push(limit.clone());
                    }
                }
            }
            None => all.push(Terms {
                rule: rule.name.clone(),
                doors: vec![door.clone()],
                quorum: demands.quorum.clone(),
                requester_roles: requester.roles.clone(),
                attention: rule.attention.clone(),
                alone: None,
                second_look: look,
                bounds: Bounds {
                    hours: rule.hours.clone(),
                    limits: demands.limits.clone(),
                    reason_unasked: rule.reason.unasked && !demands.reason,
                },
            }),
        }
    }
    all
}

fn targets_of(governed: &[Governed<'_>]) -> Vec<Target> {
    let mut all: Vec<Target> = Vec::new();
    for Governed { door, policy, .. } in governed {
        let entry = TargetPort {
            port: door.port,
            policy: (*policy).clone(),
        };
        match all.iter_mut().find(|target| target.vm == door.vm) {
            Some(target) => target.ports.push(entry),
            None => all.push(Target {
                vm: door.vm.clone(),
                ports: vec![entry],
            }),
        }
    }
    all
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

//! Why a question is answered as it is: which rule matched each door, and what kept the earlier ones from it.

use super::{
    book::RuleBook,
    judge::{Allowed, Question, judge},
    refusal::Refusal,
};
use crate::domain::{actor::Principal, hours::Hours, ids::RuleName, vote::Door};

/// How the rules were tried on one door, up to the one that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorSteps {
    pub door: Door,
    pub steps: Vec<Step>,
}

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub rule: RuleName,
    pub outcome: Outcome,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It governs the door; later rules are not tried.
    Matched,
    OtherVm,
    OtherPort,
    /// About this door and these people, but at other hours.
    OtherHours {
        hours: Hours,
    },
    /// About this door, but for other people.
    OtherRequester {
        requesters: Vec<Principal>,
    },
}

/// The steps for each door, and the judgement on the whole.
pub fn explain(book: &RuleBook, question: &Question<'_>) -> (Vec<DoorSteps>, Result<Allowed, Refusal>) {
    let mut doors = Vec::new();
    for (vm, ports) in question.vms {
        for port in ports {
            let mut steps = Vec::new();
            for rule in &book.rules {
                let outcome = if !rule.is_about(vm) {
                    Outcome::OtherVm
                } else if !rule.ports.contains(*port) {
                    Outcome::OtherPort
                } else if !rule.lets_ask(question.requester) {
                    Outcome::OtherRequester {
                        requesters: rule.requesters.clone(),
                    }
                } else if let Some(hours) = rule.hours.as_ref().filter(|hours| !hours.contains(question.now))
                {
                    Outcome::OtherHours { hours: hours.clone() }
                } else {
                    Outcome::Matched
                };
                let matched = outcome == Outcome::Matched;
                steps.push(Step {
                    rule: rule.name.clone(),
                    outcome,
                });
                if matched {
                    break;
                }
            }
            doors.push(DoorSteps {
                door: Door {
                    vm: vm.id.clone(),
                    port: *port,
                },
                steps,
            });
        }
    }
    (doors, judge(book, question))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Instant;
    use crate::policy::sample::{DEVELOPER, LEAD, actor, book, ports, role, rule, vm};

    #[test]
    fn every_rule_up_to_the_match_says_what_became_of_it() {
        let (mut databases, mut rdp, mut leads, web, mut late) = (
            rule("databases"),
            rule("rdp"),
            rule("leads"),
            rule("web"),
            rule("late"),
        );
        databases.vms = vec!["db-*".parse().unwrap()];
        rdp.ports = ports(&["rdp"]);
        leads.requesters = vec![role(LEAD)];
        late.vms = vec!["*".parse().unwrap()];
        let book = book(vec![databases, rdp, leads, web, late]);
        let alice = actor(1, &[DEVELOPER]);
        let web = vm("prod-web", "web-01");
        let vms = [(&web, vec!["ssh".parse().unwrap()])];
        let (doors, verdict) = explain(
            &book,
            &Question {
                requester: &alice,
                vms: &vms,
                length: None,
                source: None,
                reason: None,
                now: Instant::UNIX_EPOCH,
            },
        );
        let outcomes: Vec<_> = doors[0].steps.iter().map(|step| step.outcome.clone()).collect();
        assert_eq!(
            outcomes,
            [
                Outcome::OtherVm,
                Outcome::OtherPort,
                Outcome::OtherRequester {
                    requesters: vec![role(LEAD)]
                },
                Outcome::Matched,
            ]
        );
        assert_eq!(verdict.unwrap().terms[0].rule.0, "web");
    }
}

//! Lines about changes of JIT policies.

use crate::{
    chat::message::{
        configure::{because, place, wishes_plain},
        limit::{joined, listed},
        phrase,
    },
    domain::{configuration::StepFacts, record::Fact},
};

/// Room for what changes; with all other parts a line stays below a message.
const CHANGES: usize = 900;

/// The parts of a line. Facts of other subjects have their lines elsewhere.
pub(super) fn facts(fact: &Fact) -> Vec<String> {
    match fact {
        Fact::ConfigureAsked { step } => line("configuring", step, "confirmed"),
        Fact::Configured { step, others } => {
            let mut parts = line("configured", step, "confirmed");
            if !others.is_empty() {
                let names: Vec<_> = others.iter().map(|name| phrase::name(name)).collect();
                parts.push(format!(
                    "somebody else has changed {} there meanwhile",
                    listed(&names, 300)
                ));
            }
            parts
        }
        Fact::ConfigureFailed { step, why } => {
            let mut parts = line("not configured", step, "confirmed");
            parts.insert(2, because(why));
            parts
        }
        _ => Vec::new(),
    }
}

fn line(what: &str, step: &StepFacts, verb: &str) -> Vec<String> {
    vec![
        what.to_owned(),
        joined(&wishes_plain(&step.changes), "; ", CHANGES),
        place(&step.policy),
        format!("{verb} by {}", phrase::person(&step.asked_by)),
    ]
}

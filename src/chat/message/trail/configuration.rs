//! Lines about changes of JIT policies.

use crate::{
    chat::message::{
        configure::{because, place, wishes_plain},
        limit::{joined, listed},
        phrase,
        quote::quoted_within,
        when,
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
            parts.insert(2, because(why).trim_end_matches('.').to_owned());
            parts
        }
        Fact::ConfigureCrossed { step, other } => {
            let mut parts = line("written at the same time", step, "confirmed");
            parts.insert(
                1,
                format!(
                    "{} wrote the JIT policy too, {}, and what they changed may be lost",
                    quoted_within(other.who.as_str(), 150),
                    when::time(other.at)
                ),
            );
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

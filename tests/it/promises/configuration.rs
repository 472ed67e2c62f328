//! What was written to JIT policies, as Azure got it.

use portcullis::{
    domain::record::{Fact, Record},
    sandbox::azure::AzureEmulator,
};

/// G3: no JIT policy is written before the record of who confirmed it, and every write that was confirmed is told done
/// or not done, once.
pub(crate) fn configured_only_as_confirmed(azure: &AzureEmulator, records: &[Record]) {
    let mut asked = Vec::new();
    let mut told = Vec::new();
    for record in records {
        match &record.entry.fact {
            Fact::ConfigureAsked { step } => asked.push((record.at, step)),
            Fact::Configured { step, .. } | Fact::ConfigureFailed { step, .. } => told.push(step),
            _ => {}
        }
    }
    for call in azure.calls("jit-put") {
        let path = call.path.to_lowercase();
        assert!(
            asked
                .iter()
                .any(|(at, step)| *at <= call.at && path.starts_with(step.policy.key())),
            "a JIT policy was written without a record before: {path}"
        );
    }
    for step in told {
        let same = |other: &&portcullis::domain::configuration::StepFacts| {
            other.proposal == step.proposal && other.policy == step.policy
        };
        assert!(asked.iter().any(|(_, asked)| same(asked)));
        assert_eq!(
            records
                .iter()
                .filter_map(|record| match &record.entry.fact {
                    Fact::Configured { step, .. } | Fact::ConfigureFailed { step, .. } => Some(step),
                    _ => None,
                })
                .filter(same)
                .count(),
            1,
            "one change is told twice"
        );
    }
}

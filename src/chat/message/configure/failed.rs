//! Why a change was not made: what, why, and what to do next.

use crate::{
    chat::message::{phrase, trouble},
    domain::configuration::FailedStep,
};

use super::change::place;

/// For the administrator.
pub(super) fn sentence(why: &FailedStep) -> String {
    let next = match why {
        FailedStep::Azure { .. } => "When that is mended, propose the change again.",
        FailedStep::PolicyGone
        | FailedStep::Elsewhere { .. }
        | FailedStep::Changed { .. }
        | FailedStep::Overwritten { .. } => {
            "Look at the machine with `/jit ports`, and propose the change again if it is still wanted."
        }
        FailedStep::Unreadable { .. } => "Change it in the portal, or mend the entry there first.",
        FailedStep::NeverQuiet | FailedStep::Busy => "Propose it again when Azure is at rest.",
        FailedStep::NotProvisioned => {
            "Look at the network security group in the portal, and propose the change again."
        }
        FailedStep::StillUpdating => "Look at it again with `/jit ports` in a while.",
        FailedStep::Lost => "Look at the machine with `/jit ports`, and propose the change again.",
        FailedStep::Frozen => "`/jit unfreeze` lifts the freeze; then propose it again.",
    };
    format!("{}. {next}", because(why))
}

/// Without what to do next, for the trail.
pub(in crate::chat::message) fn because(why: &FailedStep) -> String {
    match why {
        FailedStep::Azure { trouble } => trouble::sentence(trouble).trim_end_matches('.').to_owned(),
        FailedStep::PolicyGone => "The JIT policy is there no more".to_owned(),
        FailedStep::Elsewhere { vm, policy } => format!(
            "{} has come into another one meanwhile, {}, so nothing was written",
            phrase::machine(vm),
            place(policy)
        ),
        FailedStep::Changed { vm } => format!(
            "Somebody else has changed {} since it was shown, so nothing was written",
            phrase::machine(vm)
        ),
        FailedStep::Unreadable { vm } => format!(
            "What the JIT policy says of {} cannot be understood, so nothing was written",
            phrase::machine(vm)
        ),
        FailedStep::NeverQuiet => {
            "Somebody else writes the JIT policy again and again, so nothing was written".to_owned()
        }
        FailedStep::Busy => {
            "Azure was busy with the JIT policy for ten minutes, so nothing was written".to_owned()
        }
        FailedStep::NotProvisioned => {
            "Azure took the change and could not write the network rules for it".to_owned()
        }
        FailedStep::StillUpdating => {
            "Azure took the change and is not ready with the network rules after ten minutes".to_owned()
        }
        FailedStep::Overwritten { vm } => format!(
            "Azure took the change, and it is not there now: somebody else has written {} since",
            phrase::machine(vm)
        ),
        FailedStep::Lost => "Azure did not answer, and the JIT policy does not show the change".to_owned(),
        FailedStep::Frozen => "A freeze came before it was written, and it could open a port".to_owned(),
    }
}

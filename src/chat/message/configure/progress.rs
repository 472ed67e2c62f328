//! How far a confirmed proposal is: each JIT policy with its machines, and the reason where something failed.

use serenity::all::CreateEmbed;

use super::{
    change::{Emphasis, lines, names, place},
    failed::sentence,
};
use crate::{
    chat::message::{
        limit::{DESCRIPTION, counted, joined},
        quote::quoted_within,
        rendered::Rendered,
        when,
    },
    domain::configuration::{Step, StepState},
};

/// Where all steps stand.
pub fn progress(steps: &[Step]) -> Rendered {
    let machines = |fits: fn(&StepState) -> bool| -> usize {
        steps
            .iter()
            .filter(|step| fits(&step.state))
            .map(|step| step.changes.len())
            .sum()
    };
    let all = machines(|_| true);
    let done = machines(|state| matches!(state, StepState::Done { .. }));
    let failed = machines(|state| matches!(state, StepState::Failed { .. }));
    let over = done + failed == all;
    let mut content = format!("{done} of {} done", counted(all, "machine", "machines"));
    if failed > 0 {
        content.push_str(&format!(", {failed} not"));
    }
    content.push_str(match (over, failed) {
        (true, 0) => ". Azure shows everything as it was confirmed.",
        (true, _) => ". What is not done was not changed any further; see below for what to do.",
        (false, _) => ". This message follows what Azure says; you need not wait for it.",
    });
    let parts: Vec<_> = steps.iter().map(line).collect();
    Rendered {
        content,
        embeds: vec![CreateEmbed::new().title("JIT policies").description(joined(
            &parts,
            "\n",
            DESCRIPTION - 500,
        ))],
        ..Rendered::default()
    }
}

fn line(step: &Step) -> String {
    let vms: Vec<_> = step.changes.iter().map(|change| &change.vm).collect();
    let names = names(&vms, Emphasis::Bold);
    let place = place(&step.policy);
    match &step.state {
        StepState::Queued { .. } => format!("**waiting** · {names} · {place}"),
        StepState::Sent { .. } => format!("**being written** · {names} · {place}"),
        StepState::Updating { .. } => {
            format!("**taken** · {names} · {place}. Azure is changing the network rules.")
        }
        StepState::Done { crossed, .. } => {
            let also = crossed.as_ref().map_or_else(String::new, |by| {
                format!(
                    " {} wrote the same JIT policy {}, while the bot did, and what they changed may be lost: look at it \
                     in the portal, and tell them.",
                    quoted_within(by.who.as_str(), 150),
                    when::full(by.at)
                )
            });
            format!("**done** · {place} · {}{also}", lines(&step.changes).join(" "))
        }
        StepState::Failed { why, .. } => format!("**not done** · {names} · {place}. {}", sentence(why)),
    }
}

//! The proposal: everything that will change, before anything does.

use serenity::all::CreateEmbed;

use super::{caution, change, refusal::left_out_lines};
use crate::{
    chat::message::{
        button,
        limit::{FIELD, joined, width},
        rendered::Rendered,
        when,
    },
    domain::configuration::{Caution, LeftOut, Proposal, Step},
};

/// Room for what changes; with three full fields an embed stays below Discord's 6000 characters.
const CHANGES: usize = 2700;

/// What will change, what to know of it, and the buttons.
pub fn proposal(proposal: &Proposal, steps: &[Step], cautions: &[Caution], left_out: &[LeftOut]) -> Rendered {
    let lines = lines(steps);
    let mut embed = CreateEmbed::new()
        .title("This will change in Azure")
        .description(joined(&lines, "\n", CHANGES));
    let cautions = caution::lines(cautions);
    let (first, second) = parted(&cautions);
    for (name, lines) in [
        ("Before you confirm", first),
        ("Also", second),
        ("Left out", &left_out_lines(left_out)),
    ] {
        if !lines.is_empty() {
            embed = embed.field(name, joined(lines, "\n", FIELD), false);
        }
    }
    Rendered {
        content: format!(
            "Nothing has been changed yet. Press Confirm to change exactly this; it can be confirmed until {}.",
            when::full(proposal.lapses_at)
        ),
        embeds: vec![embed],
        components: vec![button::confirm_row(proposal.id)],
        ..Rendered::default()
    }
}

/// Whether all of it can be shown: nobody confirms what they cannot read.
pub fn fits(steps: &[Step]) -> bool {
    width(&lines(steps).join("\n")) <= CHANGES
}

fn lines(steps: &[Step]) -> Vec<String> {
    let mut lines = Vec::new();
    for step in steps {
        let new = if step.is_new { ", which is new" } else { "" };
        lines.push(format!("In {}{new}:", change::place(&step.policy)));
        lines.extend(
            change::lines(&step.changes)
                .into_iter()
                .map(|line| format!("- {line}")),
        );
    }
    lines
}

/// The lines that fit into one field, and the others.
fn parted(lines: &[String]) -> (&[String], &[String]) {
    let mut room = FIELD;
    let fits = |line: &&String| {
        let needed = width(line) + 1;
        let fits = needed <= room;
        room = room.saturating_sub(needed);
        fits
    };
    lines.split_at(lines.iter().take_while(fits).count())
}

/// The administrator has dropped it.
pub fn cancelled() -> Rendered {
    Rendered::text("Dropped. Nothing was changed.")
}

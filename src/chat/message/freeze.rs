//! The emergency brake: what whoever pulls or lifts it is told.

use super::{limit::counted, phrase, quote::quoted_within, rendered::Rendered, when};
use crate::domain::freeze::Freeze;

/// The freeze is on now; `open` windows stay as they are.
pub fn frozen(open: usize) -> Rendered {
    let open = match open {
        0 => "No window is open at the moment.".to_owned(),
        open => format!(
            "{} open until their ends; use `/jit close` to end them now.",
            counted(open, "window stays", "windows stay")
        ),
    };
    Rendered::text(format!(
        "The freeze is on: nothing new is opened. Requests can still be asked and answered, and what is approved \
         waits. {open} `/jit unfreeze` lifts it."
    ))
}

/// It was on before.
pub fn frozen_already(freeze: &Freeze) -> Rendered {
    Rendered::text(format!("The freeze is on already. {}", facts(freeze)))
}

/// The freeze is lifted, and `waiting` openings go on.
pub fn unfrozen(waiting: usize) -> Rendered {
    let waiting = match waiting {
        0 => "Nothing was waiting.".to_owned(),
        waiting => format!(
            "{} on now.",
            counted(waiting, "opening that waited goes", "openings that waited go")
        ),
    };
    Rendered::text(format!("The freeze is lifted. {waiting}"))
}

/// There was no freeze.
pub fn not_frozen() -> Rendered {
    Rendered::text("No freeze is on, so there is nothing to lift.")
}

/// Only administrators may freeze and unfreeze.
pub fn not_allowed() -> Rendered {
    Rendered::text(
        "Nothing was changed: only the administrators of Portcullis can freeze and unfreeze. In an emergency, tell \
         one of them; an open window can be closed by who asked and by its approvers with `/jit close`.",
    )
}

fn facts(freeze: &Freeze) -> String {
    let why = freeze.reason.as_ref().map_or_else(
        || "No reason was given.".to_owned(),
        |reason| format!("Reason: {}", quoted_within(reason.as_str(), 640)),
    );
    format!(
        "It was set by {} {}. {why}",
        phrase::person(&freeze.by),
        when::full(freeze.since)
    )
}

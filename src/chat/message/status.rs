//! `/jit status`: one request, as its card shows it, for whoever asks.

use super::{
    answer,
    button::{again_row, call_off_row, close_row, open_row, withdraw_row},
    card,
    phase::Phase,
    rendered::Rendered,
    view::View,
};

/// What the reader may do with the request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    /// The reader asked: how to connect is shown.
    pub requester: bool,
    pub withdraw: bool,
    pub close: bool,
}

/// How one request stands.
pub fn status(view: &View<'_>, rights: Rights) -> Rendered {
    let phase = Phase::of(view.request, view.windows, view.freeze);
    let mut components = Vec::new();
    if rights.withdraw && matches!(phase, Phase::Draft | Phase::Pending) {
        components.push(withdraw_row(view.request.id));
    }
    if rights.requester && matches!(phase, Phase::Open | Phase::PartlyOpen) {
        components.push(open_row(view.request.id));
    } else if rights.close && phase == Phase::Scheduled {
        components.push(call_off_row(view.request.id));
    } else if rights.close && phase.can_close() {
        components.push(close_row(view.request.id));
    }
    let again = answer::offered_again(view, phase).filter(|_| rights.requester);
    if again.is_some() {
        components.push(again_row(view.request.id));
    }
    let content = if let Some(again) = again {
        again
    } else if rights.requester {
        answer::ways(view, 1500)
    } else {
        String::new()
    };
    Rendered {
        content,
        embeds: vec![card::embed(view)],
        components,
        ..Rendered::default()
    }
}

/// This person has no request at all.
pub fn none() -> Rendered {
    Rendered::text(
        "You have no request yet. `/jit request` asks for access, and `/jit list` shows those of others.",
    )
}

//! A machine that is not found may be one of a subscription that could not be read: then that is said as well.

use crate::{
    chat::message::{Rendered, refusal::unread, vms::Unread},
    gateway::Gateway,
};

/// `said`, and why machines may be missing. A subscription whose older picture is there hides none.
pub(super) fn explained(gateway: &Gateway, said: Rendered) -> Rendered {
    let view = gateway.engine.inventory.view();
    let hidden = view.failures().iter().filter(|failure| {
        let part = failure.subscription.as_ref().and_then(|id| view.part(id));
        part.is_none()
    });
    let hidden: Vec<_> = hidden
        .map(|failure| Unread {
            subscription: failure
                .subscription
                .as_ref()
                .map(|id| (id, failure.name.as_ref())),
            why: &failure.why,
            shown_from: None,
        })
        .collect();
    unread::explained(said, &hidden)
}

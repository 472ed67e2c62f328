//! What `/jit enable`, `/jit disable` and `/jit ports` have in common: their buttons, and why nothing is proposed.

use crate::{
    chat::message::{
        Rendered,
        button::Button,
        configure::{self, Which},
    },
    domain::ids::ProposalId,
    engine::configure::{Asker, NotProposed},
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

/// Discord takes up to 6000 characters; more than this is no list of machines.
pub(super) const LIST_CHARS_MAX: u16 = 1200;

/// A button of a proposal.
#[derive(Debug, Clone, Copy)]
pub(in crate::gateway) enum Press {
    Confirm(ProposalId),
    Cancel(ProposalId),
    ChooseVms(ProposalId),
    RemovePort(ProposalId),
}

impl Press {
    pub(in crate::gateway) fn of(button: Button) -> Option<Self> {
        match button {
            Button::ConfirmProposal(id) => Some(Self::Confirm(id)),
            Button::CancelProposal(id) => Some(Self::Cancel(id)),
            Button::ChooseVms(id) => Some(Self::ChooseVms(id)),
            Button::RemovePort(id) => Some(Self::RemovePort(id)),
            _ => None,
        }
    }
}

/// Does what a button of a proposal says.
pub(in crate::gateway) async fn press(
    gateway: &Gateway,
    press: Press,
    asker: &Asker,
    chosen: &[String],
) -> Result<Reply, StoreError> {
    let engine = &gateway.engine;
    let outcome = match press {
        Press::Confirm(id) => engine.confirm_proposal(asker, id).await?,
        Press::Cancel(id) => engine.cancel_proposal(asker, id).await?,
        Press::ChooseVms(id) => {
            let places: Vec<usize> = chosen.iter().filter_map(|value| value.parse().ok()).collect();
            engine.choose_vms(asker, id, &places).await?.map(|_| ())
        }
        Press::RemovePort(id) => match chosen.first().and_then(|value| value.parse().ok()) {
            Some(port) => engine.remove_port(asker, id, port).await?.map(|_| ()),
            None => Err(NotProposed::UnknownProposal),
        },
    };
    match outcome {
        Ok(()) => Ok(Reply::FromJob),
        Err(NotProposed::Refused(crate::domain::configuration::ConfirmRefusal::NotWaiting)) => {
            // Whoever presses twice sees how far it is.
            let (Press::Confirm(id) | Press::Cancel(id) | Press::ChooseVms(id) | Press::RemovePort(id)) =
                press;
            engine.show_proposal(asker, id).await?;
            Ok(Reply::FromJob)
        }
        Err(why) => Ok(refusal(&why, Which::Guard).into()),
    }
}

/// Why nothing was proposed.
pub(super) fn refusal(why: &NotProposed, which: Which) -> Rendered {
    match why {
        NotProposed::NotAnAdministrator => configure::not_an_administrator(),
        NotProposed::NoInventory => configure::no_inventory(),
        NotProposed::NoVm => configure::no_vm(),
        NotProposed::UnknownVm { typed, near } => configure::unknown_vm(typed, near),
        NotProposed::AmbiguousVm { typed, meant } => configure::ambiguous_vm(typed, meant),
        NotProposed::TooManyVms { given, most } => configure::too_many(*given, *most),
        NotProposed::NothingFound { search } => configure::nothing_found(which, search),
        NotProposed::AllLeftOut(left_out) => configure::all_left_out(left_out),
        NotProposed::Ports(why) => configure::ports(why),
        NotProposed::Protocol { typed } => configure::protocol(typed),
        NotProposed::Sources(why) => configure::sources(why),
        NotProposed::Limit { typed, why } => configure::limit(typed, *why),
        NotProposed::PortKnown { vm, port } => configure::port_known(vm, *port),
        NotProposed::PortUnknown { vm, port } => configure::port_unknown(vm, *port),
        NotProposed::TooMuch => configure::too_much(),
        NotProposed::NothingChanges => configure::nothing_changes(),
        NotProposed::Refused(why) => configure::not_allowed(why),
        NotProposed::UnknownProposal => configure::unknown_proposal(),
        NotProposed::Repeated => configure::repeated(),
    }
}

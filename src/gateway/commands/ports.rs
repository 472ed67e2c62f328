//! `/jit ports vm`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, configure::refusal, option, subcommand, unread};
use crate::{
    chat::message::{
        command::ports::{COMMAND, VM},
        configure::{self, Which},
    },
    domain::{configuration::ConfirmRefusal, ids::ProposalId},
    engine::configure::{Asker, NotProposed, PortTyped},
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND).add_sub_option(
        option(CommandOptionType::String, VM)
            .max_length(300)
            .required(true)
            .set_autocomplete(true),
    )
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let vm = sent.text(VM).unwrap_or_default();
    Ok(
        match sent.gateway.engine.propose_ports(&sent.asker(), vm).await? {
            Ok(_) | Err(NotProposed::Repeated) => Reply::FromJob,
            Err(why @ (NotProposed::UnknownVm { .. } | NotProposed::NoInventory)) => {
                unread::explained(sent.gateway, refusal(&why, Which::Ports)).into()
            }
            Err(why) => refusal(&why, Which::Ports).into(),
        },
    )
}

/// The form for a port was sent. What cannot be used is said above the menu, so that it can be sent again.
pub(in crate::gateway) async fn set(
    gateway: &Gateway,
    asker: &Asker,
    id: ProposalId,
    typed: &PortTyped,
) -> Result<Reply, StoreError> {
    let why = match gateway.engine.set_port(asker, id, typed).await? {
        Ok(_) => return Ok(Reply::FromJob),
        Err(NotProposed::Refused(ConfirmRefusal::NotWaiting)) => {
            gateway.engine.show_proposal(asker, id).await?;
            return Ok(Reply::FromJob);
        }
        Err(why) => why,
    };
    let sentence = refusal(&why, Which::Ports);
    let menu = match why {
        NotProposed::Refused(_) | NotProposed::UnknownProposal => None,
        _ => gateway.engine.ports_menu(id).await?,
    };
    Ok(match menu {
        Some(menu) => configure::above(sentence, menu).into(),
        None => sentence.into(),
    })
}

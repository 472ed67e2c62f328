//! `/jit rules vm [port]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, unread};
use crate::{
    chat::message::{
        button::RulesPage,
        command::rules::{COMMAND, PORT, VM},
        network_rules,
        refusal::input,
    },
    domain::actor::Actor,
    engine::{look::Looking, network_rules::NotShown},
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VM, 200).required(true).set_autocomplete(true))
        .add_sub_option(text(PORT, 30))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let looking = Looking {
        actor: sent.actor.clone(),
        vm: sent.text(VM).unwrap_or_default().to_owned(),
        port: sent.text(PORT).map(str::to_owned),
        token: sent.token.clone(),
        interaction: sent.interaction,
    };
    Ok(match sent.gateway.engine.look(&looking).await? {
        Ok(()) => Reply::FromJob,
        Err(NotShown::UnknownVm { typed, near }) => {
            unread::explained(sent.gateway, input::unknown_vm(&typed, &near)).into()
        }
        Err(NotShown::AmbiguousVm { typed, meant }) => input::ambiguous_vm(&typed, &meant).into(),
        Err(NotShown::NoInventory) => unread::explained(sent.gateway, input::no_inventory()).into(),
        Err(NotShown::Port(why)) => input::port(&why).into(),
        Err(NotShown::NotAllowed { vm }) => network_rules::not_allowed(&vm).into(),
    })
}

/// Another page of what was found.
pub(in crate::gateway) async fn page(
    gateway: &Gateway,
    page: RulesPage,
    reader: &Actor,
) -> Result<Reply, StoreError> {
    Ok(gateway.engine.turn(page, reader).await?.into())
}

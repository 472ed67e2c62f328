//! `/jit rules vm [port]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, unread};
use crate::{
    chat::message::{
        command::rules::{COMMAND, PORT, VM},
        network_rules,
        refusal::input,
    },
    engine::network_rules::NotShown,
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VM, 200).required(true).set_autocomplete(true))
        .add_sub_option(text(PORT, 30))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let vm = sent.text(VM).unwrap_or_default();
    let found = sent
        .gateway
        .engine
        .network_rules(&sent.actor, vm, sent.text(PORT))
        .await?;
    Ok(match found {
        Ok(picture) => network_rules::rules(&picture),
        Err(NotShown::UnknownVm { typed, near }) => {
            unread::explained(sent.gateway, input::unknown_vm(&typed, &near))
        }
        Err(NotShown::AmbiguousVm { typed, meant }) => input::ambiguous_vm(&typed, &meant),
        Err(NotShown::NoInventory) => unread::explained(sent.gateway, input::no_inventory()),
        Err(NotShown::Port(why)) => input::port(&why),
        Err(NotShown::NotAllowed { vm }) => network_rules::not_allowed(&vm),
    }
    .into())
}

//! `/jit enable [vms] [search] [ports] [limit] [sources]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{
    Sent,
    configure::{LIST_CHARS_MAX, refusal},
    option, subcommand, unread,
};
use crate::{
    chat::message::{
        command::enable::{COMMAND, LIMIT, PORTS, SEARCH, SOURCES, VMS},
        configure::Which,
    },
    engine::configure::{GuardTyped, NotProposed},
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VMS, LIST_CHARS_MAX).set_autocomplete(true))
        .add_sub_option(text(SEARCH, 100))
        .add_sub_option(text(PORTS, 100))
        .add_sub_option(text(LIMIT, 30))
        .add_sub_option(text(SOURCES, 400))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let owned = |words| sent.text(words).map(str::to_owned);
    let typed = GuardTyped {
        asker: sent.asker(),
        vms: owned(VMS),
        search: owned(SEARCH),
        ports: owned(PORTS),
        sources: owned(SOURCES),
        limit: owned(LIMIT),
    };
    Ok(match sent.gateway.engine.propose_guard(&typed).await? {
        Ok(_) | Err(NotProposed::Repeated) => Reply::FromJob,
        Err(why @ (NotProposed::UnknownVm { .. } | NotProposed::NoInventory)) => {
            unread::explained(sent.gateway, refusal(&why, Which::Guard)).into()
        }
        Err(why) => refusal(&why, Which::Guard).into(),
    })
}

//! `/jit disable [vms] [search]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{
    Sent,
    configure::{LIST_CHARS_MAX, refusal},
    option, subcommand, unread,
};
use crate::{
    chat::message::{
        command::disable::{COMMAND, SEARCH, VMS},
        configure::Which,
    },
    engine::configure::{NotProposed, UnguardTyped},
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VMS, LIST_CHARS_MAX).set_autocomplete(true))
        .add_sub_option(text(SEARCH, 100))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let owned = |words| sent.text(words).map(str::to_owned);
    let typed = UnguardTyped {
        asker: sent.asker(),
        vms: owned(VMS),
        search: owned(SEARCH),
    };
    Ok(match sent.gateway.engine.propose_unguard(&typed).await? {
        Ok(_) | Err(NotProposed::Repeated) => Reply::FromJob,
        Err(why @ (NotProposed::UnknownVm { .. } | NotProposed::NoInventory)) => {
            unread::explained(sent.gateway, refusal(&why, Which::Unguard)).into()
        }
        Err(why) => refusal(&why, Which::Unguard).into(),
    })
}

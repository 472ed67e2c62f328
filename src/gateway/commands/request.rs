//! `/jit request [vm] [port] [for] [from] [reason] [at] [template]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, unread};
use crate::{
    chat::message::{
        Rendered,
        command::request::{AT, COMMAND, FOR, FROM, PORT, REASON, TEMPLATE, VM},
        refusal::{input, rules},
        schedule,
    },
    engine::request::{NotAsked, Typed},
    gateway::reply::Reply,
    store::StoreError,
};

/// Discord takes up to 6000 characters; more than this is no list of machines and no reason.
const LIST_CHARS_MAX: u16 = 600;
const REASON_CHARS_MAX: u16 = 300;

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VM, LIST_CHARS_MAX).set_autocomplete(true))
        .add_sub_option(text(PORT, 100))
        .add_sub_option(text(FOR, 30))
        .add_sub_option(text(FROM, 60))
        .add_sub_option(text(REASON, REASON_CHARS_MAX).set_autocomplete(true))
        .add_sub_option(text(AT, 40))
        .add_sub_option(text(TEMPLATE, 100).set_autocomplete(true))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let owned = |words| sent.text(words).map(str::to_owned);
    let typed = Typed {
        actor: sent.actor.clone(),
        vm: owned(VM).unwrap_or_default(),
        port: owned(PORT).unwrap_or_default(),
        length: owned(FOR),
        from: owned(FROM),
        reason: owned(REASON),
        at: owned(AT),
        template: owned(TEMPLATE),
        asked_in: sent.channel,
        token: sent.token.clone(),
        interaction: sent.interaction,
    };
    Ok(match sent.gateway.engine.request(&typed).await? {
        Ok(_) => Reply::FromJob,
        Err(NotAsked::Repeated) => Reply::FromJob,
        Err(why @ (NotAsked::UnknownVm { .. } | NotAsked::NoInventory)) => {
            unread::explained(sent.gateway, refusal(&why)).into()
        }
        Err(why) => refusal(&why).into(),
    })
}

/// Says why nothing was asked.
pub(in crate::gateway) fn refusal(why: &NotAsked) -> Rendered {
    match why {
        NotAsked::NoVm => input::missing(VM.name),
        NotAsked::NoPort => input::missing(PORT.name),
        NotAsked::UnknownTemplate { typed, near } => input::unknown_template(typed, near),
        NotAsked::UnknownVm { typed, near } => input::unknown_vm(typed, near),
        NotAsked::AmbiguousVm { typed, meant } => input::ambiguous_vm(typed, meant),
        NotAsked::TooManyVms { given, most } => input::too_many(VM.name, *given, *most),
        NotAsked::TooManyPorts { given, most } => input::too_many(PORT.name, *given, *most),
        NotAsked::Port(why) => input::port(why),
        NotAsked::Length { typed, why } => input::length(typed, *why),
        NotAsked::Start { typed, why } => schedule::refused(typed, *why),
        NotAsked::Source(why) => input::source(why),
        NotAsked::Rules(why) => rules::sentence(why),
        NotAsked::NoInventory | NotAsked::Repeated => input::no_inventory(),
    }
}

//! `/jit extend [request] [for] [reason]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, which};
use crate::{
    chat::message::{
        command::extend::{COMMAND, FOR, REASON, REQUEST},
        extend, failure,
        refusal::{input, nothing::Doing},
    },
    domain::ids::RequestId,
    engine::extend::{Longer, NotExtended},
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND)
        .add_sub_option(option(CommandOptionType::Integer, REQUEST).min_int_value(1))
        .add_sub_option(option(CommandOptionType::String, FOR).max_length(30))
        .add_sub_option(option(CommandOptionType::String, REASON).max_length(300))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let row = match which::open(sent, REQUEST, Doing::Extend).await? {
        Ok(row) => row,
        Err(rendered) => return Ok(rendered.into()),
    };
    let longer = Longer {
        actor: sent.actor.clone(),
        length: sent.text(FOR).map(str::to_owned),
        reason: sent.text(REASON).map(str::to_owned),
        asked_in: Some(sent.channel),
        token: sent.token.clone(),
        interaction: sent.interaction,
    };
    extend(sent.gateway, row.request.id, &longer).await
}

/// Asks for more time, and says why not; the new request's own message says the rest.
pub(in crate::gateway) async fn extend(
    gateway: &Gateway,
    request: RequestId,
    longer: &Longer,
) -> Result<Reply, StoreError> {
    Ok(match gateway.engine.extend(request, longer).await? {
        Ok(_) | Err(NotExtended::Repeated) => Reply::FromJob,
        Err(NotExtended::UnknownRequest) => failure::old_button().into(),
        Err(NotExtended::Refused { request, why }) => extend::refused(request.number, &why).into(),
        Err(NotExtended::Length { typed, why }) => input::length(&typed, why).into(),
        Err(NotExtended::Rules { request, why }) => extend::refused_by_rules(request.number, &why).into(),
    })
}

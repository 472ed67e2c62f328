//! `/jit connect [request]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, which};
use crate::{
    chat::message::{
        command::connect::{COMMAND, REQUEST},
        connect, failure,
        refusal::nothing::Doing,
    },
    domain::{actor::Actor, ids::RequestId},
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND).add_sub_option(option(CommandOptionType::Integer, REQUEST).min_int_value(1))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    match which::open(sent, REQUEST, Doing::Connect).await? {
        Ok(row) => connect(sent.gateway, row.request.id, &sent.actor).await,
        Err(rendered) => Ok(rendered.into()),
    }
}

/// Says to who asked how to connect.
pub(in crate::gateway) async fn connect(
    gateway: &Gateway,
    request: RequestId,
    by: &Actor,
) -> Result<Reply, StoreError> {
    let Some(row) = gateway.engine.look_at(request).await? else {
        return Ok(failure::old_button().into());
    };
    if row.request.requester.id != by.person.id {
        return Ok(connect::not_yours(row.request.number).into());
    }
    Ok(gateway
        .engine
        .scene(row.request)
        .await?
        .show(connect::help)
        .into())
}

//! `/jit connect [request] [vm] [port]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, close, option, subcommand, which};
use crate::{
    chat::message::{
        command::connect::{COMMAND, PORT, REQUEST, VM},
        connect, failure,
        refusal::nothing::Doing,
    },
    domain::{actor::Actor, ids::RequestId},
    engine::close::Doors,
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND)
        .add_sub_option(option(CommandOptionType::Integer, REQUEST).min_int_value(1))
        .add_sub_option(option(CommandOptionType::String, VM).max_length(200))
        .add_sub_option(option(CommandOptionType::String, PORT).max_length(30))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    match which::open(sent, REQUEST, Doing::Connect).await? {
        Ok(row) => match close::doors(sent, VM, PORT) {
            Ok(doors) => connect(sent.gateway, row.request.id, &doors, &sent.actor).await,
            Err(rendered) => Ok(rendered.into()),
        },
        Err(rendered) => Ok(rendered.into()),
    }
}

/// Says to who asked how to connect through the windows that are meant.
pub(in crate::gateway) async fn connect(
    gateway: &Gateway,
    request: RequestId,
    doors: &Doors,
    by: &Actor,
) -> Result<Reply, StoreError> {
    let Some(row) = gateway.engine.look_at(request).await? else {
        return Ok(failure::old_button().into());
    };
    let number = row.request.number;
    if row.request.requester.id != by.person.id {
        return Ok(connect::not_yours(number).into());
    }
    let mut scene = gateway.engine.scene(row.request).await?;
    if !scene.windows.is_empty() && !scene.windows.iter().any(|window| doors.mean(window)) {
        return Ok(connect::no_such_window(number, &scene.windows).into());
    }
    scene.windows.retain(|window| doors.mean(window));
    Ok(scene.show(connect::help).into())
}

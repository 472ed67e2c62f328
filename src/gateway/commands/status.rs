//! `/jit status [request]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand};
use crate::{
    chat::message::{
        command::status::{COMMAND, REQUEST},
        refusal::input,
        status::{self, Rights},
    },
    domain::ids::RequestNumber,
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND).add_sub_option(option(CommandOptionType::Integer, REQUEST).min_int_value(1))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let engine = &sent.gateway.engine;
    let row = match sent.number(REQUEST) {
        Some(number) => match engine.look_up(RequestNumber(number)).await? {
            Some(row) => row,
            None => return Ok(input::no_such_request(&number.to_string()).into()),
        },
        None => match engine.newest_of(sent.actor.person.id).await? {
            Some(row) => row,
            None => return Ok(status::none().into()),
        },
    };
    let requester = row.request.requester.id == sent.actor.person.id;
    let rights = Rights {
        requester,
        withdraw: requester,
        close: engine.may_close(&row.request, &sent.actor),
    };
    Ok(engine
        .scene(row.request)
        .await?
        .show(|view| status::status(view, rights))
        .into())
}

//! `/jit withdraw [request]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, which};
use crate::{
    chat::message::command::withdraw::{COMMAND, REQUEST},
    gateway::{components, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND).add_sub_option(option(CommandOptionType::Integer, REQUEST).min_int_value(1))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    match which::waiting(sent, REQUEST).await? {
        Ok(row) => components::withdraw(sent.gateway, row.request.id, &sent.actor).await,
        Err(rendered) => Ok(rendered.into()),
    }
}

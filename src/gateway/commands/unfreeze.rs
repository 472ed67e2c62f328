//! `/jit unfreeze`

use serenity::all::CreateCommandOption;

use super::{Sent, freeze::not_moved, subcommand};
use crate::{
    chat::message::{command::unfreeze::COMMAND, freeze},
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND)
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    Ok(match sent.gateway.engine.unfreeze(&sent.actor).await? {
        Ok(waiting) => freeze::unfrozen(waiting as usize).into(),
        Err(why) => not_moved(&why).into(),
    })
}

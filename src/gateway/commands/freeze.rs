//! `/jit freeze [reason]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand};
use crate::{
    chat::message::{
        Rendered,
        command::freeze::{COMMAND, REASON},
        freeze,
    },
    domain::text::FreeText,
    engine::freeze::NotMoved,
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND).add_sub_option(option(CommandOptionType::String, REASON).max_length(300))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let reason = sent.text(REASON).and_then(FreeText::new);
    Ok(match sent.gateway.engine.freeze(&sent.actor, reason).await? {
        Ok(open) => freeze::frozen(open).into(),
        Err(why) => not_moved(&why).into(),
    })
}

pub(super) fn not_moved(why: &NotMoved) -> Rendered {
    match why {
        NotMoved::NotAnAdministrator => freeze::not_allowed(),
        NotMoved::FrozenAlready { freeze } => freeze::frozen_already(freeze),
        NotMoved::NotFrozen => freeze::not_frozen(),
    }
}

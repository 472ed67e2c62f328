//! `/jit explain vm port [from] [for] [user]`

use serenity::all::{CommandOptionType, CreateCommandOption, ResolvedValue};

use super::{Sent, option, request::refusal, subcommand};
use crate::{
    chat::message::{
        command::explain::{COMMAND, FOR, FROM, PORT, USER, VM},
        explain,
    },
    domain::ids::UserId,
    engine::explain::{NotExplained, Supposed},
    gateway::reply::Reply,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VM, 200).required(true).set_autocomplete(true))
        .add_sub_option(text(PORT, 100).required(true))
        .add_sub_option(text(FROM, 60))
        .add_sub_option(text(FOR, 30))
        .add_sub_option(option(CommandOptionType::User, USER))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let owned = |words| sent.text(words).map(str::to_owned);
    let supposed = Supposed {
        vm: owned(VM).unwrap_or_default(),
        port: owned(PORT).unwrap_or_default(),
        length: owned(FOR),
        from: owned(FROM),
        reason: None,
    };
    let about = sent.options.iter().find_map(|option| match option.value {
        ResolvedValue::User(user, _) if option.name == USER.name => Some(UserId(user.id.get())),
        _ => None,
    });
    let found = sent
        .gateway
        .engine
        .explain_to(&sent.actor, about, &supposed)
        .await?;
    Ok(match found {
        Ok(found) => explain::explanation(&found),
        Err(NotExplained::NotUnderstood(why)) => refusal(&why),
        Err(NotExplained::NotShown { vm }) => explain::not_shown(&vm),
        Err(NotExplained::NotYours) => explain::not_allowed(),
        Err(NotExplained::NoMember) => explain::no_member(),
    }
    .into())
}

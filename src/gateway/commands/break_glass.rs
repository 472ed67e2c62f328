//! `/jit break-glass vm port [from] [reason]`: opens a form, and the form opens the window.

use serenity::all::{
    CommandInteraction, CommandOptionType, CreateCommandOption, CreateModal, ResolvedOption, ResolvedValue,
};

use super::{option, request::refusal, subcommand};
use crate::{
    chat::message::{
        command::{
            break_glass::COMMAND,
            request::{FROM, PORT, REASON, VM},
        },
        failure,
        glass::{self, Typed as Shown},
    },
    domain::{actor::Actor, ids::RequestId, text::FreeText},
    engine::{
        glass::{NotBroken, ReviewRefused, Urgent},
        request::NotAsked,
    },
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let text = |words, most| option(CommandOptionType::String, words).max_length(most);
    subcommand(COMMAND)
        .add_sub_option(text(VM, 600).required(true).set_autocomplete(true))
        .add_sub_option(text(PORT, 100).required(true))
        .add_sub_option(text(FROM, 60))
        .add_sub_option(text(REASON, 300))
}

/// The form that this command opens, which is also its acknowledgement; `None`: another command.
pub(super) fn form(command: &CommandInteraction) -> Option<CreateModal> {
    let mut given = command.data.options();
    let Some(ResolvedOption {
        name,
        value: ResolvedValue::SubCommand(options),
        ..
    }) = given.pop()
    else {
        return None;
    };
    let text = |wanted: &str| {
        options
            .iter()
            .find(|option| option.name == wanted)
            .and_then(|option| match option.value {
                ResolvedValue::String(text) => Some(text),
                _ => None,
            })
            .unwrap_or_default()
    };
    (name == COMMAND.name).then(|| {
        glass::form(&Shown {
            vm: text(VM.name),
            port: text(PORT.name),
            from: text(FROM.name),
            reason: text(REASON.name),
        })
    })
}

/// The form was sent.
pub(in crate::gateway) async fn sent(
    gateway: &Gateway,
    urgent: &Urgent,
    word: &str,
) -> Result<Reply, StoreError> {
    Ok(match gateway.engine.break_glass(urgent, word).await? {
        Ok(_) | Err(NotBroken::NotAsked(NotAsked::Repeated)) => Reply::FromJob,
        Err(NotBroken::NotAsked(why)) => refusal(&why).into(),
        Err(NotBroken::Refused(why)) => glass::refused(&why).into(),
        Err(NotBroken::NoSource) => glass::no_source().into(),
        Err(NotBroken::NoReason) => glass::no_reason().into(),
        Err(NotBroken::NoWord) => glass::no_word().into(),
    })
}

/// The form for a review was sent.
pub(in crate::gateway) async fn sign(
    gateway: &Gateway,
    request: RequestId,
    by: &Actor,
    note: Option<FreeText>,
) -> Result<Reply, StoreError> {
    Ok(match gateway.engine.sign_review(request, by, note).await? {
        Ok(request) => glass::signed(request.number).into(),
        Err(ReviewRefused::UnknownRequest) => failure::old_button().into(),
        Err(ReviewRefused::Refused { request, why }) => glass::not_signed(request.number, &why).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::definition;

    /// It is for now: there is nothing to write for a later start, or for a template that fills in what is not typed.
    #[test]
    fn what_opens_at_once_has_no_start() {
        let definition = serde_json::to_value(definition()).unwrap();
        let options: Vec<_> = definition["options"]
            .as_array()
            .unwrap()
            .iter()
            .map(|option| option["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(options, ["vm", "port", "from", "reason"]);
    }
}

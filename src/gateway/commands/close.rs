//! `/jit close [request]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, which};
use crate::{
    chat::message::{
        self,
        command::close::{COMMAND, REQUEST},
        failure,
    },
    domain::{actor::Actor, ids::RequestId, window::WindowState},
    engine::close::NotClosed,
    gateway::{Gateway, reply::Reply},
    store::{Phase, StoreError},
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND).add_sub_option(option(CommandOptionType::Integer, REQUEST).min_int_value(1))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let mine = Some(sent.actor.person.id);
    match which::one(sent, REQUEST, &[Phase::Active], mine).await? {
        Ok(row) => close(sent.gateway, row.request.id, &sent.actor).await,
        Err(rendered) => Ok(rendered.into()),
    }
}

/// Closes all windows of a request, and says what came of it.
pub(in crate::gateway) async fn close(
    gateway: &Gateway,
    request: RequestId,
    by: &Actor,
) -> Result<Reply, StoreError> {
    let number = match gateway.engine.look_at(request).await? {
        Some(row) => row.request.number,
        None => return Ok(failure::old_button().into()),
    };
    Ok(match gateway.engine.close(request, by).await? {
        Ok(closing) => message::close::closing(number, &closing.windows).into(),
        Err(NotClosed::UnknownRequest) => failure::old_button().into(),
        Err(NotClosed::NotAllowed) => message::close::not_allowed(number).into(),
        Err(NotClosed::NothingOpen { windows, .. }) => {
            if windows
                .iter()
                .any(|window| matches!(window.state, WindowState::Closing { .. }))
            {
                message::close::closing_already(number).into()
            } else {
                message::close::nothing_open(number).into()
            }
        }
    })
}

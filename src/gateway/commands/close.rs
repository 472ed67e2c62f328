//! `/jit close [request] [vm] [port]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand, which};
use crate::{
    chat::message::{
        self,
        command::close::{COMMAND, PORT, REQUEST, VM},
        failure,
        refusal::{input, nothing::Doing},
    },
    domain::{actor::Actor, ids::RequestId, port::Port, window::WindowState},
    engine::close::{Doors, NotClosed},
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
    match which::open(sent, REQUEST, Doing::Close).await? {
        Ok(row) => {
            let port = match sent.text(PORT).map(str::parse::<Port>).transpose() {
                Ok(port) => port,
                Err(why) => return Ok(input::port(&why).into()),
            };
            let doors = Doors {
                vm: sent.text(VM).map(str::to_owned),
                port,
            };
            close(sent.gateway, row.request.id, &doors, &sent.actor).await
        }
        Err(rendered) => Ok(rendered.into()),
    }
}

/// Closes windows of a request, and says what came of it.
pub(in crate::gateway) async fn close(
    gateway: &Gateway,
    request: RequestId,
    doors: &Doors,
    by: &Actor,
) -> Result<Reply, StoreError> {
    let number = match gateway.engine.look_at(request).await? {
        Some(row) => row.request.number,
        None => return Ok(failure::old_button().into()),
    };
    Ok(match gateway.engine.close(request, doors, by).await? {
        Ok(closing) if closing.windows.is_empty() => message::schedule::called_off(&closing.request).into(),
        Ok(closing) => {
            let view = gateway.engine.inventory();
            let mut vms: Vec<_> = closing
                .windows
                .iter()
                .filter_map(|window| view.vm(&window.vm))
                .collect();
            vms.dedup_by(|a, b| a.id == b.id);
            message::close::closing(number, &closing.windows, &vms).into()
        }
        Err(NotClosed::NoSuchWindow { windows, .. }) => {
            message::close::no_such_window(number, &windows).into()
        }
        Err(NotClosed::NotInParts) => message::schedule::not_in_parts(number).into(),
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

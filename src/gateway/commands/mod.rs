//! `/jit` and its subcommands: one file each.

pub(super) mod again;
pub(super) mod break_glass;
pub(super) mod close;
pub(super) mod configure;
pub(super) mod connect;
mod disable;
mod enable;
mod explain;
pub(super) mod extend;
mod freeze;
mod help;
pub(super) mod list;
mod plan;
pub(super) mod ports;
pub(super) mod request;
pub(super) mod rules;
mod status;
mod unfreeze;
mod unread;
pub(super) mod vms;
mod which;
mod withdraw;

use serenity::all::{
    CommandInteraction, CommandOptionType, CreateCommand, CreateCommandOption, CreateInteractionResponse,
    InteractionContext, ResolvedOption, ResolvedValue,
};

use super::{Gateway, actor, reply::Reply};
use crate::{
    chat::{
        message::{
            command::{self as words, Words},
            failure,
        },
        rest::InteractionToken,
    },
    domain::{actor::Actor, ids::ChannelId},
    engine::configure::Asker,
    store::StoreError,
};

/// A subcommand that somebody sent, acknowledged.
struct Sent<'a> {
    gateway: &'a Gateway,
    actor: Actor,
    channel: ChannelId,
    token: InteractionToken,
    interaction: u64,
    options: Vec<ResolvedOption<'a>>,
}

impl Sent<'_> {
    /// A text option as it was typed.
    fn text(&self, words: Words) -> Option<&str> {
        self.options
            .iter()
            .find(|option| option.name == words.name)
            .and_then(|option| match option.value {
                ResolvedValue::String(text) => Some(text),
                _ => None,
            })
    }

    /// Who proposes a change, and how to answer.
    fn asker(&self) -> Asker {
        Asker {
            actor: self.actor.clone(),
            token: self.token.clone(),
            interaction: self.interaction,
        }
    }

    /// A whole-number option.
    fn number(&self, words: Words) -> Option<i64> {
        self.options
            .iter()
            .find(|option| option.name == words.name)
            .and_then(|option| match option.value {
                ResolvedValue::Integer(number) => Some(number),
                _ => None,
            })
    }
}

/// The one command of the guild.
pub(super) fn definitions() -> Vec<CreateCommand> {
    let jit = CreateCommand::new(words::JIT.name)
        .description(words::JIT.description)
        .contexts(vec![InteractionContext::Guild]);
    vec![
        [
            request::definition(),
            status::definition(),
            list::definition(),
            withdraw::definition(),
            close::definition(),
            extend::definition(),
            connect::definition(),
            freeze::definition(),
            unfreeze::definition(),
            vms::definition(),
            plan::definition(),
            enable::definition(),
            disable::definition(),
            ports::definition(),
            rules::definition(),
            break_glass::definition(),
            explain::definition(),
            help::definition(),
        ]
        .into_iter()
        .fold(jit, CreateCommand::add_option),
    ]
}

pub(super) async fn run(gateway: &Gateway, command: &CommandInteraction) {
    let token = InteractionToken::new(&command.token);
    // Opening a form is itself the acknowledgement; it is built from memory and promises nothing.
    if let Some(form) = break_glass::form(command) {
        let form = CreateInteractionResponse::Modal(form);
        gateway.acknowledge(command.id, &token, &form).await;
        return;
    }
    if !gateway.defer(command.id, &token).await {
        return;
    }
    let outcome = match actor(gateway.guild, command.guild_id, command.member.as_deref()) {
        Some(actor) => dispatch(gateway, command, actor).await,
        None => Ok(failure::wrong_place().into()),
    };
    gateway.answer(command.id, &token, outcome).await;
}

async fn dispatch(
    gateway: &Gateway,
    command: &CommandInteraction,
    actor: Actor,
) -> Result<Reply, StoreError> {
    let mut given = command.data.options();
    let Some(ResolvedOption {
        name,
        value: ResolvedValue::SubCommand(options),
        ..
    }) = given.pop()
    else {
        return Ok(failure::unknown_command().into());
    };
    let sent = Sent {
        gateway,
        actor,
        channel: ChannelId(command.channel_id.get()),
        token: InteractionToken::new(&command.token),
        interaction: command.id.get(),
        options,
    };
    match name {
        name if name == words::request::COMMAND.name => request::run(&sent).await,
        name if name == words::status::COMMAND.name => status::run(&sent).await,
        name if name == words::list::COMMAND.name => list::run(&sent).await,
        name if name == words::withdraw::COMMAND.name => withdraw::run(&sent).await,
        name if name == words::close::COMMAND.name => close::run(&sent).await,
        name if name == words::connect::COMMAND.name => connect::run(&sent).await,
        name if name == words::extend::COMMAND.name => extend::run(&sent).await,
        name if name == words::freeze::COMMAND.name => freeze::run(&sent).await,
        name if name == words::unfreeze::COMMAND.name => unfreeze::run(&sent).await,
        name if name == words::enable::COMMAND.name => enable::run(&sent).await,
        name if name == words::disable::COMMAND.name => disable::run(&sent).await,
        name if name == words::ports::COMMAND.name => ports::run(&sent).await,
        name if name == words::rules::COMMAND.name => rules::run(&sent).await,
        name if name == words::vms::COMMAND.name => vms::run(&sent).await,
        name if name == words::plan::COMMAND.name => Ok(plan::run(&sent)),
        name if name == words::explain::COMMAND.name => explain::run(&sent).await,
        name if name == words::help::COMMAND.name => Ok(help::run()),
        _ => Ok(failure::unknown_command().into()),
    }
}

fn subcommand(words: Words) -> CreateCommandOption {
    CreateCommandOption::new(CommandOptionType::SubCommand, words.name, words.description)
}

fn option(kind: CommandOptionType, words: Words) -> CreateCommandOption {
    CreateCommandOption::new(kind, words.name, words.description)
}

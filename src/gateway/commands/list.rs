//! `/jit list [which] [whose]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand};
use crate::{
    chat::message::{
        button::{ListPage, Which, Whose},
        command::list::{COMMAND, WHICH, WHOSE},
        glass, list,
    },
    domain::actor::Actor,
    gateway::{Gateway, reply::Reply},
    store::{Phase, StoreError},
};

pub(super) fn definition() -> CreateCommandOption {
    let choices = |words, known: &[&str]| {
        known
            .iter()
            .fold(option(CommandOptionType::String, words), |option, word| {
                option.add_string_choice(*word, *word)
            })
    };
    let which = [Which::Active, Which::Pending, Which::Past].map(Which::word);
    let whose = [Whose::Mine, Whose::All].map(Whose::word);
    subcommand(COMMAND)
        .add_sub_option(choices(WHICH, &which))
        .add_sub_option(choices(WHOSE, &whose))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let which = sent
        .text(WHICH)
        .and_then(Which::from_word)
        .unwrap_or(Which::Active);
    let whose = sent.text(WHOSE).and_then(Whose::from_word).unwrap_or(Whose::Mine);
    page(
        sent.gateway,
        ListPage {
            which,
            whose,
            before: None,
        },
        &sent.actor,
    )
    .await
}

/// One page of the list, for the command and for its buttons.
pub(in crate::gateway) async fn page(
    gateway: &Gateway,
    page: ListPage,
    reader: &Actor,
) -> Result<Reply, StoreError> {
    let phase = match page.which {
        Which::Active => Phase::Active,
        Which::Pending => Phase::Pending,
        Which::Past => Phase::Past,
    };
    let of = match page.whose {
        Whose::Mine => Some(reader.person.id),
        Whose::All => None,
    };
    let found = gateway.engine.list(phase, of, page.before).await?;
    let freeze = gateway.engine.frozen().await?;
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| list::Row {
            request: &row.request,
            windows: &row.windows,
        })
        .collect();
    let mut shown = list::list(page, &rows, found.next.is_some(), freeze.as_ref());
    shown.content = glass::waiting(&gateway.engine.unsigned_reviews().await?).unwrap_or_default();
    Ok(shown.into())
}

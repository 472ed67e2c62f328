//! Choices while a VM or a reason is being typed: machines from memory only, reasons with one look into the store.

use serenity::all::{
    AutocompleteChoice, CommandInteraction, CreateAutocompleteResponse, CreateInteractionResponse,
    ResolvedValue,
};

use super::{Gateway, actor};
use crate::{
    chat::{
        message::{
            choice::{self, CHOICE, TOO_LONG},
            command as words,
        },
        rest::InteractionToken,
    },
    domain::actor::Actor,
};

/// Discord's limit.
const CHOICES_MAX: usize = 25;

pub(super) async fn answer(gateway: &Gateway, typing: &CommandInteraction) {
    let begun = tokio::time::Instant::now();
    let typed = typing.data.autocomplete();
    let choices = match (
        typed,
        actor(gateway.guild, typing.guild_id, typing.member.as_deref()),
    ) {
        (Some(option), Some(actor)) if matches!(option.name, "vm" | "vms") => {
            let command = typing
                .data
                .options
                .first()
                .map_or("", |command| command.name.as_str());
            let engine = &gateway.engine;
            complete(option.value, |part| match to_configure(command) {
                Some(guarded) => engine.suggest_to_configure(&actor, part, CHOICES_MAX, guarded),
                None if command == words::rules::COMMAND.name => {
                    engine.suggest_to_see(&actor, part, CHOICES_MAX)
                }
                None => engine.suggest(&actor, part, CHOICES_MAX),
            })
        }
        (Some(option), Some(actor)) if option.name == words::request::REASON.name => {
            reasons(gateway, typing, &actor, option.value).await
        }
        (Some(option), Some(actor)) if option.name == words::request::TEMPLATE.name => gateway
            .engine
            .suggest_templates(&actor, option.value, CHOICES_MAX)
            .into_iter()
            .map(|template| {
                let label = choice::template(&template.name, &template.vms, &template.ports);
                AutocompleteChoice::new(label, template.name)
            })
            .collect(),
        _ => Vec::new(),
    };
    let response = CreateAutocompleteResponse::new().set_choices(choices);
    metrics::histogram!("portcullis_autocomplete_seconds").record(begun.elapsed().as_secs_f64());
    let token = InteractionToken::new(&typing.token);
    gateway
        .acknowledge(
            typing.id,
            &token,
            &CreateInteractionResponse::Autocomplete(response),
        )
        .await;
}

/// What the rules suggest for the machines that are typed already, and what this person wrote before.
async fn reasons(
    gateway: &Gateway,
    typing: &CommandInteraction,
    actor: &Actor,
    typed: &str,
) -> Vec<AutocompleteChoice> {
    let given = typing.data.options();
    let options = match given.first().map(|option| &option.value) {
        Some(ResolvedValue::SubCommand(options)) => options.as_slice(),
        _ => &[],
    };
    let text = |words: words::Words| {
        let option = options.iter().find(|option| option.name == words.name);
        option.map_or("", |option| match option.value {
            ResolvedValue::String(text) => text,
            _ => "",
        })
    };
    gateway
        .engine
        .suggest_reasons(
            actor,
            text(words::request::VM),
            text(words::request::PORT),
            typed,
            CHOICES_MAX,
        )
        .await
        .into_iter()
        .filter(|reason| reason.chars().count() <= CHOICE)
        .map(|reason| AutocompleteChoice::new(reason.clone(), reason))
        .collect()
}

/// Whether a command that changes what JIT guards is about machines that are guarded; `None`: another command.
fn to_configure(command: &str) -> Option<bool> {
    match command {
        name if name == words::enable::COMMAND.name => Some(false),
        name if name == words::disable::COMMAND.name || name == words::ports::COMMAND.name => Some(true),
        _ => None,
    }
}

/// Completes the last item of the list and keeps the rest. Past 100 characters there is one choice, which says
/// why there are no others: Discord would refuse the whole answer.
fn complete(typed: &str, suggest: impl Fn(&str) -> Vec<String>) -> Vec<AutocompleteChoice> {
    let (kept, last) = match typed.rsplit_once(',') {
        Some((kept, last)) => (format!("{},", kept.trim_end()), last.trim_start()),
        None => (String::new(), typed.trim_start()),
    };
    let room = CHOICE.saturating_sub(kept.chars().count());
    let fitting: Vec<_> = suggest(last)
        .into_iter()
        .filter(|name| name.chars().count() <= room)
        .map(|name| format!("{kept}{name}"))
        .map(|choice| AutocompleteChoice::new(choice.clone(), choice))
        .collect();
    if fitting.is_empty() && room == 0 {
        let value: String = typed.chars().take(CHOICE).collect();
        return vec![AutocompleteChoice::new(TOO_LONG, value)];
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(typed: &str) -> Vec<String> {
        let known = |part: &str| {
            ["web-01", "web-02", "db-01"]
                .iter()
                .filter(|name| name.starts_with(part))
                .map(|name| (*name).to_owned())
                .collect()
        };
        complete(typed, known)
            .into_iter()
            .map(|choice| {
                serde_json::to_value(choice).unwrap()["name"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn the_last_item_is_completed_and_the_rest_is_kept() {
        assert_eq!(names("web"), ["web-01", "web-02"]);
        assert_eq!(names("web-01, d"), ["web-01,db-01"]);
        assert_eq!(
            names("web-01,"),
            ["web-01,web-01", "web-01,web-02", "web-01,db-01"]
        );
    }

    #[test]
    fn no_choice_is_longer_than_discord_takes() {
        let long = format!("{},w", "x".repeat(97));
        assert!(names(&long).iter().all(|choice| choice.chars().count() <= CHOICE));
        let full = format!("{},w", "x".repeat(120));
        assert_eq!(names(&full), [TOO_LONG]);
    }
}

//! From what a person does to the interaction that the bot receives.

use std::{collections::HashSet, sync::Arc};

use serde_json::{Value, json};

use super::{
    Answer, Person, Refusal,
    seen::{ModalInput, inside},
    slash::{self, Filled},
};
use crate::sandbox::discord::{
    hub::Hub,
    ids::Snowflake,
    model::{Acknowledgement, Message, Registered, State},
    permissions::{self, Permissions},
    verbs::Begin,
};

const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
const AUTOCOMPLETE: u8 = 4;
const MODAL_SUBMIT: u8 = 5;

/// Sends the interaction and starts its clock.
pub(crate) fn begin(hub: &Arc<Hub>, begin: Begin) -> Answer {
    let (id, within) = hub.change(|state| {
        let within = state.options.acknowledge_within;
        (state.begin_interaction(begin), within)
    });
    hub.runtime.spawn({
        let hub = hub.clone();
        async move {
            let over = tokio::time::timeout(within, hub.closing.cancelled())
                .await
                .is_err();
            if over {
                hub.change(|state| state.give_up_waiting(id));
            }
        }
    });
    Answer::new(hub.clone(), id)
}

fn place_of(state: &State, person: &Person) -> Result<Snowflake, Refusal> {
    let first = || {
        let seen = |id: &&Snowflake| state.person_can(person.id, **id, Permissions::VIEW_CHANNEL);
        state.channels.keys().find(seen).copied()
    };
    person.place.or_else(first).ok_or(Refusal::NotAllowed)
}

/// The command of this name that the person may use at this place; a guild's own hides a global one.
fn usable<'a>(
    state: &'a State,
    person: &Person,
    place: Snowflake,
    name: &str,
) -> Result<&'a Registered, Refusal> {
    let named = |known: &&Registered| known.kind == 1 && known.name == name;
    let mine = state.commands.iter().filter(named);
    let command = mine
        .clone()
        .find(|known| known.guild.is_some())
        .or_else(|| mine.clone().next())
        .ok_or_else(|| Refusal::UnknownCommand(name.into()))?;
    let channel = state.channels.get(&place).ok_or(Refusal::NotAllowed)?;
    let held = permissions::in_channel(state, person.id, channel);
    let needed = command
        .definition
        .get("default_member_permissions")
        .and_then(Value::as_str)
        .and_then(|bits| bits.parse().ok())
        // "0" means administrators only (Discord, "Application Command Permissions").
        .map_or(Permissions::NONE, |bits| {
            if bits == 0 {
                Permissions::ADMINISTRATOR
            } else {
                Permissions(bits)
            }
        });
    let direct = channel.recipient.is_some();
    if direct && command.guild.is_some() {
        return Err(Refusal::UnknownCommand(name.into()));
    }
    if !held.contains(Permissions::USE_APPLICATION_COMMANDS | needed) {
        return Err(Refusal::NotAllowed);
    }
    Ok(command)
}

fn command_data(state: &State, command: &Registered, filled: &Filled) -> Value {
    let mut data = json!({
        "id": command.id, "name": command.name, "type": command.kind, "options": filled.options,
        "resolved": filled.resolved(state),
    });
    if let (Some(data), Some(guild)) = (data.as_object_mut(), command.guild) {
        data.insert("guild_id".into(), json!(guild));
    }
    data
}

pub(crate) fn slash(state: &mut State, person: &Person, text: &str) -> Result<Begin, Refusal> {
    let channel = place_of(state, person)?;
    let (name, rest) = slash::split_name(text)?;
    let command = usable(state, person, channel, name)?;
    let filled = slash::fill(state, slash::parse(command, rest)?, None)?;
    Ok(Begin {
        kind: COMMAND,
        person: person.id,
        channel,
        data: command_data(state, command, &filled),
        message: None,
        opened_by: None,
        did: text.to_owned(),
        guise: person.guise,
    })
}

pub(crate) fn slash_with(
    state: &mut State,
    person: &Person,
    path: &[&str],
    values: &[(&str, &str)],
) -> Result<Begin, Refusal> {
    let channel = place_of(state, person)?;
    let (name, words) = path
        .split_first()
        .ok_or_else(|| Refusal::UnknownCommand(String::new()))?;
    let command = usable(state, person, channel, name)?;
    let typed = slash::typed(command, words, values)?;
    let filled = slash::fill(state, typed, None)?;
    Ok(Begin {
        kind: COMMAND,
        person: person.id,
        channel,
        data: command_data(state, command, &filled),
        message: None,
        opened_by: None,
        did: format!("/{}", path.join(" ")),
        guise: person.guise,
    })
}

pub(crate) fn complete(
    state: &mut State,
    person: &Person,
    text: &str,
    focused: &str,
) -> Result<Begin, Refusal> {
    let channel = place_of(state, person)?;
    let (name, rest) = slash::split_name(text)?;
    let command = usable(state, person, channel, name)?;
    let filled = slash::fill(state, slash::parse(command, rest)?, Some(focused))?;
    Ok(Begin {
        kind: AUTOCOMPLETE,
        person: person.id,
        channel,
        data: command_data(state, command, &filled),
        message: None,
        opened_by: None,
        did: format!("types {text}"),
        guise: person.guise,
    })
}

/// The message, if the person can see it.
pub(crate) fn visible(state: &State, person: Snowflake, id: Snowflake) -> Result<&Message, Refusal> {
    let message = state.find_message(id).ok_or(Refusal::UnknownMessage)?;
    let sees = match message.only_for {
        Some(reader) => reader == person,
        None => state.person_can(person, message.channel, Permissions::VIEW_CHANNEL),
    };
    if sees {
        Ok(message)
    } else {
        Err(Refusal::UnknownMessage)
    }
}

fn text_of<'a>(part: &'a Value, name: &str) -> &'a str {
    part.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn component<'a>(
    message: &'a Message,
    wanted: &str,
    is_button: bool,
    name: &str,
) -> Result<&'a Value, Refusal> {
    let found = inside(&message.components)
        .filter(|part| (part.get("type").and_then(Value::as_u64) == Some(2)) == is_button)
        .find(|part| {
            let id = text_of(part, "custom_id");
            !id.is_empty() && (id == wanted || text_of(part, name) == wanted)
        })
        .ok_or_else(|| Refusal::UnknownComponent(wanted.into()))?;
    if found.get("disabled").and_then(Value::as_bool) == Some(true) {
        return Err(Refusal::Disabled(wanted.into()));
    }
    Ok(found)
}

pub(crate) fn click(
    state: &mut State,
    person: &Person,
    id: Snowflake,
    button: &str,
) -> Result<Begin, Refusal> {
    let message = visible(state, person.id, id)?;
    let part = component(message, button, true, "label")?;
    Ok(Begin {
        kind: COMPONENT,
        person: person.id,
        channel: message.channel,
        data: json!({"custom_id": part.get("custom_id"), "component_type": 2, "id": part.get("id")}),
        message: Some(id),
        opened_by: None,
        did: format!("presses {button}"),
        guise: person.guise,
    })
}

pub(crate) fn select(
    state: &mut State,
    person: &Person,
    id: Snowflake,
    menu: &str,
    values: &[&str],
) -> Result<Begin, Refusal> {
    let message = visible(state, person.id, id)?;
    let part = component(message, menu, false, "placeholder")?;
    let number = |name: &str| part.get(name).and_then(Value::as_u64).unwrap_or(1);
    let count = values.len() as u64;
    if count < number("min_values") || count > number("max_values") {
        let (least, most) = (number("min_values"), number("max_values"));
        let why = format!("the menu takes {least} to {most} choices");
        return Err(Refusal::BadForm(why));
    }
    let options = part.get("options").and_then(Value::as_array);
    // By its value, or as the person reads it.
    let offered = |wanted: &&str| match options {
        None => Ok((*wanted).to_owned()),
        Some(options) => options
            .iter()
            .find(|option| text_of(option, "value") == *wanted || text_of(option, "label") == *wanted)
            .map(|option| text_of(option, "value").to_owned())
            .ok_or_else(|| Refusal::BadForm(format!("the menu does not offer \"{wanted}\""))),
    };
    let values = values.iter().map(offered).collect::<Result<Vec<String>, _>>()?;
    if values.iter().collect::<HashSet<_>>().len() != values.len() {
        return Err(Refusal::BadForm("one choice is made twice".into()));
    }
    Ok(Begin {
        kind: COMPONENT,
        person: person.id,
        channel: message.channel,
        data: json!({
            "custom_id": part.get("custom_id"), "component_type": part.get("type"), "id": part.get("id"),
            "values": values, "resolved": {},
        }),
        message: Some(id),
        opened_by: None,
        did: format!("selects {}", values.join(", ")),
        guise: person.guise,
    })
}

pub(crate) fn submit(
    state: &mut State,
    person: &Person,
    opened_by: Snowflake,
    values: &[(&str, &str)],
) -> Result<Begin, Refusal> {
    let opened = state.interactions.get_mut(&opened_by).ok_or(Refusal::NoModal)?;
    let Some(Acknowledgement::Modal(modal)) = &opened.acknowledgement else {
        return Err(Refusal::NoModal);
    };
    if opened.person != person.id || opened.submitted {
        return Err(Refusal::NoModal);
    }
    let inputs: Vec<ModalInput> = modal
        .get("inputs")
        .and_then(|inputs| serde_json::from_value(inputs.clone()).ok())
        .unwrap_or_default();
    let known = |name: &str| {
        inputs
            .iter()
            .any(|input| input.custom_id == name || input.label == name)
    };
    if let Some((name, _)) = values.iter().find(|(name, _)| !known(name)) {
        return Err(Refusal::BadForm(format!("it has no field \"{name}\"")));
    }
    let mut rows = Vec::new();
    for (place, input) in inputs.iter().enumerate() {
        let given = values
            .iter()
            .find(|(name, _)| *name == input.custom_id || *name == input.label);
        let value = given.map_or_else(
            || input.value.clone().unwrap_or_default(),
            |(_, value)| (*value).into(),
        );
        check_input(input, &value)?;
        let part = json!({"type": 4, "id": place * 2 + 2, "custom_id": input.custom_id, "value": value});
        rows.push(json!({"type": 1, "id": place * 2 + 1, "components": [part]}));
    }
    let data = json!({"custom_id": modal.get("custom_id"), "components": rows, "resolved": {}});
    opened.submitted = true;
    Ok(Begin {
        kind: MODAL_SUBMIT,
        person: person.id,
        channel: opened.channel,
        data,
        message: opened.message,
        opened_by: Some(opened_by),
        did: "sends the form".into(),
        guise: person.guise,
    })
}

fn check_input(input: &ModalInput, value: &str) -> Result<(), Refusal> {
    let count = value.chars().count();
    if count == 0 {
        return if input.required {
            Err(Refusal::BadForm(format!("\"{}\" is required", input.label)))
        } else {
            Ok(())
        };
    }
    let most = input.max_length.unwrap_or(4000);
    if count < input.min_length.unwrap_or(0) || count > most {
        return Err(Refusal::BadForm(format!(
            "\"{}\" has the wrong length",
            input.label
        )));
    }
    Ok(())
}

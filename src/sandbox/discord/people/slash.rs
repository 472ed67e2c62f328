//! A typed slash command, judged by its registered definition as Discord's client does.

use serde_json::{Map, Value, json};

use super::Refusal;
use crate::sandbox::discord::{
    ids::Snowflake,
    model::{Registered, State},
    wire,
};

/// Longest string value of an option.
const STRING_MOST: u64 = 6000;

/// What was typed: the subcommand's path and raw values.
#[derive(Debug, PartialEq)]
pub(crate) struct Typed {
    /// Names and types (1 subcommand, 2 group) from the outside in.
    path: Vec<(String, u64)>,
    /// The options of the innermost level.
    options: Vec<Value>,
    values: Vec<(String, String)>,
}

/// Options as the interaction carries them.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    pub(crate) options: Vec<Value>,
    users: Vec<Snowflake>,
    roles: Vec<Snowflake>,
    channels: Vec<Snowflake>,
}

impl Filled {
    /// The objects behind the ids among the values.
    pub(crate) fn resolved(&self, state: &State) -> Value {
        let map = |ids: &[Snowflake], show: &dyn Fn(Snowflake) -> Option<Value>| -> Map<String, Value> {
            ids.iter()
                .filter_map(|id| Some((id.to_string(), show(*id)?)))
                .collect()
        };
        json!({
            "users": map(&self.users, &|id| Some(wire::user(state, id))),
            "members": map(&self.users, &|id| {
                Some(wire::merged(wire::bare_member(state, id)?, json!({"permissions": "0"})))
            }),
            "roles": map(&self.roles, &|id| state.guild.roles.get(&id).map(wire::role)),
            "channels": map(&self.channels, &|id| {
                let channel = wire::channel(state, state.channels.get(&id)?);
                Some(wire::merged(channel, json!({"permissions": "0"})))
            }),
        })
    }
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn kind_of(value: &Value) -> u64 {
    value.get("type").and_then(Value::as_u64).unwrap_or_default()
}

fn options_of(value: &Value) -> Vec<Value> {
    value
        .get("options")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

/// `/jit request …` → `jit` and the rest.
pub(crate) fn split_name(text: &str) -> Result<(&str, &str), Refusal> {
    let text = text.trim_start();
    let text = text
        .strip_prefix('/')
        .ok_or_else(|| Refusal::UnknownCommand(text.into()))?;
    Ok(text.split_once(char::is_whitespace).unwrap_or((text, "")))
}

/// A subcommand's names and types from the outside in, and the options at its end.
type Level = (Vec<(String, u64)>, Vec<Value>);

/// Walks down subcommands as long as there are some; gives the path, the options there, and what is left.
fn descend<'a>(
    command: &Registered,
    mut next_word: impl FnMut() -> Option<&'a str>,
) -> Result<Level, Refusal> {
    let mut path = Vec::new();
    let mut options = command.options().to_vec();
    while options.iter().any(|option| matches!(kind_of(option), 1 | 2)) {
        let word = next_word().unwrap_or_default();
        let Some(found) = options.iter().find(|option| text_of(option, "name") == word) else {
            let names: Vec<&str> = options.iter().map(|option| text_of(option, "name")).collect();
            return Err(Refusal::NeedsSubcommand(names.join(", ")));
        };
        path.push((word.to_owned(), kind_of(found)));
        options = options_of(found);
    }
    Ok((path, options))
}

/// Reads `sub name:value name:value`. A value goes on until the next name of an option.
pub(crate) fn parse(command: &Registered, rest: &str) -> Result<Typed, Refusal> {
    let mut left = rest.trim_start();
    let (path, options) = descend(command, || {
        let (word, after) = left.split_once(char::is_whitespace).unwrap_or((left, ""));
        left = after.trim_start();
        Some(word)
    })?;
    let named = |text: &str| {
        options.iter().find_map(|option| {
            let name = text_of(option, "name");
            text.strip_prefix(name)?
                .strip_prefix(':')
                .map(|value| (name.to_owned(), value.len()))
        })
    };
    let mut values: Vec<(String, String)> = Vec::new();
    let mut current: Option<(String, usize)> = None;
    let starts = std::iter::once(0).chain(
        left.match_indices(char::is_whitespace)
            .map(|(at, space)| at + space.len()),
    );
    for start in starts {
        let Some(text) = left.get(start..) else { continue };
        let Some((name, value_length)) = named(text) else {
            if start == 0 && !left.is_empty() {
                return Err(Refusal::UnknownOption(
                    left.split_whitespace().next().unwrap_or_default().into(),
                ));
            }
            continue;
        };
        let taken = |known: &str| values.iter().any(|(other, _)| other == known);
        if taken(&name) || current.as_ref().is_some_and(|(open, _)| *open == name) {
            continue;
        }
        if let Some((open, begin)) = current.take() {
            values.push((open, left.get(begin..start).unwrap_or_default().trim().to_owned()));
        }
        current = Some((name, left.len() - value_length));
    }
    if let Some((open, begin)) = current {
        values.push((open, left.get(begin..).unwrap_or_default().trim().to_owned()));
    }
    Ok(Typed {
        path,
        options,
        values,
    })
}

/// The same from separate words and values.
pub(crate) fn typed(command: &Registered, words: &[&str], values: &[(&str, &str)]) -> Result<Typed, Refusal> {
    let mut words = words.iter().copied();
    let (path, options) = descend(command, || words.next())?;
    if let Some(stray) = words.next() {
        return Err(Refusal::UnknownOption(stray.into()));
    }
    for (name, _) in values {
        if !options.iter().any(|option| text_of(option, "name") == *name) {
            return Err(Refusal::UnknownOption((*name).into()));
        }
    }
    let values = values
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    Ok(Typed {
        path,
        options,
        values,
    })
}

/// Checks and converts the values. While somebody is typing in `focused`, nothing is required, and the
/// focused value stays the text that was typed.
pub(crate) fn fill(state: &State, typed: Typed, focused: Option<&str>) -> Result<Filled, Refusal> {
    let mut filled = Filled::default();
    let mut values = typed.values;
    if let Some(focused) = focused {
        let known = typed
            .options
            .iter()
            .find(|option| text_of(option, "name") == focused);
        let offers = known
            .and_then(|option| option.get("autocomplete"))
            .and_then(Value::as_bool);
        if offers != Some(true) {
            return Err(Refusal::UnknownOption(focused.into()));
        }
        if !values.iter().any(|(name, _)| name == focused) {
            values.push((focused.into(), String::new()));
        }
    }
    for option in &typed.options {
        let name = text_of(option, "name");
        let required = option
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or_default();
        let given = values
            .iter()
            .any(|(known, value)| known == name && !value.is_empty());
        if required && !given && focused.is_none() {
            return Err(Refusal::MissingOption(name.into()));
        }
    }
    for (name, text) in &values {
        let Some(option) = typed
            .options
            .iter()
            .find(|option| text_of(option, "name") == name)
        else {
            return Err(Refusal::UnknownOption(name.clone()));
        };
        let kind = kind_of(option);
        if focused == Some(name) {
            filled
                .options
                .push(json!({"name": name, "type": kind, "value": text, "focused": true}));
            continue;
        }
        if text.is_empty() {
            continue;
        }
        match convert(state, option, text, &mut filled) {
            Ok(value) => filled
                .options
                .push(json!({"name": name, "type": kind, "value": value})),
            // A half-typed command is shown to the bot without the values that do not fit yet.
            Err(_) if focused.is_some() => {}
            Err(why) => {
                return Err(Refusal::BadValue {
                    option: name.clone(),
                    why,
                });
            }
        }
    }
    for (name, kind) in typed.path.into_iter().rev() {
        filled.options = vec![json!({"name": name, "type": kind, "options": filled.options})];
    }
    Ok(filled)
}

fn convert(state: &State, option: &Value, text: &str, filled: &mut Filled) -> Result<Value, String> {
    let choices = option.get("choices").and_then(Value::as_array);
    if let Some(choices) = choices.filter(|choices| !choices.is_empty()) {
        let fits = |choice: &&Value| {
            let value = choice.get("value");
            text_of(choice, "name") == text
                || value.is_some_and(|value| {
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned) == text
                })
        };
        let chosen = choices.iter().find(fits).and_then(|choice| choice.get("value"));
        return chosen
            .cloned()
            .ok_or_else(|| "it is not one of the choices".into());
    }
    let limit = |name: &str| option.get(name).and_then(Value::as_f64);
    let in_range = |number: f64| {
        limit("min_value").is_none_or(|least| number >= least)
            && limit("max_value").is_none_or(|most| number <= most)
    };
    match kind_of(option) {
        3 => {
            let count = text.chars().count() as u64;
            let length = |name: &str| option.get(name).and_then(Value::as_u64);
            if count < length("min_length").unwrap_or(0)
                || count > length("max_length").unwrap_or(STRING_MOST)
            {
                return Err("its length is not allowed".into());
            }
            Ok(json!(text))
        }
        4 => {
            let number: i64 = text.parse().map_err(|_| "it is no whole number".to_owned())?;
            // Discord's integers are those that a JavaScript number holds exactly.
            if number.unsigned_abs() > 1 << 53 || !in_range(number as f64) {
                return Err("it is out of range".into());
            }
            Ok(json!(number))
        }
        5 => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(json!(true)),
            "false" | "no" => Ok(json!(false)),
            _ => Err("it is neither true nor false".into()),
        },
        10 => {
            let number: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
            if !in_range(number) {
                return Err("it is out of range".into());
            }
            Ok(json!(number))
        }
        kind @ 6..=9 => thing(state, kind, text, filled),
        _ => Err("this kind of option is not modelled".into()),
    }
}

/// A user (6), channel (7), role (8), or user or role (9), by name, mention or id.
fn thing(state: &State, kind: u64, text: &str, filled: &mut Filled) -> Result<Value, String> {
    let bare = text.trim_matches(|letter| matches!(letter, '<' | '>' | '@' | '#' | '&' | '!'));
    let id = bare.parse::<Snowflake>().ok();
    let by_id = id.and_then(|id| state.users.get(&id));
    let user = by_id.or_else(|| state.user_named(bare)).map(|user| user.id);
    let role = state
        .guild
        .roles
        .values()
        .find(|role| Some(role.id) == id || role.name.eq_ignore_ascii_case(bare))
        .map(|role| role.id);
    let channel = state.channel_named(bare).map(|channel| channel.id);
    let found = match kind {
        6 => user.inspect(|id| filled.users.push(*id)),
        7 => channel.inspect(|id| filled.channels.push(*id)),
        8 => role.inspect(|id| filled.roles.push(*id)),
        _ => user
            .inspect(|id| filled.users.push(*id))
            .or_else(|| role.inspect(|id| filled.roles.push(*id))),
    };
    found
        .map(|id| json!(id))
        .ok_or_else(|| "there is no such thing here".into())
}

//! Application commands: names, nesting, options, choices and the sum of all texts.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Form;
use crate::sandbox::discord::{error::ApiError, ids::Snowflake};

const COMMANDS_MOST: usize = 100;
const OPTIONS_MOST: usize = 25;
const CHOICES_MOST: usize = 25;
/// Names, descriptions and choice values of one command together.
const CHARACTERS_MOST: usize = 8000;

/// A command definition that has passed every check.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CommandDraft {
    pub(crate) name: String,
    pub(crate) kind: u64,
    /// As echoed: without nulls in options, with the fields that Discord always answers.
    pub(crate) definition: Value,
}

/// A bulk overwrite.
pub(crate) fn commands(body: &Value) -> Result<Vec<CommandDraft>, ApiError> {
    let mut form = Form::default();
    let Some(list) = body.as_array() else {
        form.refuse("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return form.finish(Vec::new());
    };
    if list.len() > COMMANDS_MOST {
        let message = format!("Must be {COMMANDS_MOST} or fewer in length.");
        form.refuse("BASE_TYPE_MAX_LENGTH", message);
    }
    let mut names = HashSet::new();
    let drafts = list
        .iter()
        .enumerate()
        .map(|(place, value)| {
            form.within(place, |form| {
                let draft = read(form, value);
                if !names.insert((draft.kind, draft.name.clone())) {
                    let message = "Application command names must be unique";
                    form.refuse_at("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
                }
                draft
            })
        })
        .collect();
    form.finish(drafts)
}

/// One command.
pub(crate) fn command(body: &Value) -> Result<CommandDraft, ApiError> {
    let mut form = Form::default();
    let draft = read(&mut form, body);
    form.finish(draft)
}

fn read(form: &mut Form, value: &Value) -> CommandDraft {
    let kind = form.integer(value, "type", 1..=4).unwrap_or(1).unsigned_abs();
    let mut sum = 0;
    let name = if kind == 1 {
        name(form, value)
    } else {
        form.required_text(value, "name", 1..=32)
    };
    let description = if kind == 1 {
        form.required_text(value, "description", 1..=100)
    } else {
        form.text(value, "description", 0..=0).unwrap_or_default()
    };
    sum += name.chars().count() + description.chars().count();
    let options = options(form, value, 0, &mut sum);
    if sum > CHARACTERS_MOST {
        let message = format!("Command exceeds maximum size ({CHARACTERS_MOST})");
        form.refuse("APPLICATION_COMMAND_TOO_LARGE", message);
    }
    let permissions = form.text(value, "default_member_permissions", 0..=20);
    if permissions
        .as_ref()
        .is_some_and(|bits| bits.parse::<u64>().is_err())
    {
        form.refuse_at(
            "default_member_permissions",
            "NUMBER_TYPE_COERCE",
            "The value is not a bit set.",
        );
    }
    let mut definition = json!({
        "description": description, "default_member_permissions": permissions, "dm_permission": true,
        "nsfw": form.boolean(value, "nsfw").unwrap_or_default(), "options": options,
        "contexts": numbers(form, value, "contexts"),
        "integration_types": numbers(form, value, "integration_types").unwrap_or_else(|| vec![0]),
    });
    for part in ["name_localizations", "description_localizations"] {
        if let (Some(out), Some(texts)) = (definition.as_object_mut(), value.get(part)) {
            out.insert(part.into(), texts.clone());
        }
    }
    CommandDraft {
        name,
        kind,
        definition,
    }
}

fn numbers(form: &mut Form, value: &Value, name: &str) -> Option<Vec<i64>> {
    let list = form.list(value, name, 0..=3)?;
    Some(list.iter().filter_map(Value::as_i64).collect())
}

/// `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, lower case where the script has it.
fn name(form: &mut Form, value: &Value) -> String {
    let name = form.required_text(value, "name", 1..=32);
    let fits = |letter: char| {
        let devanagari_or_thai = matches!(letter, '\u{0900}'..='\u{097F}' | '\u{0E00}'..='\u{0E7F}');
        letter.is_alphanumeric() || matches!(letter, '-' | '_' | '\'') || devanagari_or_thai
    };
    if !name.chars().all(fits) || name.to_lowercase() != name {
        let message = "String value did not match validation regex.";
        form.refuse_at("name", "STRING_TYPE_REGEX", message);
    }
    name
}

/// Options of one level: 0 of the command, 1 of a group or subcommand, 2 of a subcommand in a group.
fn options(form: &mut Form, value: &Value, level: u8, sum: &mut usize) -> Vec<Value> {
    let list = form.list(value, "options", 0..=OPTIONS_MOST).unwrap_or_default();
    let mut names = HashSet::new();
    let mut optional_seen = false;
    let kind = |value: &Value| value.get("type").and_then(Value::as_u64);
    let nested = list
        .iter()
        .filter(|value| matches!(kind(value), Some(1 | 2)))
        .count();
    if nested != 0 && nested != list.len() {
        let message =
            "Sub-command and sub-command group option types are mutually exclusive to all other types";
        form.refuse_at("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    form.within("options", |form| {
        let read = |(place, value): (usize, &Value)| {
            form.within(place, |form| {
                let (out, name) = option(form, value, level, sum);
                if !names.insert(name) {
                    let message = "Option names must be unique";
                    form.refuse_at("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
                }
                let required = value.get("required").and_then(Value::as_bool).unwrap_or_default();
                if required && optional_seen {
                    let message = "Required options must be placed before non-required options";
                    form.refuse("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
                }
                optional_seen |= !required;
                out
            })
        };
        list.iter().enumerate().map(read).collect()
    })
}

fn option(form: &mut Form, value: &Value, level: u8, sum: &mut usize) -> (Value, String) {
    let kind = form.integer(value, "type", 1..=11);
    if kind.is_none() {
        form.required("type");
    }
    let kind = kind.unwrap_or_default();
    let name = name(form, value);
    let description = form.required_text(value, "description", 1..=100);
    *sum += name.chars().count() + description.chars().count();
    let mut out = Map::new();
    out.insert("type".into(), json!(kind));
    out.insert("name".into(), json!(name));
    out.insert("description".into(), json!(description));
    // A group may stand at the top only, a subcommand there or in a group, which holds nothing else.
    let misplaced = (kind == 2 && level > 0) || (kind == 1 && level > 1) || (kind > 2 && level == 1);
    if misplaced {
        form.refuse_at(
            "type",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Commands nest no deeper than this.",
        );
    } else if kind <= 2 {
        // A subcommand's own options are at the deepest level, where nothing may nest.
        let next = if kind == 1 { 2 } else { 1 };
        out.insert("options".into(), json!(options(form, value, next, sum)));
        return (Value::Object(out), name);
    }
    if form.boolean(value, "required") == Some(true) {
        out.insert("required".into(), json!(true));
    }
    let choices = choices(form, value, kind, sum);
    let autocomplete = form.boolean(value, "autocomplete").unwrap_or_default();
    if autocomplete {
        if !choices.is_empty() {
            let message = "Autocomplete and choices exclude each other";
            form.refuse_at("choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", message);
        }
        if !matches!(kind, 3 | 4 | 10) {
            let message = "Only strings and numbers can have autocomplete";
            form.refuse_at(
                "autocomplete",
                "APPLICATION_COMMAND_INVALID_AUTOCOMPLETE",
                message,
            );
        }
        out.insert("autocomplete".into(), json!(true));
    }
    if !choices.is_empty() {
        out.insert("choices".into(), json!(choices));
    }
    for (limit, range) in [("min_length", 0..=6000), ("max_length", 1..=6000)] {
        if let Some(number) = form.integer(value, limit, range) {
            out.insert(limit.into(), json!(number));
        }
    }
    for limit in ["min_value", "max_value", "channel_types"] {
        if let Some(given) = value.get(limit).filter(|given| !given.is_null()) {
            out.insert(limit.into(), given.clone());
        }
    }
    (Value::Object(out), name)
}

fn choices(form: &mut Form, value: &Value, kind: i64, sum: &mut usize) -> Vec<Value> {
    let list = form.list(value, "choices", 0..=CHOICES_MOST).unwrap_or_default();
    form.within("choices", |form| {
        list.iter()
            .enumerate()
            .map(|(place, choice)| {
                form.within(place, |form| {
                    let name = form.required_text(choice, "name", 1..=100);
                    *sum += name.chars().count();
                    if kind == 3 {
                        let value = form.required_text(choice, "value", 1..=100);
                        *sum += value.chars().count();
                        json!({"name": name, "value": value})
                    } else {
                        json!({"name": name, "value": choice.get("value")})
                    }
                })
            })
            .collect()
    })
}

/// A create may not bring more commands of one scope than Discord keeps.
pub(crate) fn check_count(held: usize, guild: Option<Snowflake>) -> Result<(), ApiError> {
    if held >= COMMANDS_MOST {
        let place = if guild.is_some() { "guild" } else { "global" };
        let message = format!("Maximum number of {place} application commands reached ({COMMANDS_MOST})");
        return Err(ApiError::new(400, 30032, message));
    }
    Ok(())
}

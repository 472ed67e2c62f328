//! Action rows with buttons and select menus.
//!
//! Components V2 is not modelled: a body that asks for it is refused, not half understood.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Form, embed::check_url};

const ROWS_MOST: usize = 5;
const BUTTONS_MOST: usize = 5;
const CHOICES_MOST: usize = 25;

#[derive(Default)]
struct Seen {
    custom_ids: HashSet<String>,
    last_id: u64,
}

impl Seen {
    /// Discord numbers components that come without an id of their own.
    fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn custom_id(&mut self, form: &mut Form, value: &Value) -> String {
        let custom_id = form.required_text(value, "custom_id", 1..=100);
        if !custom_id.is_empty() && !self.custom_ids.insert(custom_id.clone()) {
            form.refuse_at(
                "custom_id",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            );
        }
        custom_id
    }
}

/// The components of a message as they will be echoed; `None` where the body says nothing about them.
pub(crate) fn components(form: &mut Form, body: &Value) -> Option<Vec<Value>> {
    body.get("components")?;
    let rows = form.list(body, "components", 0..=ROWS_MOST).unwrap_or_default();
    let mut seen = Seen::default();
    Some(form.within("components", |form| {
        rows.iter()
            .enumerate()
            .map(|(place, value)| form.within(place, |form| row(form, value, &mut seen)))
            .collect()
    }))
}

fn row(form: &mut Form, value: &Value, seen: &mut Seen) -> Value {
    if form.integer(value, "type", 1..=25) != Some(1) {
        form.refuse_at(
            "type",
            "UNION_TYPE_CHOICES",
            "Value of field \"type\" must be one of (1,).",
        );
    }
    let id = seen.id();
    let inside = form
        .list(value, "components", 1..=BUTTONS_MOST)
        .unwrap_or_default();
    if inside.is_empty() {
        form.required("components");
    }
    let kind = |value: &Value| value.get("type").and_then(Value::as_u64);
    if inside.len() > 1 && inside.iter().any(|value| kind(value) != Some(2)) {
        form.refuse_at(
            "components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        );
    }
    let inside: Vec<Value> = form.within("components", |form| {
        inside
            .iter()
            .enumerate()
            .map(|(place, value)| {
                form.within(place, |form| match kind(value) {
                    Some(2) => button(form, value, seen),
                    Some(kind @ (3 | 5..=8)) => select(form, value, kind, seen),
                    _ => {
                        let message = "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).";
                        form.refuse_at("type", "UNION_TYPE_CHOICES", message);
                        Value::Null
                    }
                })
            })
            .collect()
    });
    json!({"type": 1, "id": id, "components": inside})
}

fn button(form: &mut Form, value: &Value, seen: &mut Seen) -> Value {
    let style = form.integer(value, "style", 1..=5);
    let label = form
        .text(value, "label", 0..=80)
        .filter(|label| !label.is_empty());
    let emoji = value.get("emoji").filter(|emoji| !emoji.is_null());
    let mut out = json!({"type": 2, "id": seen.id(), "style": style});
    let mut put = |name: &str, value: Value| {
        if let Some(object) = out.as_object_mut() {
            object.insert(name.into(), value);
        }
    };
    match style {
        None => form.required("style"),
        Some(5) => {
            let url = form.required_text(value, "url", 1..=512);
            check_url(form, "url", &url);
            if value.get("custom_id").is_some_and(|id| !id.is_null()) {
                form.refuse(
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
            put("url", json!(url));
        }
        Some(_) => {
            let custom_id = seen.custom_id(form, value);
            if value.get("url").is_some_and(|url| !url.is_null()) {
                form.refuse(
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
            put("custom_id", json!(custom_id));
        }
    }
    if label.is_none() && emoji.is_none() {
        form.refuse_at(
            "label",
            "BUTTON_COMPONENT_INVALID_EMOJI",
            "A button needs a label or an emoji.",
        );
    }
    if let Some(label) = label {
        put("label", json!(label));
    }
    if let Some(emoji) = emoji {
        put("emoji", emoji.clone());
    }
    if form.boolean(value, "disabled") == Some(true) {
        put("disabled", json!(true));
    }
    out
}

fn select(form: &mut Form, value: &Value, kind: u64, seen: &mut Seen) -> Value {
    let custom_id = seen.custom_id(form, value);
    let placeholder = form.text(value, "placeholder", 0..=150);
    let least = form.integer(value, "min_values", 0..=25).unwrap_or(1);
    let most = form.integer(value, "max_values", 1..=25).unwrap_or(1);
    if least > most {
        form.refuse_at(
            "min_values",
            "COMPONENT_INVALID_MIN_VALUES",
            "min_values exceeds max_values",
        );
    }
    let disabled = form.boolean(value, "disabled").unwrap_or_default();
    let mut out = json!({
        "type": kind, "id": seen.id(), "custom_id": custom_id, "placeholder": placeholder,
        "min_values": least, "max_values": most, "disabled": disabled,
    });
    if kind == 3 {
        // A menu that lets people choose more than it offers is refused as well.
        let needed = usize::try_from(least.max(most)).unwrap_or(CHOICES_MOST).max(1);
        let list = form
            .list(value, "options", needed..=CHOICES_MOST)
            .unwrap_or_default();
        if list.is_empty() {
            form.required("options");
        }
        let mut chosen = 0;
        let mut values = HashSet::new();
        let options: Vec<Value> = form.within("options", |form| {
            let read = |(place, option): (usize, &Value)| {
                form.within(place, |form| {
                    let label = form.required_text(option, "label", 1..=100);
                    let value = form.required_text(option, "value", 1..=100);
                    let description = form.text(option, "description", 0..=100);
                    if !values.insert(value.clone()) {
                        let message = "The specified option value is already used";
                        form.refuse_at("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
                    }
                    let default = form.boolean(option, "default").unwrap_or_default();
                    chosen += i64::from(default);
                    let emoji = option.get("emoji").filter(|emoji| !emoji.is_null());
                    json!({
                        "label": label, "value": value, "description": description, "default": default,
                        "emoji": emoji,
                    })
                })
            };
            list.iter().enumerate().map(read).collect()
        });
        if chosen > most {
            let message = "More options are chosen by default than may be chosen.";
            form.refuse_at("options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", message);
        }
        if let Some(object) = out.as_object_mut() {
            object.insert("options".into(), json!(options));
        }
    }
    out
}

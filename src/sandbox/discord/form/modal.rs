//! Modals: a title and one to five text inputs.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Form;

/// A modal as a person sees it: `{custom_id, title, inputs: [{custom_id, label, style, …}]}`.
pub(crate) fn modal(form: &mut Form, data: &Value) -> Value {
    let title = form.required_text(data, "title", 1..=45);
    let custom_id = form.required_text(data, "custom_id", 1..=100);
    let list = form.list(data, "components", 1..=5).unwrap_or_default();
    if list.is_empty() {
        form.required("components");
    }
    let mut seen = HashSet::new();
    let inputs: Vec<Value> = form.within("components", |form| {
        list.iter()
            .enumerate()
            .filter_map(|(place, value)| form.within(place, |form| top(form, value, &mut seen)))
            .collect()
    });
    json!({"custom_id": custom_id, "title": title, "inputs": inputs})
}

/// An action row (1) with one text input, or the newer label (18) around one.
fn top(form: &mut Form, value: &Value, seen: &mut HashSet<String>) -> Option<Value> {
    match value.get("type").and_then(Value::as_u64) {
        Some(1) => {
            let inside = form.list(value, "components", 1..=1)?;
            let first = inside.first()?;
            form.within("components", |form| {
                form.within(0, |form| input(form, first, None, seen))
            })
        }
        Some(18) => {
            let label = form.required_text(value, "label", 1..=45);
            let inside = value.get("component")?;
            form.within("component", |form| input(form, inside, Some(label), seen))
        }
        _ => {
            form.refuse_at(
                "type",
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1, 18).",
            );
            None
        }
    }
}

fn input(form: &mut Form, value: &Value, label: Option<String>, seen: &mut HashSet<String>) -> Option<Value> {
    if value.get("type").and_then(Value::as_u64) != Some(4) {
        form.refuse_at(
            "type",
            "UNION_TYPE_CHOICES",
            "Value of field \"type\" must be one of (4,).",
        );
        return None;
    }
    let custom_id = form.required_text(value, "custom_id", 1..=100);
    if !seen.insert(custom_id.clone()) {
        let message = "Component custom id cannot be duplicated";
        form.refuse_at("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    let label = label.unwrap_or_else(|| form.required_text(value, "label", 1..=45));
    let style = form.integer(value, "style", 1..=2);
    if style.is_none() {
        form.required("style");
    }
    let least = form.integer(value, "min_length", 0..=4000);
    let most = form.integer(value, "max_length", 1..=4000);
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        form.refuse_at(
            "min_length",
            "TEXT_INPUT_MIN_LENGTH",
            "min_length exceeds max_length",
        );
    }
    let filled = form.text(value, "value", 0..=4000);
    if filled
        .as_ref()
        .zip(most)
        .is_some_and(|(text, most)| i64::try_from(text.chars().count()).is_ok_and(|count| count > most))
    {
        form.refuse_at(
            "value",
            "BASE_TYPE_MAX_LENGTH",
            "The value is longer than max_length.",
        );
    }
    let placeholder = form.text(value, "placeholder", 0..=100);
    let required = form.boolean(value, "required").unwrap_or(true);
    Some(json!({
        "custom_id": custom_id, "label": label, "style": style, "min_length": least, "max_length": most,
        "value": filled, "placeholder": placeholder, "required": required,
    }))
}

//! Discord's reasons, as one plain line: they end in logs, so nothing in them is trusted.

use std::fmt::Write as _;

use serde_json::Value;

/// Discord's sentence, and for a form that it does not accept the fields that it names.
pub(super) fn explanation(body: Option<&Value>) -> String {
    let Some(body) = body else {
        return "it gave no reason that can be read".to_owned();
    };
    let mut text = body
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or("it gave no reason")
        .to_owned();
    if let Some(errors) = body.get("errors") {
        list_fields(errors, "", 0, &mut text);
    }
    shorten(&text)
}

/// `{"embeds":{"0":{"title":{"_errors":[{"code","message"}]}}}}` becomes `; embeds.0.title: message`.
fn list_fields(errors: &Value, path: &str, depth: usize, text: &mut String) {
    if depth > DEPTH_MAX || text.len() > TEXT_CHARS_MAX {
        return;
    }
    let Some(fields) = errors.as_object() else { return };
    for (name, inner) in fields {
        if name == "_errors" {
            let messages = inner.as_array().into_iter().flatten();
            for message in messages.filter_map(|error| error.get("message")?.as_str()) {
                // Writing into a String cannot fail.
                let _ = write!(text, "; {path}: {message}");
            }
        } else {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            list_fields(inner, &path, depth + 1, text);
        }
    }
}

/// One line, of bearable length, without control characters: it will stand in a log.
pub(super) fn shorten(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(TEXT_CHARS_MAX)
        .collect();
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        line.push('…');
    }
    line
}

const TEXT_CHARS_MAX: usize = 400;
const DEPTH_MAX: usize = 16;

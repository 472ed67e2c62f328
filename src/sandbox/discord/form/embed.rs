//! Embeds: every length limit, and the 6000 characters of a whole message.

use serde_json::{Value, json};

use super::Form;

const EMBEDS_MOST: usize = 10;
const FIELDS_MOST: usize = 25;
/// Sum over titles, descriptions, fields, footers and authors of all embeds of a message.
const CHARACTERS_MOST: usize = 6000;

/// The embeds of a message as they will be echoed; `None` where the body says nothing about them.
pub(crate) fn embeds(form: &mut Form, body: &Value) -> Option<Vec<Value>> {
    body.get("embeds")?;
    let list = form.list(body, "embeds", 0..=EMBEDS_MOST).unwrap_or_default();
    let mut sum = 0;
    let embeds = form.within("embeds", |form| {
        list.iter()
            .enumerate()
            .map(|(place, value)| form.within(place, |form| embed(form, value, &mut sum)))
            .filter(|embed| embed.as_object().is_some_and(|object| object.len() > 1))
            .collect()
    });
    if sum > CHARACTERS_MOST {
        let message = format!("Embed size exceeds maximum size of {CHARACTERS_MOST}");
        form.refuse_at("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
    Some(embeds)
}

fn embed(form: &mut Form, value: &Value, sum: &mut usize) -> Value {
    let mut seen = json!({"type": "rich"});
    let Some(out) = seen.as_object_mut() else {
        return seen;
    };
    if !value.is_object() {
        form.refuse(
            "MODEL_TYPE_CONVERT",
            "Only dictionaries may be used in a ModelType",
        );
        return seen;
    }
    let mut put = |name: &str, value: Value| _ = out.insert(name.into(), value);
    for (name, most) in [("title", 256), ("description", 4096)] {
        if let Some(text) = form.text(value, name, 0..=most).filter(|text| !text.is_empty()) {
            *sum += text.chars().count();
            put(name, json!(text));
        }
    }
    if let Some(url) = form.text(value, "url", 0..=2048) {
        check_url(form, "url", &url);
        put("url", json!(url));
    }
    if let Some(colour) = form.integer(value, "color", 0..=0xFF_FFFF) {
        put("color", json!(colour));
    }
    if let Some(text) = form.text(value, "timestamp", 0..=64) {
        match chrono::DateTime::parse_from_rfc3339(&text) {
            Ok(at) => put("timestamp", json!(super::super::wire::instant(at.to_utc()))),
            Err(_) => form.refuse_at(
                "timestamp",
                "DATE_TIME_TYPE_PARSE",
                format!("Could not parse {text}."),
            ),
        }
    }
    for (name, inner, most) in [("footer", "text", 2048), ("author", "name", 256)] {
        if let Some(part) = value.get(name).filter(|part| !part.is_null()) {
            let text = form.within(name, |form| form.required_text(part, inner, 1..=most));
            *sum += text.chars().count();
            put(name, json!({inner: text}));
        }
    }
    for name in ["image", "thumbnail"] {
        if let Some(part) = value.get(name).filter(|part| !part.is_null()) {
            let url = form.within(name, |form| form.required_text(part, "url", 1..=2048));
            form.within(name, |form| check_url(form, "url", &url));
            put(name, json!({"url": url, "width": 0, "height": 0}));
        }
    }
    let fields = form.list(value, "fields", 0..=FIELDS_MOST).unwrap_or_default();
    let read: Vec<Value> = form.within("fields", |form| {
        fields
            .iter()
            .enumerate()
            .map(|(place, field)| {
                form.within(place, |form| {
                    let name = form.required_text(field, "name", 1..=256);
                    let value = form.required_text(field, "value", 1..=1024);
                    *sum += name.chars().count() + value.chars().count();
                    let inline = form.boolean(field, "inline").unwrap_or_default();
                    json!({"name": name, "value": value, "inline": inline})
                })
            })
            .collect()
    });
    if !read.is_empty() {
        put("fields", json!(read));
    }
    seen
}

pub(crate) fn check_url(form: &mut Form, name: &str, text: &str) {
    let fits = url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "attachment" | "discord"));
    if !fits {
        let message = format!("Not a well formed URL: \"{text}\".");
        form.refuse_at(name, "URL_TYPE_INVALID_URL", message);
    }
}

//! Lists with `nextLink`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
};

/// One page of `all`; the link to the next one carries the same query and an opaque `$skipToken`.
pub(super) fn page<T>(
    call: &Call,
    page_size: usize,
    all: Vec<T>,
    mut render: impl FnMut(T) -> Value,
) -> Result<Answer> {
    let start = match call.query.get("$skiptoken") {
        None => 0,
        Some(token) => decode(token).ok_or_else(|| {
            Refusal::bad_request("InvalidSkipToken", "The skip token of the request is invalid.")
        })?,
    };
    let total = all.len();
    let page_size = page_size.max(1);
    let rows: Vec<Value> = all
        .into_iter()
        .skip(start)
        .take(page_size)
        .map(&mut render)
        .collect();
    let mut body = Map::new();
    body.insert("value".to_owned(), Value::Array(rows));
    let end = start.saturating_add(page_size);
    if end < total {
        let path = call.target.split('?').next().unwrap_or_default();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let mut names: Vec<_> = call.query.iter().collect();
        names.sort();
        for (name, value) in names {
            if name != "$skiptoken" {
                query.append_pair(name, value);
            }
        }
        query.append_pair("$skipToken", &URL_SAFE_NO_PAD.encode(end.to_string()));
        let link = format!("{}{path}?{}", call.base, query.finish());
        body.insert("nextLink".to_owned(), Value::String(link));
    }
    Ok(Answer::ok(Value::Object(body)))
}

fn decode(token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}

//! Which keys there are, from the schema, so that none has to be listed twice; and what an unknown one meant.

use serde_json::{Map, Value};

use super::problem::Problems;

/// Takes the keys that `schema` does not know out of `tree`, with a problem for each.
pub(super) fn refuse_unknown(
    tree: &mut Map<String, Value>,
    schema: &Value,
    path: &str,
    problems: &mut Problems,
) {
    let known = properties(schema);
    tree.retain(|key, value| {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        let Some(inner) = known.and_then(|known| known.get(key)) else {
            let known = known.into_iter().flat_map(Map::keys).map(String::as_str);
            problems.at(&path, unknown(key, known));
            return false;
        };
        match value {
            Value::Object(table) if properties(inner).is_some() => {
                refuse_unknown(table, inner, &path, problems);
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    if let (Value::Object(table), Some(inner)) = (item, inner.get("items")) {
                        refuse_unknown(table, inner, &format!("{path}[{index}]"), problems);
                    }
                }
            }
            _ => {}
        }
        true
    });
}

/// The schema of one key of a table.
pub(super) fn property<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    properties(schema)?.get(key)
}

/// All keys of all sections, as `section.key`.
pub(super) fn paths(schema: &Value) -> Vec<String> {
    let sections = properties(schema).into_iter().flatten();
    sections
        .flat_map(|(section, inner)| {
            let keys = properties(inner).into_iter().flat_map(Map::keys);
            keys.map(move |key| format!("{section}.{key}"))
        })
        .collect()
}

/// Whether the schema allows this JSON type.
pub(super) fn is_a(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == kind,
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        // A choice among names is a string.
        _ => kind == "string",
    }
}

/// The sentence for a key that nobody knows.
pub(super) fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(key, known) {
        Some(meant) => format!("there is no key {key:?}; did you mean {meant:?}?"),
        None => format!("there is no key {key:?} here"),
    }
}

/// The known word that `word` was probably meant to be.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

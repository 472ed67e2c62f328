//! From the tree of values to the input structs, with every value of a wrong type told, not only the first.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::problem::Problems;

/// Reads `tree` as a `T` all of whose keys may be absent: a value of a wrong type is told and taken out, and the
/// rest is read again.
pub(super) fn decode<T: DeserializeOwned + Default>(mut tree: Value, problems: &mut Problems) -> T {
    loop {
        let error = match serde_path_to_error::deserialize(&tree) {
            Ok(input) => return input,
            Err(error) => error,
        };
        let path = error.path().clone();
        let key = path.to_string();
        // The message of the reader may quote a value, and a secret is never quoted.
        let secret = ["token", "secret", "url"].iter().any(|word| key.contains(word));
        let what = if secret {
            "this must be a text in quotes".to_owned()
        } else {
            format!("this value does not fit: {}", error.inner())
        };
        problems.at(&key, what);
        if !take_out(&mut tree, &path) {
            return T::default();
        }
    }
}

fn take_out(tree: &mut Value, path: &Path) -> bool {
    let segments: Vec<&Segment> = path.iter().collect();
    let Some((last, outer)) = segments.split_last() else {
        return false;
    };
    let mut at = tree;
    for segment in outer {
        let inner = match segment {
            Segment::Map { key } => at.get_mut(key.as_str()),
            Segment::Seq { index } => at.get_mut(*index),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        match inner {
            Some(inner) => at = inner,
            None => return false,
        }
    }
    match (at, last) {
        (Value::Object(table), Segment::Map { key }) => table.remove(key).is_some(),
        // The place in the list stays taken, so that the places of the others stay true.
        (Value::Array(items), Segment::Seq { index }) => match items.get_mut(*index) {
            Some(Value::Null) | None => false,
            Some(Value::Object(table)) if table.is_empty() => false,
            Some(item) => {
                // A list of tables stands only at the top: the rules.
                *item = match outer {
                    [_] => Value::Object(Map::new()),
                    _ => Value::Null,
                };
                true
            }
        },
        _ => false,
    }
}

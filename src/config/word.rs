//! Short values as people write them: a text, or a whole number that means the same.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::problem::Problems;
use crate::domain::{actor::Principal, length::Length};

/// A text or a whole number: ids and ports are written either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word(pub(super) String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl de::Visitor<'_> for Reader {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a whole number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Word, E> {
                Ok(Word(text.to_owned()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Word, E> {
                Ok(Word(number.to_string()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Word, E> {
                Ok(Word(number.to_string()))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Word {
    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"] })
    }
}

/// A list; `None` stands where a value of a wrong type was told already.
pub(super) type List = Vec<Option<Word>>;

/// Reads every item of the list at `key` with `read`; what cannot be read is told and left out.
pub(super) fn each<T>(
    key: &str,
    list: &List,
    problems: &mut Problems,
    mut read: impl FnMut(&str, &str, &mut Problems) -> Option<T>,
) -> Vec<T> {
    let mut values = Vec::with_capacity(list.len());
    for (index, word) in list.iter().enumerate() {
        if let Some(Word(text)) = word {
            values.extend(read(&format!("{key}[{index}]"), text, problems));
        }
    }
    values
}

/// `role:111` or `user:222`.
pub(super) fn principal(key: &str, text: &str, problems: &mut Problems) -> Option<Principal> {
    match text.trim().split_once(':') {
        Some(("role", id)) => problems.parsed(key, id).map(Principal::Role),
        Some(("user", id)) => problems.parsed(key, id).map(Principal::User),
        _ => {
            problems.at(
                key,
                format!("{text:?} names nobody; write \"role:ID\" or \"user:ID\" with the id from Discord"),
            );
            None
        }
    }
}

/// `/32` to `/1`: how many addresses a network may have.
pub(super) fn width(key: &str, text: &str, problems: &mut Problems) -> Option<u8> {
    let digits = text.trim().trim_start_matches('/');
    let prefix = digits.parse().ok().filter(|prefix| (1..=32).contains(prefix));
    if prefix.is_none() {
        problems.at(key, format!("{text:?} is no width; write \"/32\" to \"/1\""));
    }
    prefix
}

/// What a key gives that may be left out: `None` only where something is written that cannot be read.
pub(super) fn if_written<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        Some(read) => read.map(Some),
        None => Some(None),
    }
}

/// A length such as `1h30m`, or `fallback` where none is written.
pub(super) fn length(
    key: &str,
    text: Option<&str>,
    fallback: Option<Length>,
    problems: &mut Problems,
) -> Option<Length> {
    match text {
        Some(text) => problems.parsed(key, text),
        None => fallback,
    }
}

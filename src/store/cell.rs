//! Single values on their way into a column and out of it.
//!
//! U+0000 is removed on the way in, because PostgreSQL cannot store it; a value that cannot be read back is
//! an error that names table, row and column.

use std::{borrow::Cow, fmt::Display, str::FromStr};

use canon_json::CanonJsonSerialize as _;
use chrono::DateTime;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::error::{BadRow, Result, StoreError};
use crate::domain::Instant;

/// An instant as unix milliseconds.
pub(super) fn millis(at: Instant) -> i64 {
    at.timestamp_millis()
}

/// `text` without U+0000.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// `value` as canonical JSON (RFC 8785) without U+0000.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    let text = value.to_canon_json_string().map_err(StoreError::Unwritable)?;
    if !text.contains("\\u0000") {
        return Ok(text);
    }
    // The escape may also be an escaped backslash in front of "u0000", so only a reader can tell.
    let mut value: Value =
        serde_json::from_str(&text).map_err(|error| StoreError::Unwritable(error.into()))?;
    strip(&mut value);
    value.to_canon_json_string().map_err(StoreError::Unwritable)
}

/// Where a value stands, for the error of a bad one.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) table: &'static str,
    pub(super) id: &'a (dyn Display + Sync),
    pub(super) column: &'static str,
}

impl Cell<'_> {
    pub(super) fn bad(self, why: impl Display) -> StoreError {
        StoreError::BadRow(BadRow {
            table: self.table,
            id: self.id.to_string(),
            column: self.column,
            why: why.to_string(),
        })
    }

    pub(super) fn parse<T>(self, text: &str) -> Result<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        text.parse().map_err(|error| self.bad(error))
    }

    pub(super) fn json<T: DeserializeOwned>(self, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|error| self.bad(error))
    }

    pub(super) fn instant(self, millis: i64) -> Result<Instant> {
        DateTime::from_timestamp_millis(millis).ok_or_else(|| self.bad("the instant is out of range"))
    }
}

/// The cells of one row.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) table: &'static str,
    pub(super) id: &'a (dyn Display + Sync),
}

impl<'a> Cells<'a> {
    pub(super) fn at(self, column: &'static str) -> Cell<'a> {
        Cell {
            table: self.table,
            id: self.id,
            column,
        }
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|char| char != '\0'),
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(fields) => {
            let stripped = std::mem::take(fields).into_iter().map(|(mut key, mut value)| {
                key.retain(|char| char != '\0');
                strip(&mut value);
                (key, value)
            });
            *fields = stripped.collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn json_is_canonical_and_has_no_zero_character() {
        let odd = BTreeMap::from([("b", "x\0y"), ("a", "\\u0000 stays"), ("\0c", "ü")]);
        assert_eq!(json(&odd).unwrap(), r#"{"a":"\\u0000 stays","b":"xy","c":"ü"}"#);
        assert_eq!(clean("a\0b"), "ab");
    }

    #[test]
    fn a_bad_value_is_told_with_its_place() {
        let cell = Cells {
            table: "windows",
            id: &"w1",
        }
        .at("port");
        let error = cell.parse::<u16>("ssh").unwrap_err();
        assert_eq!(
            error.to_string(),
            "The row w1 of table windows cannot be read: column port: invalid digit found in string."
        );
    }
}

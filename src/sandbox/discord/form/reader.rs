//! Collects what is wrong with a body, each fault under the path of its field.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use crate::sandbox::discord::{error::ApiError, ids::Snowflake};

/// How long a text may be, in characters, both ends included.
pub(crate) type Length = RangeInclusive<usize>;

/// The faults found so far, and where the reader is.
#[derive(Debug, Default)]
pub(crate) struct Form {
    path: Vec<String>,
    errors: Map<String, Value>,
}

impl Form {
    /// The form's verdict: 50035 with every fault, or the value.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, ApiError> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(ApiError::form(Value::Object(self.errors)))
        }
    }

    /// Reads inside the field (or list place) `name`.
    pub(crate) fn within<T>(&mut self, name: impl ToString, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name.to_string());
        let result = read(self);
        self.path.pop();
        result
    }

    /// Notes a fault at the present place.
    pub(crate) fn refuse(&mut self, code: &str, message: impl Into<String>) {
        let mut place = &mut self.errors;
        for name in &self.path {
            let next = place.entry(name.clone()).or_insert_with(|| json!({}));
            if !next.is_object() {
                *next = json!({});
            }
            let Value::Object(next) = next else { return };
            place = next;
        }
        let list = place.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({"code": code, "message": message.into()}));
        }
    }

    pub(crate) fn refuse_at(&mut self, name: impl ToString, code: &str, message: impl Into<String>) {
        self.within(name, |form| form.refuse(code, message));
    }

    pub(crate) fn required(&mut self, name: &str) {
        self.refuse_at(name, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A text that may be missing or null.
    pub(crate) fn text(&mut self, object: &Value, name: &str, length: Length) -> Option<String> {
        let text = match object.get(name)? {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => {
                self.refuse_at(
                    name,
                    "STRING_TYPE_CONVERT",
                    "Could not interpret value as string.",
                );
                return None;
            }
        };
        self.check_length(name, &text, length);
        Some(text)
    }

    pub(crate) fn required_text(&mut self, object: &Value, name: &str, length: Length) -> String {
        if object.get(name).is_none_or(Value::is_null) {
            self.required(name);
        }
        self.text(object, name, length).unwrap_or_default()
    }

    fn check_length(&mut self, name: &str, text: &str, length: Length) {
        let (least, most) = (*length.start(), *length.end());
        let count = text.chars().count();
        if length.contains(&count) {
            return;
        }
        if least > 0 && count == 0 {
            self.required(name);
        } else if least > 0 {
            let message = format!("Must be between {least} and {most} in length.");
            self.refuse_at(name, "BASE_TYPE_BAD_LENGTH", message);
        } else {
            let message = format!("Must be {most} or fewer in length.");
            self.refuse_at(name, "BASE_TYPE_MAX_LENGTH", message);
        }
    }

    pub(crate) fn integer(&mut self, object: &Value, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = object.get(name).filter(|value| !value.is_null())?;
        let number = value
            .as_i64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        let Some(number) = number else {
            self.refuse_at(
                name,
                "NUMBER_TYPE_COERCE",
                format!("Value \"{value}\" is not int."),
            );
            return None;
        };
        if number < *range.start() {
            let message = format!("int value should be greater than or equal to {}.", range.start());
            self.refuse_at(name, "NUMBER_TYPE_MIN", message);
        } else if number > *range.end() {
            let message = format!("int value should be less than or equal to {}.", range.end());
            self.refuse_at(name, "NUMBER_TYPE_MAX", message);
        }
        Some(number)
    }

    pub(crate) fn boolean(&mut self, object: &Value, name: &str) -> Option<bool> {
        let value = object.get(name).filter(|value| !value.is_null())?;
        if value.as_bool().is_none() {
            self.refuse_at(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
        value.as_bool()
    }

    pub(crate) fn snowflake(&mut self, object: &Value, name: &str) -> Option<Snowflake> {
        let value = object.get(name).filter(|value| !value.is_null())?;
        let id = as_snowflake(value);
        if id.is_none() {
            self.refuse_at(
                name,
                "NUMBER_TYPE_COERCE",
                format!("Value \"{value}\" is not snowflake."),
            );
        }
        id
    }

    /// A list that may be missing or null.
    pub(crate) fn list<'a>(&mut self, object: &'a Value, name: &str, count: Length) -> Option<&'a [Value]> {
        let value = object.get(name).filter(|value| !value.is_null())?;
        let Some(list) = value.as_array() else {
            self.refuse_at(
                name,
                "LIST_TYPE_CONVERT",
                "Only iterables may be used in a ListType",
            );
            return None;
        };
        if !count.contains(&list.len()) {
            let (least, most) = (count.start(), count.end());
            let message = if *least > 0 {
                format!("Must be between {least} and {most} in length.")
            } else {
                format!("Must be {most} or fewer in length.")
            };
            self.refuse_at(name, "BASE_TYPE_BAD_LENGTH", message);
        }
        Some(list)
    }
}

pub(crate) fn as_snowflake(value: &Value) -> Option<Snowflake> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64().map(Snowflake),
        _ => None,
    }
}

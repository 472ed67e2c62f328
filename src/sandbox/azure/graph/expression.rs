//! Columns and conditions over one row.

use serde_json::Value;

#[derive(Debug)]
pub(super) enum Expression {
    /// A column, and members or indices below it.
    Path(Vec<String>),
    Call(Function, Box<Expression>),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Function {
    Lower,
    Upper,
    Text,
    Present,
    Empty,
}

impl Expression {
    pub(super) fn call(name: &str, inner: Self) -> Result<Self, String> {
        let function = match name.to_ascii_lowercase().as_str() {
            "tolower" => Function::Lower,
            "toupper" => Function::Upper,
            "tostring" => Function::Text,
            "isnotempty" => Function::Present,
            "isempty" => Function::Empty,
            other => return Err(format!("The function {other} is not known here.")),
        };
        Ok(Self::Call(function, Box::new(inner)))
    }

    pub(super) fn value(&self, row: &Value) -> Value {
        match self {
            Self::Path(path) => {
                let mut found = row;
                for part in path {
                    let next = match part.parse::<usize>() {
                        Ok(index) if found.is_array() => found.get(index),
                        _ => found.get(part),
                    };
                    match next {
                        Some(next) => found = next,
                        None => return Value::Null,
                    }
                }
                found.clone()
            }
            Self::Call(function, inner) => function.of(&inner.value(row)),
        }
    }

    /// Its value as text.
    pub(super) fn text(&self, row: &Value) -> String {
        text(&self.value(row))
    }
}

impl Function {
    fn of(self, value: &Value) -> Value {
        match self {
            Self::Lower => Value::String(text(value).to_ascii_lowercase()),
            Self::Upper => Value::String(text(value).to_ascii_uppercase()),
            Self::Text => Value::String(text(value)),
            Self::Present => Value::Bool(!text(value).is_empty()),
            Self::Empty => Value::Bool(text(value).is_empty()),
        }
    }
}

/// A value as `tostring` gives it: nothing for null.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[derive(Debug)]
pub(super) struct Condition {
    pub subject: Expression,
    pub comparison: Comparison,
    pub values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    EqualAnyCase,
    Different,
    DifferentAnyCase,
    Contains,
    StartsWith,
}

impl Condition {
    pub(super) fn holds(&self, row: &Value) -> bool {
        let subject = self.subject.text(row);
        let lower = subject.to_ascii_lowercase();
        let mut values = self.values.iter();
        match self.comparison {
            Comparison::Equal => values.any(|value| subject == *value),
            Comparison::EqualAnyCase => values.any(|value| subject.eq_ignore_ascii_case(value)),
            Comparison::Different => values.all(|value| subject != *value),
            Comparison::DifferentAnyCase => values.all(|value| !subject.eq_ignore_ascii_case(value)),
            Comparison::Contains => values.any(|value| lower.contains(&value.to_ascii_lowercase())),
            Comparison::StartsWith => values.any(|value| lower.starts_with(&value.to_ascii_lowercase())),
        }
    }
}

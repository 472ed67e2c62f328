//! The text of a configuration file as a tree of values, with the place of each.

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

use super::problem::{Invalid, Origins, Problem};

/// Reads `origins.text`; every syntax error at once, or the tree with the places noted in `origins`.
pub(super) fn read(origins: &mut Origins) -> Result<Map<String, Value>, Invalid> {
    let text = std::mem::take(&mut origins.text);
    let (table, errors) = DeTable::parse_recoverable(&text);
    let mut tree = Map::new();
    if errors.is_empty() {
        tree = table_of(table.get_ref(), "", origins);
    }
    drop(table);
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| (error.message().to_owned(), error.span().map(|span| span.start)))
        .map(|(message, offset)| Problem {
            place: match (&origins.file, offset) {
                (Some(file), Some(offset)) => line_of(&text, file, offset),
                _ => origins.place(""),
            },
            key: String::new(),
            what: format!("this is not TOML: {message}"),
        })
        .collect();
    problems.sort_by_key(|problem| problem.place.rank());
    origins.text = text;
    if problems.is_empty() {
        Ok(tree)
    } else {
        Err(Invalid { problems })
    }
}

fn line_of(text: &str, file: &std::path::Path, offset: usize) -> super::problem::Place {
    Origins {
        text: text.to_owned(),
        ..Origins::default()
    }
    .at(file, offset)
}

fn table_of(table: &DeTable<'_>, path: &str, origins: &mut Origins) -> Map<String, Value> {
    table
        .iter()
        .map(|(key, value)| {
            let name = key.get_ref().to_string();
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            // A section is shown at its head, a value at its key: that is where the eye looks.
            origins.offsets.insert(path.clone(), key.span().start);
            (name, value_of(value.get_ref(), &path, origins))
        })
        .collect()
}

fn value_of(value: &DeValue<'_>, path: &str, origins: &mut Origins) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).map_or_else(
            |_| Value::String(integer.to_string()),
            |number| Value::Number(number.into()),
        ),
        DeValue::Float(float) => float
            .as_str()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or_else(|| Value::String(float.to_string()), Value::Number),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(items) => Value::Array(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    let path = format!("{path}[{index}]");
                    origins.offsets.insert(path.clone(), item.span().start);
                    value_of(item.get_ref(), &path, origins)
                })
                .collect(),
        ),
        DeValue::Table(table) => Value::Object(table_of(table, path, origins)),
    }
}

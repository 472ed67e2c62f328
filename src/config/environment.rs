//! Keys that come by environment variables: `PORTCULLIS_DISCORD__TOKEN_FILE` is `discord.token_file`.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Map, Value};

use super::{keys, problem::Problems};

/// The environment, taken once: nothing in this module reads the process's own.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl std::fmt::Debug for Environment {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }
}

impl Environment {
    /// The environment of this process; variables that are not Unicode are left out.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The folder in which systemd and others put credentials, one file for each.
    pub(super) fn credentials(&self) -> Option<PathBuf> {
        self.variables
            .get("CREDENTIALS_DIRECTORY")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
    }

    /// Puts the variables over `tree`. An empty variable counts as not set.
    pub(super) fn overlay(&self, tree: &mut Map<String, Value>, schema: &Value, problems: &mut Problems) {
        for (variable, text) in &self.variables {
            // One underscore is not ours: the orchestrator makes PORTCULLIS_PORT and the like.
            let Some((section, key)) = variable
                .strip_prefix("PORTCULLIS_")
                .and_then(|rest| rest.split_once("__"))
            else {
                continue;
            };
            if text.is_empty() {
                continue;
            }
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            let path = format!("{section}.{key}");
            problems.origins.variables.insert(path.clone(), variable.clone());
            if section == "rule" {
                problems.at(&path, "rules are written in the file, not in the environment");
                continue;
            }
            let Some(kind) = keys::property(schema, &section).and_then(|schema| keys::property(schema, &key))
            else {
                let known = keys::paths(schema);
                problems.at(&path, keys::unknown(&path, known.iter().map(String::as_str)));
                continue;
            };
            let value = value_of(kind, text);
            if let Value::Object(section) = tree.entry(section).or_insert_with(|| Value::Object(Map::new())) {
                section.insert(key, value);
            }
        }
    }
}

/// The text as the kind of value that the key wants; a text that does not fit stays a text, and is told later.
fn value_of(kind: &Value, text: &str) -> Value {
    let text = text.trim();
    if keys::is_a(kind, "string") {
        return Value::String(text.to_owned());
    }
    if keys::is_a(kind, "array") {
        let items = text.trim_start_matches('[').trim_end_matches(']').split(',');
        return items
            .map(|item| item.trim().trim_matches('"'))
            .filter(|item| !item.is_empty())
            .map(|item| Value::String(item.to_owned()))
            .collect();
    }
    text.parse::<bool>()
        .map(Value::Bool)
        .or_else(|_| text.parse::<i64>().map(|number| Value::Number(number.into())))
        .unwrap_or_else(|_| Value::String(text.to_owned()))
}

//! What is written for people: the example, the schema, and what is shown.

use std::{fmt::Write as _, path::Path};

use super::*;

#[test]
fn what_is_shown_can_be_read_again() {
    let config = read(SMALL).unwrap();
    let again = read(&config.show()).unwrap();
    assert_eq!(config.rules.hash, again.rules.hash);
    assert_eq!(config.show(), again.show());
}

#[test]
fn the_examples_load_with_a_fake_environment() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "token").unwrap();
    let environment: Environment = [("PORTCULLIS_DISCORD__TOKEN_FILE", token.to_str().unwrap())]
        .into_iter()
        .collect();
    for (name, rules) in [("portcullis.toml", 2), ("sandbox.toml", 3)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
        let config = Config::load(Some(&path), &environment).unwrap_or_else(|invalid| panic!("{invalid}"));
        assert_eq!(config.rules.rules.len(), rules, "{name}");
        assert!(config.warnings.is_empty(), "{name}");
    }
}

#[test]
fn the_example_shows_every_key() {
    let text = include_str!("../../../config/portcullis.toml");
    let mut missing = String::new();
    let schema = schema();
    let of = |list: &str| {
        keys::property(&schema, list).unwrap()["items"]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let keys = keys::paths(&schema)
        .into_iter()
        // The secrets themselves: the example shows the files for them.
        .filter(|path| !["discord.token", "azure.client_secret", "store.url"].contains(&path.as_str()))
        .filter_map(|path| path.split_once('.').map(|(_, key)| key.to_owned()))
        .chain(of("rule"))
        .chain(of("template"));
    for key in keys {
        if !text
            .lines()
            .any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = ")))
        {
            write!(missing, "{key} ").unwrap();
        }
    }
    assert_eq!(missing, "");
}

#[test]
fn the_schema_describes_every_key() {
    let schema = schema();
    let sections = schema["properties"].as_object().unwrap();
    let (rule, template) = (&sections["rule"]["items"], &sections["template"]["items"]);
    for table in sections
        .values()
        .filter(|table| table["properties"].is_object())
        .chain([rule, template])
    {
        assert_eq!(table["additionalProperties"], false);
        for (key, property) in table["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{key}");
        }
    }
}

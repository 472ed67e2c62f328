use std::{fmt::Write as _, path::Path};

use chrono::NaiveTime;
use secrecy::ExposeSecret as _;

use super::*;
use crate::domain::{actor::Principal, ids::RoleId};

const SMALL: &str = r#"
[discord]
token = "s3cret-token"
guild_id = "1"
approver_channel = 2
trail_channel = "3"
administrators = ["role:4"]

[azure]
credential = "azure-cli"

[[rule]]
name = "all"
vms = ["*"]
requesters = ["role:5"]
approvers = ["role:6"]
max_for = "30m"
"#;

fn nothing() -> Environment {
    Environment::default()
}

fn read(text: &str) -> Result<Config, Invalid> {
    Config::read(text, Some(Path::new("p.toml")), &nothing())
}

/// The problems of `text`, one a line.
fn problems(text: &str) -> String {
    read(text)
        .map(|_| ())
        .expect_err("this must be refused")
        .to_string()
}

/// The problems of the small configuration with `from` replaced by `to`.
fn changed(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    problems(&SMALL.replacen(from, to, 1))
}

fn with_variables(text: &str, variables: &[(&str, &str)]) -> Result<Config, Invalid> {
    Config::read(
        text,
        Some(Path::new("p.toml")),
        &variables.iter().copied().collect(),
    )
}

#[test]
fn a_small_configuration_has_sensible_defaults() {
    let config = read(SMALL).unwrap();
    assert_eq!(config.discord.token.expose_secret(), "s3cret-token");
    assert_eq!(config.discord.administrators, [Principal::Role(RoleId(4))]);
    assert_eq!(config.discord.api_url.as_str(), "https://discord.com/api/v10");
    assert!(matches!(&config.store, Store::Sqlite { path } if path == Path::new("portcullis.db")));
    assert!(config.http.listen.ip().is_loopback());
    assert_eq!(config.trail.digest_at, NaiveTime::from_hms_opt(7, 0, 0));
    let rule = &config.rules.rules[0];
    assert_eq!(rule.default_for, rule.max_for, "an hour is longer than max_for");
    assert_eq!((rule.approvals, rule.sources.widest), (1, 32));
    assert!(config.warnings.is_empty());
}

#[test]
fn the_digest_has_its_time_or_is_off() {
    let at = |text: &str| {
        read(&format!("{SMALL}\n[trail]\ndigest_at = \"{text}\"\n")).map(|config| config.trail.digest_at)
    };
    assert_eq!(at("18:30").unwrap(), NaiveTime::from_hms_opt(18, 30, 0));
    assert_eq!(at("off").unwrap(), None);
    let shown = read(SMALL).unwrap().show();
    assert!(shown.contains("digest_at = \"07:00\""), "{shown}");
    for wrong in ["", "7", "24:00", "07:00:00", "noon", "-1:00"] {
        let why = at(wrong).unwrap_err().to_string();
        assert!(why.contains("is no time of day"), "{why}");
    }
}

#[test]
fn secrets_do_not_print() {
    let text = SMALL.replace(
        "azure-cli\"",
        "client-secret\"\ntenant_id = \"t\"\nclient_id = \"c\"\nclient_secret = \"s3cret-azure\"",
    ) + "[store]\nurl = \"postgres://me:s3cret-store@db/p\"\n";
    let config = read(&text).unwrap();
    let printed = format!("{config:?}{}", config.show());
    assert!(!printed.contains("s3cret"), "{printed}");
    let wrong = problems(&text.replace("\"s3cret-token\"", "[\"s3cret-token\"]"));
    assert!(
        wrong.contains("p.toml:3:1: discord.token: this must be a text in quotes"),
        "{wrong}"
    );
    let number = problems(&text.replace("\"s3cret-token\"", "53637265"));
    assert!(!number.contains("53637265"), "{number}");
    let store = problems(&text.replace("postgres://", "mysql://"));
    assert!(!store.contains("s3cret"), "{store}");
}

#[test]
fn what_is_shown_can_be_read_again() {
    let config = read(SMALL).unwrap();
    let again = read(&config.show()).unwrap();
    assert_eq!(config.rules.hash, again.rules.hash);
    assert_eq!(config.show(), again.show());
}

#[test]
fn every_problem_is_told_at_once_and_with_its_place() {
    let text = r#"
[discord]
tokn_file = "x"
guild_id = "12a"
approver_channel = true
administrators = ["role:4", "alice", 5]
api_url = "https://example.com/api"

[azur]
[azure]
credential = "client-secret"
tenant_id = "t"
cloud = "mars"

[[rule]]
name = "one"
vms = ["web-*", "what:ever"]
ports = ["ssh", "telnet", 70000]
requesters = []
approvers = ["user:1", "user:1"]
approvals = 2
max_for = "2h"
default_for = "3h"
sources = { widest = "/33", within = ["198.51.100.7/24", "10.0.0.0/8"] }
reason = { required = "yes", pattern = "^(INC" }

[[rule]]
name = "one"
vms = ["*"]
requesters = ["role:1"]
approvers = ["role:1"]
max_for = "25h"
"#;
    insta::assert_snapshot!(problems(text));
}

#[test]
fn syntax_errors_are_told_with_their_lines() {
    let told = problems("[discord]\nguild_id = \n[azure\n");
    assert!(told.starts_with("p.toml:2:"), "{told}");
    assert!(told.contains("\np.toml:3:"), "{told}");
}

#[test]
fn a_section_of_the_wrong_shape_is_told_once() {
    let told = problems("discord = 5\n[azure]\ncredential = \"azure-cli\"\n[rule]\nname = \"x\"\n");
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("[[rule]]"), "{told}");
}

#[test]
fn the_environment_goes_before_the_file() {
    let config = with_variables(
        SMALL,
        &[
            ("PORTCULLIS_DISCORD__GUILD_ID", "77"),
            ("PORTCULLIS_DISCORD__ADMINISTRATORS", "user:8, role:9"),
            ("PORTCULLIS_DISCORD__MEMBERS_INTENT", "true"),
            ("PORTCULLIS_LOG__FORMAT", "json"),
            ("PORTCULLIS_HTTP__LISTEN", ""),
            ("PORTCULLIS_PORT", "tcp://10.0.0.1:80"),
            ("PORTCULLIS_LOG", "debug"),
        ],
    )
    .unwrap();
    assert_eq!(config.discord.guild_id.0, 77);
    assert_eq!(config.discord.administrators.len(), 2);
    assert!(config.discord.members_intent);
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn every_key_has_a_variable() {
    let schema = schema();
    for path in keys::paths(&schema) {
        let variable = format!("PORTCULLIS_{}", path.replacen('.', "__", 1).to_uppercase());
        let told = with_variables(SMALL, &[(&variable, "x")])
            .map_or_else(|invalid| invalid.to_string(), |_| String::new());
        assert!(!told.contains("there is no key"), "{told}");
    }
    assert!(keys::paths(&schema).contains(&"discord.token_file".to_owned()));
}

#[test]
fn problems_of_variables_name_the_variable() {
    for (variable, value, expected) in [
        (
            "PORTCULLIS_DISCORD__GILD_ID",
            "1",
            "PORTCULLIS_DISCORD__GILD_ID: discord.gild_id: there is no key \"discord.gild_id\"; did you mean \"discord.guild_id\"?",
        ),
        (
            "PORTCULLIS_DISCORD__MEMBERS_INTENT",
            "perhaps",
            "PORTCULLIS_DISCORD__MEMBERS_INTENT: discord.members_intent: this value does not fit",
        ),
        (
            "PORTCULLIS_RULE__0",
            "x",
            "PORTCULLIS_RULE__0: rule.0: rules are written in the file",
        ),
    ] {
        let told = with_variables(SMALL, &[(variable, value)])
            .unwrap_err()
            .to_string();
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn secrets_come_from_files_first() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let token = |variables: &[(&str, &str)]| {
        with_variables(SMALL, variables).map(|config| config.discord.token.expose_secret().to_owned())
    };
    assert_eq!(
        token(&[("PORTCULLIS_DISCORD__TOKEN", "by variable")]).unwrap(),
        "by variable"
    );
    write("discord_token", " by credential\n");
    let credentials = folder.path().display().to_string();
    let by_credential = [("CREDENTIALS_DIRECTORY", credentials.as_str())];
    assert_eq!(token(&by_credential).unwrap(), "by credential");
    let file = write("token", "by file\r\n");
    assert_eq!(
        token(&[by_credential[0], ("PORTCULLIS_DISCORD__TOKEN_FILE", &file)]).unwrap(),
        "by file"
    );
    let empty = write("empty", "\n");
    let long = write("long", &"x".repeat(20_000));
    for (file, what) in [
        (empty.as_str(), "is empty"),
        (long.as_str(), "is too long"),
        ("/nowhere/token", "cannot be read"),
        (credentials.as_str(), "cannot be read"),
    ] {
        let told = token(&[("PORTCULLIS_DISCORD__TOKEN_FILE", file)])
            .unwrap_err()
            .to_string();
        assert!(
            told.starts_with("PORTCULLIS_DISCORD__TOKEN_FILE: discord.token_file: "),
            "{told}"
        );
        assert!(told.contains(what) && told.lines().count() == 1, "{told}");
    }
}

#[test]
fn services_elsewhere_must_be_on_this_machine() {
    for fine in [
        "http://127.0.0.1:4000/api/v10",
        "http://[::1]:4000",
        "https://localhost:1",
        "https://discord.com/api/v10",
    ] {
        assert!(
            with_variables(SMALL, &[("PORTCULLIS_DISCORD__API_URL", fine)]).is_ok(),
            "{fine}"
        );
    }
    for wrong in [
        "https://discord.example/api",
        "http://discord.com/api/v10",
        "https://discord.com:8443/api/v10",
        "https://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "http://10.0.0.1/api",
        "ftp://127.0.0.1/",
        "not an address",
    ] {
        for variable in [
            "PORTCULLIS_DISCORD__API_URL",
            "PORTCULLIS_AZURE__ENDPOINT",
            "PORTCULLIS_AZURE__LOGIN",
        ] {
            assert!(
                with_variables(SMALL, &[(variable, wrong)]).is_err(),
                "{variable} {wrong}"
            );
        }
    }
    let own = [(
        "PORTCULLIS_AZURE__ENDPOINT",
        "https://management.usgovcloudapi.net",
    )];
    assert!(with_variables(SMALL, &own).is_ok());
}

#[test]
fn half_set_groups_are_refused() {
    let told = changed("azure-cli\"", "client-secret\"\nclient_id = \"c\"");
    assert!(
        told.contains("azure.tenant_id: this key is missing or empty"),
        "{told}"
    );
    assert!(
        told.contains("azure.client_secret_file: this key is missing or empty"),
        "{told}"
    );
    let told = changed("azure-cli\"", "managed-identity\"\nclient_secret = \"c\"");
    assert!(
        told.contains("azure.client_secret: the chosen credential does not use this key"),
        "{told}"
    );
    let told = changed(
        "[azure]",
        "[store]\npath = \"a\"\nurl = \"postgres://b\"\n[azure]",
    );
    assert!(told.contains("store.path: there is one store"), "{told}");
}

#[test]
fn rules_that_could_never_work_are_refused() {
    for (from, to, what) in [
        (
            "approvers = [\"role:6\"]",
            "approvers = []",
            "nobody could approve",
        ),
        (
            "max_for = \"30m\"",
            "approvals = 0\nmax_for = \"30m\"",
            "1 to 20 approvals",
        ),
        (
            "max_for = \"30m\"",
            "approvals = 99999999999\nmax_for = \"30m\"",
            "1 to 20 approvals",
        ),
        (
            "max_for = \"30m\"",
            "",
            "rule[0].max_for: this key is missing or empty",
        ),
        (
            "max_for = \"30m\"",
            "max_for = \"30m\"\ndefault_for = \"31m\"",
            "longer than max_for",
        ),
        ("vms = [\"*\"]", "vms = [\"*\"]\nports = []", "match nothing"),
        ("vms = [\"*\"]", "vms = [\"web-[\"]", "\"web-[\""),
        (
            "max_for = \"30m\"",
            "max_for = \"30m\"\nreason = { pattern = \"^INC\", example = \"CHG\" }",
            "mislead",
        ),
        ("name = \"all\"", "name = \" \"", "visible characters"),
        ("name = \"all\"", "nam = \"all\"", "did you mean \"name\"?"),
    ] {
        let told = changed(from, to);
        assert!(told.contains(what), "{told}");
    }
}

#[test]
fn equal_rules_have_equal_hashes_however_they_are_written() {
    let hash = |text: &str| read(text).unwrap().rules.hash;
    let rewritten = SMALL
        .replace(
            "max_for = \"30m\"",
            "approvals = 1 # the default\nmax_for = '1800s'",
        )
        .replace("\"role:5\"", " \"role:5\" ");
    assert_eq!(hash(SMALL), hash(&rewritten));
    assert_ne!(hash(SMALL), hash(&SMALL.replace("30m", "31m")));
    let extend = |word: &str| format!("{SMALL}extend = \"{word}\"\n");
    assert_eq!(hash(SMALL), hash(&extend("approval")));
    assert_ne!(hash(SMALL), hash(&extend("once")));
    assert!(problems(&extend("twice")).contains("write \"approval\" or \"once\""));
}

#[test]
fn no_rule_is_a_warning() {
    let text = SMALL.split("[[rule]]").next().unwrap();
    assert_eq!(read(text).unwrap().warnings.len(), 1);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let told = Config::load(Some(Path::new("/nowhere.toml")), &nothing()).unwrap_err();
    assert!(
        told.to_string()
            .starts_with("/nowhere.toml: the file cannot be read: "),
        "{told}"
    );
    let told = Config::load(None, &nothing()).unwrap_err().to_string();
    assert!(told.starts_with("configuration: "), "{told}");
}

#[test]
fn a_reload_gives_a_whole_book_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.toml");
    std::fs::write(&file, SMALL).unwrap();
    assert_eq!(
        Config::reload_rules(Some(&file), &nothing()).unwrap().rules.len(),
        1
    );
    std::fs::write(&file, SMALL.replace("role:6", "role:x")).unwrap();
    assert!(Config::reload_rules(Some(&file), &nothing()).is_err());
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
    let text = include_str!("../../config/portcullis.toml");
    let mut missing = String::new();
    let schema = schema();
    let rule = keys::property(&schema, "rule").unwrap()["items"]["properties"]
        .as_object()
        .unwrap();
    let keys = keys::paths(&schema)
        .into_iter()
        // The secrets themselves: the example shows the files for them.
        .filter(|path| !["discord.token", "azure.client_secret", "store.url"].contains(&path.as_str()))
        .filter_map(|path| path.split_once('.').map(|(_, key)| key.to_owned()))
        .chain(rule.keys().cloned());
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
    let rule = sections["rule"]["items"].clone();
    for table in sections
        .values()
        .filter(|table| table["properties"].is_object())
        .chain([&rule])
    {
        assert_eq!(table["additionalProperties"], false);
        for (key, property) in table["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{key}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_and_no_variable_makes_it_panic(
        text in "(\\[|\\]|=|\n|\"|'|#|[a-z_.]{1,12}|discord|rule|azure|vms|role:1|[0-9]{1,3}|\\PC){0,40}",
        value in "\\PC{0,20}",
        cut in 0..SMALL.len(),
    ) {
        let _ = read(&text);
        let _ = read(&format!("{SMALL}\n{text}"));
        let _ = read(&format!("{}{text}", SMALL.get(..cut).unwrap_or_default()));
        for path in keys::paths(&schema()) {
            let variable = format!("PORTCULLIS_{}", path.replacen('.', "__", 1).to_uppercase());
            let _ = with_variables(SMALL, &[(&variable, &value)]);
        }
    }
}

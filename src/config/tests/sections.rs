//! The sections: their defaults, and what must be set together.

use std::path::Path;

use chrono::NaiveTime;
use secrecy::ExposeSecret as _;

use super::*;
use crate::domain::{actor::Principal, ids::RoleId};

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
    assert_eq!((rule.quorum.approvals(), rule.sources.widest), (1, 32));
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
fn auditors_are_optional_and_are_people_or_roles() {
    assert!(read(SMALL).unwrap().discord.auditors.is_empty());
    let with = SMALL.replace(
        "administrators = [\"role:4\"]",
        "administrators = [\"role:4\"]\nauditors = [\"role:7\", \"user:8\"]",
    );
    let config = read(&with).unwrap();
    assert_eq!(config.discord.auditors.len(), 2);
    assert_eq!(config.discord.auditors[0], Principal::Role(RoleId(7)));
    assert!(config.show().contains("auditors = "), "{}", config.show());
    let told = problems(&with.replace("\"user:8\"", "\"dan\""));
    assert!(told.contains("discord.auditors"), "{told}");
}

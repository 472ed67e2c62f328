//! Variables of the environment go before the file.

use super::*;

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

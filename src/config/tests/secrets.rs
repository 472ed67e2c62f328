//! Secrets come from files and never print.

use secrecy::ExposeSecret as _;

use super::*;

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

mod endpoints;
mod environment;
mod page;
mod problems;
mod rules;
mod secrets;
mod sections;
mod templates;
mod voting;
mod written;

use std::path::Path;

use super::*;

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

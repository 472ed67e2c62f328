use url::Url;

use crate::chat::rest::{DISCORD_API_URL, Rest, RestConfig, RestConfigError};

fn config(token: &str) -> RestConfig {
    RestConfig::new(Url::parse(DISCORD_API_URL).unwrap(), token.to_owned().into())
}

#[test]
fn a_token_that_would_break_a_header_is_refused_without_being_shown() {
    for token in ["", "two words", "new\nline", "ümlaut"] {
        let refusal = Rest::new(config(token)).unwrap_err();
        assert!(matches!(refusal, RestConfigError::Token));
        assert!(token.is_empty() || !format!("{refusal:?} {refusal}").contains(token));
    }
}

#[test]
fn the_token_does_not_print() {
    let config = config("very-secret");
    let rest = Rest::new(config.clone()).unwrap();
    let printed = format!("{config:?} {rest:?} {:?}", rest.inner.authorization);
    assert!(!printed.contains("very-secret"), "{printed}");
}

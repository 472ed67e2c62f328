//! One call, ready to be sent: its route, the arguments of its path, its query and body.

use std::{
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Route, address::ApiAddress};
use crate::chat::file::File;

/// The token of one interaction: whoever has it may answer in the bot's name for 15 minutes.
#[derive(Clone)]
pub struct InteractionToken(SecretString);

impl InteractionToken {
    /// Keeps a token as it came from Discord.
    pub fn new(token: impl Into<String>) -> Self {
        Self(SecretString::from(token.into()))
    }

    /// The token in the clear: for the store, never for a text or a log.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InteractionToken([redacted])")
    }
}

/// A call. It has no `Debug`, because its path may hold a token.
pub(super) struct Call {
    pub(super) route: Route,
    arguments: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Bytes>,
    pub(super) files: Vec<File>,
    secret: Option<InteractionToken>,
}

impl Call {
    /// A call with the arguments of its path, in the order of the template.
    pub(super) fn new<const N: usize>(route: Route, arguments: [String; N]) -> Self {
        debug_assert_eq!(route.template().matches('{').count(), N, "{route}");
        Self {
            route,
            arguments: arguments.into(),
            query: Vec::new(),
            body: None,
            files: Vec::new(),
            secret: None,
        }
    }

    /// A call authorised by an interaction token, which is the second argument of its path.
    pub(super) fn with_token(route: Route, first: String, token: &InteractionToken) -> Self {
        let mut call = Self::new(route, [first, token.expose().to_owned()]);
        call.secret = Some(token.clone());
        call
    }

    pub(super) fn body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }

    /// With files the body becomes one part of several.
    pub(super) fn files(mut self, files: Vec<File>) -> Self {
        self.files = files;
        self
    }

    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(super) fn url(&self, address: &ApiAddress) -> url::Url {
        let mut arguments = self.arguments.iter().map(String::as_str);
        let segments = self.route.template().split('/').map(|segment| {
            let is_argument = segment.starts_with('{');
            if is_argument {
                arguments.next().unwrap_or_default()
            } else {
                segment
            }
        });
        let mut url = address.with(segments);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// A number for the part of the path that has rate limits of its own.
    ///
    /// A hash, so that the limiter's memory holds no tokens.
    pub(super) fn major(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for argument in self.arguments.iter().take(self.route.major_arguments()) {
            argument.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// `text` without the token of this call, should it occur there.
    pub(super) fn redact(&self, text: &str) -> String {
        match &self.secret {
            Some(secret) if !secret.expose().is_empty() => text.replace(secret.expose(), "[redacted]"),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn the_path_follows_the_template() {
        let address = ApiAddress::parse(Url::parse("http://127.0.0.1:1/api/v10").unwrap())
            .ok()
            .unwrap();
        let call = Call::new(Route::Reactions, ["1".into(), "2".into(), "✅".into()]).query("limit", 100);
        assert_eq!(
            call.url(&address).as_str(),
            "http://127.0.0.1:1/api/v10/channels/1/messages/2/reactions/%E2%9C%85?limit=100"
        );
        let token = InteractionToken::new("tok");
        let call = Call::with_token(Route::EditOriginal, "9".into(), &token);
        assert_eq!(
            call.url(&address).path(),
            "/api/v10/webhooks/9/tok/messages/@original"
        );
    }

    #[test]
    fn limits_are_apart_by_channel_and_by_interaction_but_not_by_message() {
        let message = |channel: &str, message: &str| {
            Call::new(Route::EditMessage, [channel.to_owned(), message.to_owned()]).major()
        };
        assert_eq!(message("1", "2"), message("1", "3"));
        assert_ne!(message("1", "2"), message("2", "2"));
        let original = |token: &str| {
            Call::with_token(Route::EditOriginal, "9".into(), &InteractionToken::new(token)).major()
        };
        assert_ne!(original("a"), original("b"));
    }

    #[test]
    fn a_token_does_not_print() {
        let token = InteractionToken::new("very-secret");
        assert!(!format!("{token:?}").contains("very-secret"));
        let call = Call::with_token(Route::FollowUp, "9".into(), &token);
        assert_eq!(call.redact("no very-secret here"), "no [redacted] here");
    }
}

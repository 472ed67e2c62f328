//! The calls that the bot makes: method, path and what a repetition does, in one table.

use std::fmt;

use reqwest::Method;

/// One kind of call. It prints as its path template, which never contains a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is explained by its line in the table below")]
pub enum Route {
    Gateway,
    CurrentUser,
    CurrentApplication,
    OpenDm,
    Guild,
    GuildRoles,
    GuildChannels,
    GuildMember,
    GuildMembers,
    SetGuildCommands,
    Acknowledge,
    EditOriginal,
    FollowUp,
    Channel,
    EditThread,
    CreateThread,
    ThreadFromMessage,
    CreateMessage,
    Messages,
    Message,
    EditMessage,
    DeleteMessage,
    AddReaction,
    Reactions,
    DeleteReaction,
}

/// What happens when a call is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// Nothing more than when it is sent once.
    Repeatable,
    /// Discord recognises the second one: by the nonce, or by a refusal that says so.
    Deduplicated,
    /// It may be done twice; only a read-back can tell.
    Ambiguous,
}

/// Whether a call counts for the bot's limit of 50 in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Sent with the bot token, and counted.
    Bot,
    /// Authorised by the interaction token in its path, and not counted.
    Interaction,
}

impl Route {
    /// The path below the base address; `{…}` stands for an argument.
    pub fn template(self) -> &'static str {
        self.row().1
    }

    /// What happens when the call is sent twice.
    pub fn repetition(self) -> Repetition {
        self.row().2
    }

    pub(super) fn method(self) -> Method {
        self.row().0
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Acknowledge | Self::EditOriginal | Self::FollowUp => Kind::Interaction,
            _ => Kind::Bot,
        }
    }

    /// How many of the arguments, from the first, have rate limits of their own ("major parameters").
    ///
    /// Source: Discord's documentation, "Rate Limits": channel, guild, and webhook id with its token.
    pub(super) fn major_arguments(self) -> usize {
        let template = self.template();
        if template.starts_with("channels/") || template.starts_with("guilds/") {
            1
        } else if template.starts_with("webhooks/") {
            2
        } else {
            0
        }
    }

    fn row(self) -> (Method, &'static str, Repetition) {
        use Repetition::{Ambiguous, Deduplicated, Repeatable};
        match self {
            Self::Gateway => (Method::GET, "gateway", Repeatable),
            Self::CurrentUser => (Method::GET, "users/@me", Repeatable),
            Self::CurrentApplication => (Method::GET, "applications/@me", Repeatable),
            Self::OpenDm => (Method::POST, "users/@me/channels", Repeatable),
            Self::Guild => (Method::GET, "guilds/{guild}", Repeatable),
            Self::GuildRoles => (Method::GET, "guilds/{guild}/roles", Repeatable),
            Self::GuildChannels => (Method::GET, "guilds/{guild}/channels", Repeatable),
            Self::GuildMember => (Method::GET, "guilds/{guild}/members/{user}", Repeatable),
            Self::GuildMembers => (Method::GET, "guilds/{guild}/members", Repeatable),
            Self::SetGuildCommands => (
                Method::PUT,
                "applications/{application}/guilds/{guild}/commands",
                Repeatable,
            ),
            // The second one is refused with 40060.
            Self::Acknowledge => (
                Method::POST,
                "interactions/{interaction}/{token}/callback",
                Deduplicated,
            ),
            Self::EditOriginal => (
                Method::PATCH,
                "webhooks/{application}/{token}/messages/@original",
                Repeatable,
            ),
            Self::FollowUp => (Method::POST, "webhooks/{application}/{token}", Ambiguous),
            Self::Channel => (Method::GET, "channels/{channel}", Repeatable),
            Self::EditThread => (Method::PATCH, "channels/{channel}", Repeatable),
            Self::CreateThread => (Method::POST, "channels/{channel}/threads", Ambiguous),
            // The second one is refused with 160004.
            Self::ThreadFromMessage => (
                Method::POST,
                "channels/{channel}/messages/{message}/threads",
                Deduplicated,
            ),
            // By its nonce, for a few minutes.
            Self::CreateMessage => (Method::POST, "channels/{channel}/messages", Deduplicated),
            Self::Messages => (Method::GET, "channels/{channel}/messages", Repeatable),
            Self::Message => (Method::GET, "channels/{channel}/messages/{message}", Repeatable),
            Self::EditMessage => (Method::PATCH, "channels/{channel}/messages/{message}", Repeatable),
            Self::DeleteMessage => (
                Method::DELETE,
                "channels/{channel}/messages/{message}",
                Repeatable,
            ),
            Self::AddReaction => (
                Method::PUT,
                "channels/{channel}/messages/{message}/reactions/{emoji}/@me",
                Repeatable,
            ),
            Self::Reactions => (
                Method::GET,
                "channels/{channel}/messages/{message}/reactions/{emoji}",
                Repeatable,
            ),
            Self::DeleteReaction => (
                Method::DELETE,
                "channels/{channel}/messages/{message}/reactions/{emoji}/{user}",
                Repeatable,
            ),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, template, _) = self.row();
        write!(f, "{method} {template}")
    }
}

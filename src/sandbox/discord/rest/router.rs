//! From method and path to a route with its ids. Unknown paths are 404, as at Discord.

use crate::sandbox::discord::{error::ApiError, form::Form, ids::Snowflake, route::RouteKind};

/// The ids and texts of a path; a route reads only those it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) message: Snowflake,
    pub(crate) user: Snowflake,
    pub(crate) application: Snowflake,
    pub(crate) command: Snowflake,
    pub(crate) interaction: Snowflake,
    pub(crate) token: String,
    pub(crate) emoji: String,
    /// Whether a command route is under `/guilds/`.
    pub(crate) in_guild: bool,
}

macro_rules! setters {
    ($($name:ident $field:literal;)*) => {
        impl Params {
            $(fn $name(mut self, segment: &str) -> Result<Self, ApiError> {
                self.$name = id($field, segment)?;
                Ok(self)
            })*
        }
    };
}

setters! {
    guild "guild_id";
    channel "channel_id";
    message "message_id";
    user "user_id";
    application "application_id";
    command "command_id";
    interaction "interaction_id";
}

impl Params {
    fn token(mut self, segment: &str) -> Self {
        self.token = segment.to_owned();
        self
    }

    fn emoji(mut self, segment: &str) -> Self {
        self.emoji = segment.to_owned();
        self
    }

    fn commands(self, application: &str, guild: Option<&str>) -> Result<Self, ApiError> {
        let mut params = self.application(application)?;
        params.in_guild = guild.is_some();
        match guild {
            Some(guild) => params.guild(guild),
            None => Ok(params),
        }
    }

    /// The parameter that buckets are counted by (Discord, "Rate Limits").
    pub(crate) fn major(&self) -> String {
        format!("{}/{}/{}", self.channel, self.guild, self.token)
    }
}

fn id(field: &str, segment: &str) -> Result<Snowflake, ApiError> {
    segment.parse().map_err(|_| {
        let mut form = Form::default();
        form.refuse_at(
            field,
            "NUMBER_TYPE_COERCE",
            format!("Value \"{segment}\" is not snowflake."),
        );
        match form.finish(()) {
            Err(refusal) => refusal,
            Ok(()) => ApiError::not_found(),
        }
    })
}

/// Finds the route of a path below `/api/v10`, already split and percent-decoded.
pub(crate) fn find(method: &str, segments: &[&str]) -> Result<(RouteKind, Params), ApiError> {
    use RouteKind as K;
    let new = Params::default();
    let found = match (method, segments) {
        ("GET", ["gateway"]) => (K::GetGateway, new),
        ("GET", ["gateway", "bot"]) => (K::GetGatewayBot, new),
        ("GET", ["users", "@me"]) => (K::GetMe, new),
        ("GET", ["users", u]) => (K::GetUser, new.user(u)?),
        ("POST", ["users", "@me", "channels"]) => (K::CreateDm, new),
        ("GET", ["applications" | "oauth2", ..]) if is_own_application(segments) => (K::GetApplication, new),

        ("GET", ["guilds", g]) => (K::GetGuild, new.guild(g)?),
        ("GET", ["guilds", g, "roles"]) => (K::GetRoles, new.guild(g)?),
        ("GET", ["guilds", g, "channels"]) => (K::GetGuildChannels, new.guild(g)?),
        ("GET", ["guilds", g, "members"]) => (K::GetMembers, new.guild(g)?),
        ("GET", ["guilds", g, "members", u]) => (K::GetMember, new.guild(g)?.user(u)?),
        ("GET", ["guilds", g, "threads", "active"]) => (K::GetActiveThreads, new.guild(g)?),

        ("GET", ["channels", c]) => (K::GetChannel, new.channel(c)?),
        ("PATCH", ["channels", c]) => (K::EditChannel, new.channel(c)?),
        ("DELETE", ["channels", c]) => (K::DeleteChannel, new.channel(c)?),
        ("POST", ["channels", c, "typing"]) => (K::Typing, new.channel(c)?),
        ("POST", ["channels", c, "threads"]) => (K::CreateThread, new.channel(c)?),
        ("GET", ["channels", c, "threads", "archived", "public"]) => (K::GetArchivedThreads, new.channel(c)?),
        ("PUT", ["channels", c, "thread-members", "@me"]) => (K::JoinThread, new.channel(c)?),
        ("POST", ["channels", c, "messages"]) => (K::CreateMessage, new.channel(c)?),
        ("GET", ["channels", c, "messages"]) => (K::GetMessages, new.channel(c)?),
        ("GET", ["channels", c, "messages", m]) => (K::GetMessage, new.channel(c)?.message(m)?),
        ("PATCH", ["channels", c, "messages", m]) => (K::EditMessage, new.channel(c)?.message(m)?),
        ("DELETE", ["channels", c, "messages", m]) => (K::DeleteMessage, new.channel(c)?.message(m)?),
        ("POST", ["channels", c, "messages", m, "threads"]) => {
            (K::ThreadFromMessage, new.channel(c)?.message(m)?)
        }
        ("DELETE", ["channels", c, "messages", m, "reactions"]) => {
            (K::ClearReactions, new.channel(c)?.message(m)?)
        }
        (_, ["channels", c, "messages", m, "reactions", e, rest @ ..]) => {
            let params = new.channel(c)?.message(m)?.emoji(e);
            match (method, rest) {
                ("GET", []) => (K::GetReactions, params),
                ("DELETE", []) => (K::ClearReactions, params),
                ("PUT", ["@me"]) => (K::AddReaction, params),
                ("DELETE", ["@me"]) => (K::RemoveOwnReaction, params),
                ("DELETE", [u]) => (K::RemoveUserReaction, params.user(u)?),
                _ => return Err(ApiError::not_found()),
            }
        }

        (_, ["applications", a, "commands", rest @ ..]) => command(method, new.commands(a, None)?, rest)?,
        (_, ["applications", a, "guilds", g, "commands", rest @ ..]) => {
            command(method, new.commands(a, Some(g))?, rest)?
        }

        ("POST", ["interactions", i, token, "callback"]) => (K::Callback, new.interaction(i)?.token(token)),
        ("POST", ["webhooks", a, token]) => (K::CreateFollowup, new.application(a)?.token(token)),
        (_, ["webhooks", a, token, "messages", "@original"]) => {
            let params = new.application(a)?.token(token);
            match method {
                "GET" => (K::GetOriginal, params),
                "PATCH" => (K::EditOriginal, params),
                "DELETE" => (K::DeleteOriginal, params),
                _ => return Err(ApiError::not_found()),
            }
        }
        (_, ["webhooks", a, token, "messages", m]) => {
            let params = new.application(a)?.token(token).message(m)?;
            match method {
                "GET" => (K::GetFollowup, params),
                "PATCH" => (K::EditFollowup, params),
                "DELETE" => (K::DeleteFollowup, params),
                _ => return Err(ApiError::not_found()),
            }
        }
        _ => return Err(ApiError::not_found()),
    };
    Ok(found)
}

fn is_own_application(segments: &[&str]) -> bool {
    matches!(
        segments,
        ["applications", "@me"] | ["oauth2", "applications", "@me"]
    )
}

fn command(method: &str, params: Params, rest: &[&str]) -> Result<(RouteKind, Params), ApiError> {
    use RouteKind as K;
    Ok(match (method, rest) {
        ("PUT", []) => (K::OverwriteCommands, params),
        ("GET", []) => (K::GetCommands, params),
        ("POST", []) => (K::CreateCommand, params),
        ("GET", [c]) => (K::GetCommand, params.command(c)?),
        ("PATCH", [c]) => (K::EditCommand, params.command(c)?),
        ("DELETE", [c]) => (K::DeleteCommand, params.command(c)?),
        _ => return Err(ApiError::not_found()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_routes_and_strange_ones_errors() {
        let (kind, params) = find(
            "PUT",
            &["channels", "1", "messages", "2", "reactions", "✅", "@me"],
        )
        .unwrap();
        assert_eq!(kind, RouteKind::AddReaction);
        assert_eq!((params.channel, params.message), (Snowflake(1), Snowflake(2)));
        assert_eq!(find("GET", &["channels", "x"]).unwrap_err().code, 50035);
        assert_eq!(find("GET", &["nowhere"]).unwrap_err(), ApiError::not_found());
        let (kind, params) = find("PUT", &["applications", "1", "guilds", "2", "commands"]).unwrap();
        assert!(kind == RouteKind::OverwriteCommands && params.in_guild);
    }
}

//! The guild: what it is, its roles, channels and members, and the commands that the bot has there.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serenity::all::{
    ApplicationId, Channel, ChannelId, Command, CreateCommand, GuildChannel, GuildId, Member, PartialGuild,
    Role, UserId,
};

use super::{Rest, RestError, Route, body, call::Call, explanation::shorten};

/// The most members that Discord lists at once.
pub const MEMBERS_PAGE: usize = 1000;

impl Rest {
    /// The guild, with its roles.
    pub async fn guild(&self, guild: GuildId) -> Result<PartialGuild, RestError> {
        self.fetch(Call::new(Route::Guild, [guild.to_string()])).await
    }

    /// All roles of the guild.
    pub async fn roles(&self, guild: GuildId) -> Result<Vec<Role>, RestError> {
        let call = Call::new(Route::GuildRoles, [guild.to_string()]);
        let mut roles: Vec<Map<String, Value>> = self.fetch(call).await?;
        roles.iter_mut().for_each(|role| in_guild(role, guild));
        decode(Route::GuildRoles, Value::from_iter(roles))
    }

    /// All channels of the guild that the bot may see, without threads.
    pub async fn channels(&self, guild: GuildId) -> Result<Vec<GuildChannel>, RestError> {
        self.fetch(Call::new(Route::GuildChannels, [guild.to_string()]))
            .await
    }

    /// One channel or thread.
    pub async fn channel(&self, channel: ChannelId) -> Result<Channel, RestError> {
        self.fetch(Call::new(Route::Channel, [channel.to_string()])).await
    }

    /// One member with the present roles; [`super::JsonCode::UnknownMember`] if not in the guild.
    pub async fn member(&self, guild: GuildId, user: UserId) -> Result<Member, RestError> {
        let call = Call::new(Route::GuildMember, [guild.to_string(), user.to_string()]);
        let mut member: Map<String, Value> = self.fetch(call).await?;
        in_guild(&mut member, guild);
        decode(Route::GuildMember, Value::Object(member))
    }

    /// At most [`MEMBERS_PAGE`] members with ids above `after`, in the order of their ids. Refused with
    /// [`super::JsonCode::MissingAccess`] unless the application has the privileged intent for members.
    pub async fn members(&self, guild: GuildId, after: u64) -> Result<Vec<Member>, RestError> {
        let call = Call::new(Route::GuildMembers, [guild.to_string()])
            .query("limit", MEMBERS_PAGE)
            .query("after", after);
        let mut members: Vec<Map<String, Value>> = self.fetch(call).await?;
        members.iter_mut().for_each(|member| in_guild(member, guild));
        decode(Route::GuildMembers, Value::from_iter(members))
    }

    /// Makes `commands` the only commands of the bot in the guild. They appear at once.
    pub async fn set_guild_commands(
        &self,
        application: ApplicationId,
        guild: GuildId,
        commands: &[CreateCommand],
    ) -> Result<Vec<Command>, RestError> {
        let route = Route::SetGuildCommands;
        let call = Call::new(route, [application.to_string(), guild.to_string()]);
        self.fetch(call.body(body::plain(route, &commands)?)).await
    }
}

/// serenity's models of members and roles insist on the guild, which Discord leaves out here.
fn in_guild(object: &mut Map<String, Value>, guild: GuildId) {
    object.insert("guild_id".to_owned(), guild.to_string().into());
}

fn decode<T: DeserializeOwned>(route: Route, value: Value) -> Result<T, RestError> {
    serde_json::from_value(value).map_err(|error| RestError::Malformed {
        route,
        status: 200,
        detail: shorten(&error.to_string()),
    })
}

//! Whether the bot can count who has a role.

use crate::{
    chat::{
        rest::{JsonCode, Rest},
        snowflake,
    },
    cli::doctor::Check,
    config::Config,
};

const SUBJECT: &str = "members of roles";

/// Whether Discord lists the members, where the configuration says that it does.
pub(super) async fn counted(rest: &Rest, config: &Config) -> Check {
    if !config.discord.members_intent {
        return Check::good(
            SUBJECT,
            "they are not counted (discord.members_intent), so that a role has nobody is not found out before a request \
             is posted",
        );
    }
    let guild = snowflake::guild(config.discord.guild_id);
    match rest.members(guild, 0).await {
        Ok(_) => Check::good(SUBJECT, "they are counted before a request is posted"),
        Err(why) if why.is(JsonCode::MissingAccess) => Check::bad(
            SUBJECT,
            "Discord does not list them to this application, so they are not counted",
            "Switch on Server Members Intent on the bot's page of Discord's developer portal, or take \
             discord.members_intent out of the configuration.",
        ),
        Err(why) => Check::bad(
            SUBJECT,
            format!("Discord does not list them: {why}"),
            "Try again in a minute.",
        ),
    }
}

//! The channels and people that rules name.

use std::collections::BTreeMap;

use crate::{
    chat::{
        rest::{JsonCode, Rest},
        snowflake,
    },
    cli::doctor::Check,
    config::Config,
    domain::{
        actor::Principal,
        ids::{ChannelId, UserId},
    },
};

/// The channels of rules that have their own, each once, with the first rule that names it.
pub(super) fn channels(config: &Config) -> Vec<(String, ChannelId)> {
    let mut found: Vec<(String, ChannelId)> = Vec::new();
    for rule in &config.rules.rules {
        if let Some(channel) = rule.channel
            && channel != config.discord.approver_channel
            && !found.iter().any(|(_, known)| *known == channel)
        {
            found.push((format!("channel of rule {}", rule.name), channel));
        }
    }
    found
}

/// The people whom the configuration names and who are not in the server.
pub(super) async fn people(rest: &Rest, config: &Config) -> Vec<Check> {
    let mut named: BTreeMap<UserId, String> = BTreeMap::new();
    for (place, principal, _) in super::named(config) {
        if let Principal::User(id) = principal {
            named.entry(*id).or_insert(place);
        }
    }
    let guild = snowflake::guild(config.discord.guild_id);
    let mut checks = Vec::new();
    for (id, place) in named {
        match rest.member(guild, snowflake::user(id)).await {
            Ok(_) => {}
            Err(why) if why.is(JsonCode::UnknownMember) || why.is(JsonCode::UnknownUser) => {
                checks.push(Check::bad(
                    place,
                    format!("user:{id} is not in the server"),
                    "Take the person out of the configuration, or invite them.",
                ));
            }
            Err(why) => checks.push(Check::bad(
                place,
                format!("Discord does not say whether user:{id} is in the server: {why}"),
                "Try again in a minute.",
            )),
        }
    }
    checks
}

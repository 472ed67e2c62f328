//! Discord, as `doctor` sees it: the token, the guild, the channels with the bot's rights, and the roles.

mod members;
mod named;

use serenity::all::{Channel, GuildChannel, Member, PartialGuild, Permissions, RoleId};

use super::Check;
use crate::{
    chat::{
        rest::{Rest, RestConfig, RestError},
        snowflake,
    },
    config::Config,
    domain::{
        actor::Principal,
        ids::{ChannelId, UserId},
    },
};

/// What the bot does in the channel of the cards.
const CARDS: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::EMBED_LINKS)
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::ADD_REACTIONS);
/// What the bot does in the channel of the trail.
const TRAIL: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::CREATE_PUBLIC_THREADS)
    .union(Permissions::SEND_MESSAGES_IN_THREADS);

/// Looks at everything; each finding has its remedy.
pub(in crate::cli) async fn look(config: &Config) -> Vec<Check> {
    let rest = match Rest::new(RestConfig::new(
        config.discord.api_url.clone(),
        config.discord.token.clone(),
    )) {
        Ok(rest) => rest,
        Err(why) => {
            return vec![Check::bad(
                "Discord",
                why.to_string(),
                "Check discord.api_url and discord.token_file.",
            )];
        }
    };
    let me = match rest.current_user().await {
        Ok(me) => me,
        Err(RestError::Unauthorized) => {
            return vec![Check::bad(
                "Discord token",
                "Discord does not accept it",
                "Reset the token on the bot's page of Discord's developer portal, and put the new one in the file that discord.token_file names.",
            )];
        }
        Err(why) => {
            return vec![Check::bad(
                "Discord",
                why.to_string(),
                "Check that this machine reaches discord.com on port 443.",
            )];
        }
    };
    let mut checks = vec![Check::good("Discord token", format!("it belongs to {}", me.name))];
    let bot = UserId(me.id.get());
    let guild = match guild(&rest, config, bot).await {
        Ok(found) => found,
        Err(check) => {
            checks.push(check);
            return checks;
        }
    };
    checks.push(Check::good("Discord server", guild.0.name.clone()));
    let places = [
        ("approver channel", config.discord.approver_channel, CARDS),
        ("trail channel", config.discord.trail_channel, TRAIL),
    ];
    for (name, channel, needed) in places {
        checks.push(place(&rest, &guild, name, channel, needed).await);
    }
    for (rule, channel) in named::channels(config) {
        checks.push(place(&rest, &guild, &rule, channel, CARDS).await);
    }
    checks.extend(roles(&guild, config));
    checks.extend(named::people(&rest, config).await);
    checks.push(members::counted(&rest, config).await);
    checks
}

type Guild = (PartialGuild, Member);

async fn guild(rest: &Rest, config: &Config, bot: UserId) -> Result<Guild, Check> {
    let id = snowflake::guild(config.discord.guild_id);
    let told = |why: RestError| {
        Check::bad(
            "Discord server",
            why.to_string(),
            "Check discord.guild_id, and invite the bot to that server with the scopes bot and applications.commands.",
        )
    };
    let guild = rest.guild(id).await.map_err(told)?;
    let member = rest.member(id, snowflake::user(bot)).await.map_err(told)?;
    Ok((guild, member))
}

async fn place(rest: &Rest, (guild, bot): &Guild, name: &str, id: ChannelId, needed: Permissions) -> Check {
    let channel = match rest.channel(snowflake::channel(id)).await {
        Ok(Channel::Guild(channel)) if channel.guild_id == guild.id => channel,
        Ok(_) => {
            return Check::bad(
                name,
                format!("{id} is no channel of this server"),
                "Copy the id of a text channel of the server.",
            );
        }
        Err(why) => {
            return Check::bad(
                name,
                why.to_string(),
                "Check the id, and give the bot's role the right to view the channel.",
            );
        }
    };
    let missing = needed.difference(permissions(guild, bot, &channel));
    if missing.is_empty() {
        return Check::good(
            name,
            format!("#{}, with all rights that are needed", channel.name),
        );
    }
    Check::bad(
        name,
        format!(
            "in #{} the bot lacks: {}",
            channel.name,
            missing.get_permission_names().join(", ")
        ),
        format!("Give the bot's role these rights in #{}.", channel.name),
    )
}

fn permissions(guild: &PartialGuild, bot: &Member, channel: &GuildChannel) -> Permissions {
    guild.user_permissions_in(channel, bot)
}

/// Roles that the configuration names: whether they exist, and whether the card's ping would reach the approvers.
fn roles((guild, bot): &Guild, config: &Config) -> Vec<Check> {
    let may_ping_all = bot
        .roles
        .iter()
        .filter_map(|role| guild.roles.get(role))
        .any(|role| {
            role.permissions
                .intersects(Permissions::MENTION_EVERYONE | Permissions::ADMINISTRATOR)
        });
    let mut checks = Vec::new();
    let mut looked_at = Vec::new();
    for (place, principal, approves) in named(config) {
        let Principal::Role(id) = principal else { continue };
        if looked_at.contains(&(*id, approves)) {
            continue;
        }
        looked_at.push((*id, approves));
        match guild.roles.get(&RoleId::new(id.0.max(1))) {
            None => checks.push(Check::bad(
                place,
                format!("the role {id} does not exist in the server"),
                "Correct the id in the configuration, or create the role.",
            )),
            Some(role) if approves && !role.mentionable && !may_ping_all => checks.push(Check::bad(
                place,
                format!(
                    "the role {} cannot be mentioned, so its members are not notified of cards",
                    role.name
                ),
                "Allow anyone to mention the role, or give the bot the right to mention all roles.",
            )),
            Some(_) => {}
        }
    }
    if checks.is_empty() {
        checks.push(Check::good(
            "roles of the rules",
            "all exist, and approvers can be pinged",
        ));
    }
    checks
}

/// Everybody whom the configuration names: where it does, whom, and whether they approve.
fn named(config: &Config) -> Vec<(String, &Principal, bool)> {
    let mut found = Vec::new();
    for rule in &config.rules.rules {
        let alone = rule.auto_approve.iter().flat_map(|auto| &auto.requesters);
        let at_once = rule.break_glass.iter().flat_map(|glass| &glass.requesters);
        let others = rule.requesters.iter().chain(alone).chain(at_once);
        let approvers = rule.quorum.approvers().map(|principal| (principal, true));
        for (principal, approves) in approvers.chain(others.map(|principal| (principal, false))) {
            found.push((format!("rule {}", rule.name), principal, approves));
        }
    }
    let discord = &config.discord;
    for (place, people) in [
        ("discord.administrators", &discord.administrators),
        ("discord.auditors", &discord.auditors),
    ] {
        found.extend(
            people
                .iter()
                .map(|principal| (place.to_owned(), principal, false)),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Environment;

    #[test]
    fn everybody_whom_the_configuration_names_is_looked_at() {
        let text = r#"
[discord]
token = "t"
guild_id = "1"
approver_channel = "2"
trail_channel = "3"
administrators = ["role:11", "user:12"]
auditors = ["role:13"]
[azure]
credential = "azure-cli"
[[rule]]
name = "all"
vms = ["*"]
requesters = ["role:14"]
approvers = ["role:15"]
max_for = "1h"
auto_approve = { requesters = ["role:16"], within = ["198.51.100.0/24"], at_most = 3 }
break_glass = { requesters = ["role:17"] }
"#;
        let config = Config::read(text, Some(Path::new("p.toml")), &Environment::default()).unwrap();
        let roles: Vec<_> = named(&config)
            .into_iter()
            .filter_map(|(place, principal, approves)| match principal {
                Principal::Role(id) => Some((place, id.0, approves)),
                Principal::User(_) => None,
            })
            .collect();
        let of = |place: &str, id, approves| (place.to_owned(), id, approves);
        assert_eq!(
            roles,
            [
                of("rule all", 15, true),
                of("rule all", 14, false),
                of("rule all", 16, false),
                of("rule all", 17, false),
                of("discord.administrators", 11, false),
                of("discord.auditors", 13, false),
            ]
        );
    }
}

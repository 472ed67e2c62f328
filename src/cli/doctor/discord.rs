//! Discord, as `doctor` sees it: the token, the guild, the channels with the bot's rights, and the roles.

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

/// Roles that rules name: whether they exist, and whether the card's ping would reach the approvers.
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
    for rule in &config.rules.rules {
        for (principal, approves) in rule
            .quorum
            .approvers()
            .map(|principal| (principal, true))
            .chain(rule.requesters.iter().map(|principal| (principal, false)))
        {
            let Principal::Role(id) = principal else { continue };
            if looked_at.contains(&(*id, approves)) {
                continue;
            }
            looked_at.push((*id, approves));
            match guild.roles.get(&RoleId::new(id.0.max(1))) {
                None => checks.push(Check::bad(
                    format!("rule {}", rule.name),
                    format!("the role {id} does not exist in the server"),
                    "Correct the id in the rule, or create the role.",
                )),
                Some(role) if approves && !role.mentionable && !may_ping_all => checks.push(Check::bad(
                    format!("rule {}", rule.name),
                    format!(
                        "the role {} cannot be mentioned, so its members are not notified of cards",
                        role.name
                    ),
                    "Allow anyone to mention the role, or give the bot the right to mention all roles.",
                )),
                Some(_) => {}
            }
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

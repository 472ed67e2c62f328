//! Users, roles, members and the guild as JSON.

use serde_json::{Value, json};

use super::{channel, merged};
use crate::sandbox::discord::{
    ids::Snowflake,
    model::{Guild, Kind, Role, State},
};

/// Nobody's joining is part of any story, so all members joined at one instant.
const JOINED_AT: &str = "2025-01-01T00:00:00.000000+00:00";

pub(crate) fn user(state: &State, id: Snowflake) -> Value {
    let (name, bot) = state
        .users
        .get(&id)
        .map_or(("deleted_user", false), |user| (user.name.as_str(), user.bot));
    let mut body = json!({
        "id": id, "username": name, "discriminator": if bot { "0001" } else { "0" }, "global_name": name,
        "avatar": null, "banner": null, "accent_color": null, "avatar_decoration_data": null,
        "public_flags": 0, "flags": 0,
    });
    if bot {
        body = merged(body, json!({"bot": true, "global_name": null}));
    }
    body
}

pub(crate) fn role(role: &Role) -> Value {
    json!({
        "id": role.id, "name": role.name, "description": null, "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false, "icon": null, "unicode_emoji": null, "managed": role.managed,
        "permissions": role.permissions.0.to_string(), "position": role.position,
        "mentionable": role.mentionable, "flags": 0,
    })
}

/// A member without its user, as messages carry it.
pub(crate) fn bare_member(state: &State, id: Snowflake) -> Option<Value> {
    let member = state.guild.members.get(&id)?;
    Some(json!({
        "roles": member.roles, "nick": null, "avatar": null, "banner": null, "joined_at": JOINED_AT,
        "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
        "communication_disabled_until": null,
    }))
}

pub(crate) fn member(state: &State, id: Snowflake) -> Option<Value> {
    Some(merged(bare_member(state, id)?, json!({"user": user(state, id)})))
}

pub(crate) fn guild(guild: &Guild) -> Value {
    let roles: Vec<Value> = guild.roles.values().map(role).collect();
    let settings = json!({
        "verification_level": 0, "default_message_notifications": 1, "explicit_content_filter": 0,
        "mfa_level": 0, "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
        "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-US", "nsfw_level": 0,
        "nsfw": false, "premium_progress_bar_enabled": false, "public_updates_channel_id": null,
        "safety_alerts_channel_id": null, "max_members": 500_000, "max_presences": null,
        "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "vanity_url_code": null,
    });
    merged(
        json!({
            "id": guild.id, "name": guild.name, "owner_id": guild.owner, "roles": roles, "emojis": [],
            "features": [], "stickers": [], "icon": null, "icon_hash": null, "splash": null,
            "discovery_splash": null, "description": null, "banner": null, "application_id": null,
            "region": "deprecated", "afk_channel_id": null, "afk_timeout": 300, "widget_enabled": false,
            "widget_channel_id": null, "incidents_data": null,
        }),
        settings,
    )
}

/// GUILD_CREATE. Without the members intent the bot is the only member in it, as at Discord.
pub(crate) fn guild_create(state: &State, with_members: bool) -> Value {
    let in_guild = |wants_thread: bool| -> Vec<Value> {
        state
            .channels
            .values()
            .filter(|known| known.kind != Kind::Direct && known.thread.is_some() == wants_thread)
            .filter(|known| !known.is_archived())
            .map(|known| channel(state, known))
            .collect()
    };
    let members: Vec<Value> = state
        .guild
        .members
        .keys()
        .filter(|id| with_members || **id == state.bot)
        .filter_map(|id| member(state, *id))
        .collect();
    merged(
        guild(&state.guild),
        json!({
            "joined_at": JOINED_AT, "large": false, "unavailable": false, "member_count": state.guild.members.len(),
            "voice_states": [], "members": members, "channels": in_guild(false), "threads": in_guild(true),
            "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }),
    )
}

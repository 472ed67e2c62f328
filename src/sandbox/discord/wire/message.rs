//! Messages and reactions as JSON.

use serde_json::{Value, json};

use super::{bare_member, channel, instant, member, merged, user};
use crate::sandbox::discord::{
    files,
    ids::Snowflake,
    model::{Attachment, Interaction, Message, State, plain_emoji},
};

/// A message as REST answers it to the bot.
pub(crate) fn message(state: &State, message: &Message) -> Value {
    let mentions: Vec<Value> = message.pings.users.iter().map(|id| user(state, *id)).collect();
    let roles: Vec<Snowflake> = message
        .pings
        .roles
        .union(&message.pings.silent_roles)
        .copied()
        .collect();
    let reactions: Vec<Value> = message.reactions.iter().map(|given| {
        let count = given.users.len();
        json!({
            "emoji": {"id": null, "name": given.emoji}, "count": count, "me": given.users.contains(&state.bot),
            "me_burst": false, "burst_colors": [], "count_details": {"burst": 0, "normal": count},
        })
    }).collect();
    let attachments: Vec<Value> = message
        .attachments
        .iter()
        .map(|file| attachment(state, message, file))
        .collect();
    let mut body = json!({
        "id": message.id, "channel_id": message.channel, "author": user(state, message.author),
        "type": message.kind, "content": message.content, "embeds": message.embeds,
        "components": message.components, "attachments": attachments, "timestamp": instant(message.created),
        "edited_timestamp": message.edited.map(instant), "tts": false, "pinned": false,
        "mention_everyone": message.pings.everyone, "mentions": mentions, "mention_roles": roles,
        "flags": message.flags,
    });
    if !reactions.is_empty() {
        body = merged(body, json!({"reactions": reactions}));
    }
    if let Some(nonce) = &message.nonce {
        body = merged(body, json!({"nonce": nonce}));
    }
    if let Some(reference) = message.reference {
        let place = if message.kind == 21 {
            parent(state, message.channel)
        } else {
            message.channel
        };
        let pointer =
            json!({"type": 0, "message_id": reference, "channel_id": place, "guild_id": state.guild.id});
        body = merged(body, json!({"message_reference": pointer}));
    }
    if message.has_thread
        && let Some(thread) = state.channels.get(&message.id)
    {
        body = merged(body, json!({"thread": channel(state, thread)}));
    }
    if let Some(interaction) = message.interaction.and_then(|id| state.interactions.get(&id)) {
        body = merged(
            body,
            json!({
                "webhook_id": state.bot, "application_id": state.bot,
                "interaction_metadata": metadata(state, interaction, Some(message.id)),
            }),
        );
    }
    body
}

/// A file of a message, with the link to it.
pub(crate) fn attachment(state: &State, of: &Message, file: &Attachment) -> Value {
    let url = format!("{}{}", state.origin, files::path(state, of, file));
    let mut body = json!({
        "id": file.id, "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
        "ephemeral": of.only_for.is_some(),
    });
    if let Some(kind) = &file.content_type {
        body = merged(body, json!({"content_type": kind}));
    }
    if let Some(description) = &file.description {
        body = merged(body, json!({"description": description}));
    }
    body
}

/// Which interaction a message answers; `answer` is absent where one interaction is told inside another.
fn metadata(state: &State, interaction: &Interaction, answer: Option<Snowflake>) -> Value {
    let mut body = json!({
        "id": interaction.id, "type": interaction.kind, "user": user(state, interaction.person),
        "authorizing_integration_owners": {"0": state.guild.id},
    });
    if answer.is_some_and(|answer| interaction.followups.contains(&answer)) {
        body = merged(
            body,
            json!({"original_response_message_id": interaction.original}),
        );
    }
    if let Some(opener) = interaction.opened_by.and_then(|id| state.interactions.get(&id)) {
        body = merged(
            body,
            json!({"triggering_interaction_metadata": metadata(state, opener, None)}),
        );
    } else if let Some(pressed) = interaction.message {
        body = merged(body, json!({"interacted_message_id": pressed}));
    }
    body
}

fn parent(state: &State, thread: Snowflake) -> Snowflake {
    state
        .channels
        .get(&thread)
        .and_then(|channel| channel.parent)
        .unwrap_or(thread)
}

/// What the gateway sends of other people's messages to a bot without the message content intent.
pub(crate) fn message_without_content(mut body: Value) -> Value {
    if let Some(body) = body.as_object_mut() {
        body.insert("content".into(), json!(""));
        for part in ["embeds", "components", "attachments"] {
            body.insert(part.into(), json!([]));
        }
    }
    body
}

/// The fields that MESSAGE_CREATE and MESSAGE_UPDATE add in a guild.
pub(crate) fn in_guild(state: &State, seen: &Message) -> Value {
    let direct = state
        .channels
        .get(&seen.channel)
        .is_none_or(|channel| channel.recipient.is_some());
    let body = message(state, seen);
    if direct {
        return body;
    }
    merged(
        body,
        json!({"guild_id": state.guild.id, "member": bare_member(state, seen.author)}),
    )
}

/// MESSAGE_REACTION_ADD (with the member) and MESSAGE_REACTION_REMOVE (without, as at Discord).
pub(crate) fn reaction(state: &State, seen: &Message, person: Snowflake, emoji: &str, added: bool) -> Value {
    let mut body = json!({
        "user_id": person, "channel_id": seen.channel, "message_id": seen.id,
        "emoji": {"id": null, "name": plain_emoji(emoji)}, "burst": false, "type": 0,
    });
    let direct = state
        .channels
        .get(&seen.channel)
        .is_none_or(|channel| channel.recipient.is_some());
    if !direct {
        body = merged(body, json!({"guild_id": state.guild.id}));
    }
    if added {
        body = merged(body, json!({"message_author_id": seen.author}));
        if let Some(member) = (!direct).then(|| member(state, person)).flatten() {
            body = merged(body, json!({"member": member}));
        }
    }
    body
}

/// MESSAGE_REACTION_REMOVE_ALL, or MESSAGE_REACTION_REMOVE_EMOJI where there is an emoji.
pub(crate) fn reactions_cleared(state: &State, seen: &Message, emoji: Option<&str>) -> Value {
    let mut body = json!({"channel_id": seen.channel, "message_id": seen.id});
    if let Some(emoji) = emoji {
        body = merged(body, json!({"emoji": {"id": null, "name": plain_emoji(emoji)}}));
    }
    let direct = state
        .channels
        .get(&seen.channel)
        .is_none_or(|channel| channel.recipient.is_some());
    if !direct {
        body = merged(body, json!({"guild_id": state.guild.id}));
    }
    body
}

//! Channels, threads and direct messages as JSON.

use serde_json::{Value, json};

use super::{instant, merged, user};
use crate::sandbox::discord::model::{Channel, Kind, State};

pub(crate) fn channel(state: &State, channel: &Channel) -> Value {
    let base = json!({
        "id": channel.id, "type": channel.kind.number(), "flags": 0,
        "last_message_id": channel.last_message,
    });
    if channel.kind == Kind::Direct {
        let recipients: Vec<Value> = channel.recipient.iter().map(|id| user(state, *id)).collect();
        return merged(base, json!({"recipients": recipients}));
    }
    let base = merged(
        base,
        json!({
            "guild_id": state.guild.id, "name": channel.name, "parent_id": channel.parent,
            "rate_limit_per_user": 0,
        }),
    );
    let Some(thread) = &channel.thread else {
        let overwrites: Vec<Value> = channel
            .overwrites
            .iter()
            .map(|overwrite| {
                json!({
                    "id": overwrite.id, "type": u8::from(!overwrite.for_role),
                    "allow": overwrite.allow.0.to_string(), "deny": overwrite.deny.0.to_string(),
                })
            })
            .collect();
        return merged(
            base,
            json!({
                "position": channel.position, "permission_overwrites": overwrites, "topic": channel.topic,
                "nsfw": false, "last_pin_timestamp": null, "default_auto_archive_duration": 1440,
            }),
        );
    };
    let now_there = state.messages.get(&channel.id).map_or(0, |messages| {
        // The starter line of a thread is not counted.
        messages.values().filter(|message| message.kind != 21).count()
    });
    merged(
        base,
        json!({
            "owner_id": channel.owner, "member_count": thread.members.len(), "message_count": now_there,
            "total_message_sent": thread.total_sent,
            "thread_metadata": {
                "archived": thread.archived, "locked": thread.locked, "invitable": true,
                "auto_archive_duration": thread.auto_archive_minutes,
                "archive_timestamp": instant(thread.archive_changed),
                "create_timestamp": instant(thread.created),
            },
        }),
    )
}

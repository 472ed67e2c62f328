//! Events that serenity cannot read: it drops them without a word.

use serenity::{
    all::{Context, Event, MessageId, RawEventHandler},
    async_trait,
};
use tracing::warn;

use super::{Gateway, reactions};

const EMOJI_CLEARED: &str = "MESSAGE_REACTION_REMOVE_EMOJI";

/// Reads what it can of them, and says what it cannot.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) Gateway);

#[async_trait]
impl RawEventHandler for Unreadable {
    async fn raw_event(&self, _: Context, event: Event) {
        let Event::Unknown(event) = event else {
            return;
        };
        // serenity 0.12 looks in it for fields of a single reaction, which Discord does not send with this event.
        if event.kind == EMOJI_CLEARED
            && let Some((message, emoji)) = cleared(&event.value)
        {
            let gateway = &self.0;
            gateway
                .running
                .track_future(reactions::cleared(gateway, message, Some(emoji)))
                .await;
            return;
        }
        if event.kind == "INTERACTION_CREATE" || event.kind.starts_with("MESSAGE_REACTION_") {
            metrics::counter!("portcullis_gateway_unreadable_events_total", "kind" => event.kind.clone())
                .increment(1);
            warn!(
                kind = event.kind,
                "Discord sent an event that cannot be read; nothing was done with it."
            );
        }
    }
}

/// The message, and the emoji of which all reactions were taken off it. Custom emoji have no place here.
fn cleared(event: &serde_json::Value) -> Option<(MessageId, &str)> {
    let message: u64 = event.get("message_id")?.as_str()?.parse().ok()?;
    let emoji = event.get("emoji")?;
    let is_custom = emoji.get("id").is_some_and(|id| !id.is_null());
    let emoji = emoji.get("name")?.as_str()?;
    (message > 0 && !is_custom).then(|| (MessageId::new(message), emoji))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_discord_sends_is_read_and_nothing_else() {
        let sent = serde_json::json!({
            "channel_id": "1", "guild_id": "2", "message_id": "3", "emoji": {"id": null, "name": "✅"},
        });
        assert_eq!(cleared(&sent), Some((MessageId::new(3), "✅")));
        for part in ["message_id", "emoji"] {
            let mut less = sent.clone();
            less.as_object_mut().unwrap().remove(part);
            assert_eq!(cleared(&less), None);
        }
        for emoji in [
            serde_json::json!({"id": "7", "name": "✅"}),
            serde_json::json!({"id": null}),
        ] {
            assert_eq!(
                cleared(&serde_json::json!({"message_id": "3", "emoji": emoji})),
                None
            );
        }
        assert_eq!(
            cleared(&serde_json::json!({"message_id": "0", "emoji": {"name": "✅"}})),
            None
        );
    }
}

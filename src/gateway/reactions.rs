//! Reactions on cards.

use serenity::all::{Reaction, ReactionType};
use tracing::error;

use super::{Gateway, actor};
use crate::{domain::ids::MessageId, telemetry::Causes};

pub(super) async fn added(gateway: &Gateway, reaction: &Reaction) {
    // Custom emoji have an id and never count, whatever they look like.
    let ReactionType::Unicode(emoji) = &reaction.emoji else {
        return;
    };
    let Some(voter) = actor(gateway.guild, reaction.guild_id, reaction.member.as_ref()) else {
        return;
    };
    let message = MessageId(reaction.message_id.get());
    if let Err(why) = gateway.engine.reacted(voter, message, emoji).await {
        // The reaction stays on the card, and the next comparison with Discord reads it again.
        error!(error = %Causes(&why), "A reaction could not be counted; it is read again later.");
    }
}

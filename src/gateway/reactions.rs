//! Reactions on cards.

use serenity::all::{Reaction, ReactionType};
use tracing::error;

use super::{Gateway, actor};
use crate::{
    domain::ids::{MessageId, UserId},
    telemetry::Causes,
};

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

pub(super) async fn removed(gateway: &Gateway, reaction: &Reaction) {
    let (ReactionType::Unicode(emoji), Some(user)) = (&reaction.emoji, reaction.user_id) else {
        return;
    };
    if reaction.guild_id.map(serenity::all::GuildId::get) != Some(gateway.guild.0) {
        return;
    }
    let message = MessageId(reaction.message_id.get());
    if let Err(why) = gateway.engine.unreacted(UserId(user.get()), message, emoji).await {
        error!(error = %Causes(&why), "What a reaction said could not be taken back; the card is read again later.");
    }
}

/// All reactions of a message, or all of one emoji, were taken off at once.
pub(super) async fn cleared(gateway: &Gateway, message: serenity::all::MessageId, emoji: Option<&str>) {
    if let Err(why) = gateway.engine.cleared(MessageId(message.get()), emoji).await {
        error!(error = %Causes(&why), "What reactions said could not be taken back; the card is read again later.");
    }
}

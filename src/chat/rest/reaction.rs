//! Reactions.

use serenity::all::{ChannelId, MessageId, ReactionType, User, UserId};

use super::{Rest, RestError, Route, call::Call};

impl Rest {
    /// Adds a reaction of the bot.
    pub async fn add_reaction(
        &self,
        channel: ChannelId,
        message: MessageId,
        emoji: &ReactionType,
    ) -> Result<(), RestError> {
        let call = Call::new(Route::AddReaction, place(channel, message, emoji));
        self.send(&call).await.map(|_| ())
    }

    /// Who reacted with `emoji`, in the order of their ids; at most `most` of them.
    ///
    /// Discord gives 100 at a time; each hundred is a call of its own.
    pub async fn reaction_users(
        &self,
        channel: ChannelId,
        message: MessageId,
        emoji: &ReactionType,
        most: usize,
    ) -> Result<Vec<User>, RestError> {
        let mut users: Vec<User> = Vec::new();
        while users.len() < most {
            let mut call =
                Call::new(Route::Reactions, place(channel, message, emoji)).query("limit", PAGE_LENGTH_MAX);
            let last = users.last().map(|user| user.id);
            if let Some(last) = last {
                call = call.query("after", last);
            }
            let page: Vec<User> = self.fetch(call).await?;
            let is_last = page.len() < PAGE_LENGTH_MAX;
            // An answer that does not move on would keep us here for ever.
            let new = page
                .into_iter()
                .filter(|user| last.is_none_or(|last| user.id > last));
            let before = users.len();
            users.extend(new);
            if is_last || users.len() == before {
                break;
            }
        }
        users.truncate(most);
        Ok(users)
    }

    /// Removes somebody's reaction; for another person's the bot needs "manage messages".
    pub async fn delete_reaction(
        &self,
        channel: ChannelId,
        message: MessageId,
        emoji: &ReactionType,
        user: UserId,
    ) -> Result<(), RestError> {
        let [channel, message, emoji] = place(channel, message, emoji);
        let call = Call::new(Route::DeleteReaction, [channel, message, emoji, user.to_string()]);
        self.send(&call).await.map(|_| ())
    }
}

fn place(channel: ChannelId, message: MessageId, emoji: &ReactionType) -> [String; 3] {
    // Not `as_data`: it is percent-encoded already, and would be encoded twice.
    let emoji = match emoji {
        ReactionType::Custom { id, name, .. } => format!("{}:{id}", name.as_deref().unwrap_or("_")),
        ReactionType::Unicode(text) => text.clone(),
        other => other.to_string(),
    };
    [channel.to_string(), message.to_string(), emoji]
}

const PAGE_LENGTH_MAX: usize = 100;

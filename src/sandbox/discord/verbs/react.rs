//! Reactions.

use crate::sandbox::discord::{
    gateway::Intents,
    ids::Snowflake,
    model::{Change, Reaction, State, plain_emoji},
    wire,
};

impl State {
    /// Whether the message already shows this emoji.
    pub(crate) fn shows_reaction(&self, message: Snowflake, emoji: &str) -> bool {
        self.find_message(message).is_some_and(|message| {
            message
                .reactions
                .iter()
                .any(|given| plain_emoji(&given.emoji) == plain_emoji(emoji))
        })
    }

    /// Adds a reaction; a second one of the same person changes nothing and tells nobody.
    pub(crate) fn react(&mut self, person: Snowflake, id: Snowflake, emoji: &str) {
        let Some(message) = self.find_message_mut(id) else {
            return;
        };
        let plain = plain_emoji(emoji);
        match message
            .reactions
            .iter_mut()
            .find(|given| plain_emoji(&given.emoji) == plain)
        {
            Some(given) if given.users.contains(&person) => return,
            Some(given) => given.users.push(person),
            None => message.reactions.push(Reaction {
                emoji: plain,
                users: vec![person],
            }),
        }
        self.tell_reaction("MESSAGE_REACTION_ADD", person, id, emoji, true);
    }

    /// Takes a reaction away; tells whether there was one.
    pub(crate) fn unreact(&mut self, person: Snowflake, id: Snowflake, emoji: &str) -> bool {
        let Some(message) = self.find_message_mut(id) else {
            return false;
        };
        let plain = plain_emoji(emoji);
        let Some(given) = message
            .reactions
            .iter_mut()
            .find(|given| plain_emoji(&given.emoji) == plain)
        else {
            return false;
        };
        let before = given.users.len();
        given.users.retain(|user| *user != person);
        let removed = given.users.len() < before;
        message.reactions.retain(|given| !given.users.is_empty());
        if removed {
            self.tell_reaction("MESSAGE_REACTION_REMOVE", person, id, emoji, false);
        }
        removed
    }

    /// Takes all reactions off a message, or all of one emoji: one event, which names nobody (Discord, "Message
    /// Reaction Remove All" and "Message Reaction Remove Emoji"). Tells whether there were any.
    pub(crate) fn clear_reactions(&mut self, id: Snowflake, emoji: Option<&str>) -> bool {
        let Some(message) = self.find_message_mut(id) else {
            return false;
        };
        let before = message.reactions.len();
        message
            .reactions
            .retain(|given| emoji.is_some_and(|emoji| plain_emoji(&given.emoji) != plain_emoji(emoji)));
        if message.reactions.len() == before {
            return false;
        }
        let message = message.clone();
        let direct = self.is_direct(message.channel);
        let data = wire::reactions_cleared(self, &message, emoji);
        self.dispatch(Change {
            event: if emoji.is_some() {
                "MESSAGE_REACTION_REMOVE_EMOJI"
            } else {
                "MESSAGE_REACTION_REMOVE_ALL"
            },
            intents: if direct {
                Intents::DIRECT_REACTIONS
            } else {
                Intents::GUILD_REACTIONS
            },
            channel: Some(message.channel),
            data,
        });
        true
    }

    fn tell_reaction(
        &mut self,
        event: &'static str,
        person: Snowflake,
        id: Snowflake,
        emoji: &str,
        added: bool,
    ) {
        let Some(message) = self.find_message(id).cloned() else {
            return;
        };
        let direct = self.is_direct(message.channel);
        let data = wire::reaction(self, &message, person, emoji, added);
        self.dispatch(Change {
            event,
            intents: if direct {
                Intents::DIRECT_REACTIONS
            } else {
                Intents::GUILD_REACTIONS
            },
            channel: Some(message.channel),
            data,
        });
    }
}

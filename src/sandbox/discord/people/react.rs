//! What a person does without the bot being asked: reactions and plain messages.

use serde_json::json;

use super::{Person, Refusal, SeenMessage, act::visible};
use crate::sandbox::discord::{
    form::{self, Purpose},
    ids::Snowflake,
    ledger::What,
    model::State,
    permissions::Permissions,
    verbs::Post,
};

impl Person {
    /// Puts a reaction on a message.
    ///
    /// # Errors
    /// When the message cannot be seen, is ephemeral, or reactions are not allowed to this person there.
    pub fn reacts(&self, message: Snowflake, emoji: &str) -> Result<(), Refusal> {
        self.hub.change(|state| {
            let seen = visible(state, self.id, message)?;
            let place = seen.channel;
            let mut needed = Permissions::READ_MESSAGE_HISTORY;
            if !state.shows_reaction(message, emoji) {
                needed = needed | Permissions::ADD_REACTIONS;
            }
            let asleep = state.not_archived(place).is_err();
            if seen.only_for.is_some() || asleep || !state.person_can(self.id, place, needed) {
                return Err(Refusal::CannotReact);
            }
            self.note(state, format!("reacts {emoji}"));
            state.react(self.id, message, emoji);
            Ok(())
        })
    }

    /// Takes their own reaction back.
    ///
    /// # Errors
    /// When the message cannot be seen or carries no such reaction of theirs.
    pub fn unreacts(&self, message: Snowflake, emoji: &str) -> Result<(), Refusal> {
        self.hub.change(|state| {
            visible(state, self.id, message)?;
            self.note(state, format!("takes {emoji} back"));
            if state.unreact(self.id, message, emoji) {
                Ok(())
            } else {
                Err(Refusal::CannotReact)
            }
        })
    }

    /// Takes somebody else's reaction off a message, as a moderator.
    ///
    /// # Errors
    /// When the message cannot be seen, this person may not manage messages there, or there is no such reaction.
    pub fn removes_reaction_of(
        &self,
        other: Snowflake,
        message: Snowflake,
        emoji: &str,
    ) -> Result<(), Refusal> {
        self.hub.change(|state| {
            self.moderates(state, message)?;
            self.note(state, format!("takes {emoji} of another person off"));
            if state.unreact(other, message, emoji) {
                Ok(())
            } else {
                Err(Refusal::CannotReact)
            }
        })
    }

    /// Takes all reactions off a message, or all of one emoji, as a moderator.
    ///
    /// # Errors
    /// When the message cannot be seen, this person may not manage messages there, or there is no such reaction.
    pub fn clears_reactions(&self, message: Snowflake, emoji: Option<&str>) -> Result<(), Refusal> {
        self.hub.change(|state| {
            self.moderates(state, message)?;
            self.note(
                state,
                format!("clears {} from a message", emoji.unwrap_or("all reactions")),
            );
            if state.clear_reactions(message, emoji) {
                Ok(())
            } else {
                Err(Refusal::CannotReact)
            }
        })
    }

    fn moderates(&self, state: &State, message: Snowflake) -> Result<(), Refusal> {
        let place = visible(state, self.id, message)?.channel;
        if state.person_can(self.id, place, Permissions::MANAGE_MESSAGES) {
            Ok(())
        } else {
            Err(Refusal::NotAllowed)
        }
    }

    /// Writes a plain message at the present place.
    ///
    /// # Errors
    /// When the place is not chosen (see [`Person::at`]), writing is not allowed there, or the text is too long.
    pub fn says(&self, text: &str) -> Result<SeenMessage, Refusal> {
        self.hub.change(|state| {
            let channel = self.place.ok_or(Refusal::NotAllowed)?;
            let is_thread = state
                .channels
                .get(&channel)
                .is_some_and(|channel| channel.thread.is_some());
            let speak = if is_thread {
                Permissions::SEND_MESSAGES_IN_THREADS
            } else {
                Permissions::SEND_MESSAGES
            };
            if !state.person_can(self.id, channel, speak) {
                return Err(Refusal::NotAllowed);
            }
            let draft = form::message(&json!({"content": text}), &[], Purpose::Post)
                .map_err(|refused| Refusal::BadForm(refused.message))?;
            self.note(state, "writes a message".into());
            let message = state.post(Post {
                channel,
                author: self.id,
                kind: 0,
                draft: &draft,
                interaction: None,
                only_for: None,
                loading: false,
            });
            Ok(SeenMessage::of(state, &message))
        })
    }

    pub(crate) fn note(&self, state: &mut State, did: String) {
        let now = state.now;
        state.ledger.push(now, What::Person { who: self.id, did });
    }
}

//! A person in the hands of a story.

use std::sync::Arc;

use super::{Answer, Choice, Modal, Refusal, act};
use crate::sandbox::discord::{emulator::DiscordEmulator, hub::Hub, ids::Snowflake, model::Guise};

/// Somebody in the guild, at a place where they type. Clones are the same person.
#[derive(Debug, Clone)]
pub struct Person {
    pub(crate) hub: Arc<Hub>,
    pub(crate) id: Snowflake,
    pub(crate) place: Option<Snowflake>,
    pub(crate) guise: Guise,
}

impl DiscordEmulator {
    /// The person with this name.
    ///
    /// # Errors
    /// When nobody has this name.
    pub fn person(&self, name: &str) -> Result<Person, Refusal> {
        Person::named(&self.hub, name)
    }
}

impl Person {
    pub(crate) fn named(hub: &Arc<Hub>, name: &str) -> Result<Self, Refusal> {
        let id = hub.read(|state| state.user_named(name).map(|user| user.id));
        Ok(Self {
            hub: hub.clone(),
            id: id.ok_or_else(|| Refusal::UnknownPerson(name.into()))?,
            place: None,
            guise: Guise::None,
        })
    }

    /// The same person, whose commands, presses and forms reach the bot as Discord would never send them. Such events
    /// are forged: what a person really does goes through the same checks as ever.
    #[must_use]
    pub fn disguised(&self, guise: Guise) -> Self {
        Self {
            guise,
            ..self.clone()
        }
    }

    pub fn id(&self) -> Snowflake {
        self.id
    }

    /// The same person, typing in another channel or thread (by name or id); the first channel otherwise.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn at(&self, channel: impl ToString) -> Result<Self, Refusal> {
        let channel = channel.to_string();
        let place = self
            .hub
            .read(|state| state.channel_named(&channel).map(|channel| channel.id));
        Ok(Self {
            place: Some(place.ok_or(Refusal::UnknownChannel(channel))?),
            ..self.clone()
        })
    }

    /// Types a slash command, for example `/jit request vm:web-01 port:22`, and sends it.
    ///
    /// # Errors
    /// What Discord's client would not send, judged by the registered definition.
    pub fn slash(&self, text: &str) -> Result<Answer, Refusal> {
        let begin = self.hub.change(|state| act::slash(state, self, text))?;
        Ok(act::begin(&self.hub, begin))
    }

    /// Like [`Person::slash`], with values that may contain anything, colons and line breaks included.
    ///
    /// # Errors
    /// As for [`Person::slash`].
    pub fn slash_with(&self, path: &[&str], values: &[(&str, &str)]) -> Result<Answer, Refusal> {
        let begin = self
            .hub
            .change(|state| act::slash_with(state, self, path, values))?;
        Ok(act::begin(&self.hub, begin))
    }

    /// Types a command without sending it and reads the offers for the option `focused`.
    ///
    /// # Errors
    /// When the command is not known, or the bot offers nothing in time.
    pub async fn types(&self, text: &str, focused: &str) -> Result<Vec<Choice>, Refusal> {
        let begin = self
            .hub
            .change(|state| act::complete(state, self, text, focused))?;
        act::begin(&self.hub, begin).choices().await
    }

    /// Presses a button by its label or custom id.
    ///
    /// # Errors
    /// When the person cannot see the message, or there is no such button, or it is greyed out.
    pub fn clicks(&self, message: Snowflake, button: &str) -> Result<Answer, Refusal> {
        let begin = self
            .hub
            .change(|state| act::click(state, self, message, button))?;
        Ok(act::begin(&self.hub, begin))
    }

    /// Chooses in a select menu, named by its custom id or placeholder; choices by their label or value.
    ///
    /// # Errors
    /// As for [`Person::clicks`], and when the menu does not offer these values.
    pub fn selects(&self, message: Snowflake, menu: &str, values: &[&str]) -> Result<Answer, Refusal> {
        let begin = self
            .hub
            .change(|state| act::select(state, self, message, menu, values))?;
        Ok(act::begin(&self.hub, begin))
    }

    /// Fills in a form, inputs by custom id or label, and sends it.
    ///
    /// # Errors
    /// When a value is missing or has the wrong length, or the form was sent before.
    pub fn submits(&self, modal: &Modal, values: &[(&str, &str)]) -> Result<Answer, Refusal> {
        let begin = self
            .hub
            .change(|state| act::submit(state, self, modal.interaction, values))?;
        Ok(act::begin(&self.hub, begin))
    }
}

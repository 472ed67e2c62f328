//! What became of an interaction, as the person at the screen sees it.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Choice, Modal, Refusal, SeenMessage};
use crate::sandbox::discord::{
    hub::Hub,
    ids::Snowflake,
    model::{Acknowledgement, Interaction, Phase, State},
};

/// What an unanswered person reads.
pub(crate) const NO_RESPONSE: &str = "The application did not respond";

/// The first answer of the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledged {
    Message,
    Deferred,
    DeferredUpdate,
    Update,
    Choices,
    Modal,
    /// Nothing came in time: "The application did not respond".
    NoResponse,
}

/// An interaction in the hands of the person who began it.
#[derive(Debug, Clone)]
pub struct Answer {
    hub: Arc<Hub>,
    id: Snowflake,
}

/// Everything about an interaction, for pages and other processes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) id: Snowflake,
    pub(crate) person: Snowflake,
    pub(crate) acknowledged: Option<Acknowledged>,
    pub(crate) failed: Option<&'static str>,
    pub(crate) message: Option<SeenMessage>,
    pub(crate) followups: Vec<SeenMessage>,
    pub(crate) choices: Option<Value>,
    pub(crate) modal: Option<Modal>,
}

impl Outcome {
    pub(crate) fn of(state: &State, interaction: &Interaction) -> Self {
        let seen = |id: &Snowflake| {
            state
                .find_message(*id)
                .map(|message| SeenMessage::of(state, message))
        };
        let acknowledged = acknowledged(interaction);
        let choices = match &interaction.acknowledgement {
            Some(Acknowledgement::Choices(choices)) => Some(json!(choices)),
            _ => None,
        };
        Self {
            id: interaction.id,
            person: interaction.person,
            acknowledged,
            failed: (acknowledged == Some(Acknowledged::NoResponse)).then_some(NO_RESPONSE),
            message: interaction.original.as_ref().and_then(seen),
            followups: interaction.followups.iter().filter_map(seen).collect(),
            choices,
            modal: modal(interaction),
        }
    }
}

fn acknowledged(interaction: &Interaction) -> Option<Acknowledged> {
    match (interaction.phase, &interaction.acknowledgement) {
        (Phase::Failed, _) => Some(Acknowledged::NoResponse),
        (Phase::Waiting, _) | (Phase::Acknowledged, None) => None,
        (Phase::Acknowledged, Some(answer)) => Some(match answer {
            Acknowledgement::Message => Acknowledged::Message,
            Acknowledgement::Deferred => Acknowledged::Deferred,
            Acknowledgement::DeferredUpdate => Acknowledged::DeferredUpdate,
            Acknowledgement::Update => Acknowledged::Update,
            Acknowledgement::Choices(_) => Acknowledged::Choices,
            Acknowledgement::Modal(_) => Acknowledged::Modal,
        }),
    }
}

fn modal(interaction: &Interaction) -> Option<Modal> {
    let Some(Acknowledgement::Modal(value)) = &interaction.acknowledgement else {
        return None;
    };
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Some(Modal {
        interaction: interaction.id,
        custom_id: text("custom_id"),
        title: text("title"),
        inputs: serde_json::from_value(value.get("inputs")?.clone()).ok()?,
    })
}

impl Answer {
    pub(crate) fn new(hub: Arc<Hub>, id: Snowflake) -> Self {
        Self { hub, id }
    }

    /// The interaction's id.
    pub fn id(&self) -> Snowflake {
        self.id
    }

    fn patience(&self) -> Duration {
        self.hub
            .read(|state| state.options.patience.max(state.options.acknowledge_within))
    }

    fn outcome(&self) -> Option<Outcome> {
        self.hub
            .read(|state| Some(Outcome::of(state, state.interactions.get(&self.id)?)))
    }

    /// Waits for the first answer; it comes in time or is [`Acknowledged::NoResponse`].
    pub async fn acknowledged(&self) -> Acknowledged {
        let look = |state: &State| state.interactions.get(&self.id).and_then(acknowledged);
        self.hub
            .wait_for(self.patience(), look)
            .await
            .unwrap_or(Acknowledged::NoResponse)
    }

    /// Waits for autocomplete's offers.
    ///
    /// # Errors
    /// When the bot answers too late, as the client says: "Loading options failed".
    pub async fn choices(&self) -> Result<Vec<Choice>, Refusal> {
        self.acknowledged().await;
        let choices = self
            .outcome()
            .and_then(|outcome| outcome.choices)
            .ok_or(Refusal::NoChoices)?;
        let read = |choice: &Value| {
            Some(Choice {
                name: choice.get("name")?.as_str()?.to_owned(),
                value: choice.get("value")?.clone(),
            })
        };
        Ok(choices
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(read)
            .collect())
    }

    /// Waits for the form that the bot opens.
    ///
    /// # Errors
    /// When the first answer is something else.
    pub async fn modal(&self) -> Result<Modal, Refusal> {
        self.acknowledged().await;
        self.outcome()
            .and_then(|outcome| outcome.modal)
            .ok_or(Refusal::NoModal)
    }

    /// The answer as it stands now: `@original`, ephemeral or not.
    pub fn message(&self) -> Option<SeenMessage> {
        self.outcome()?.message
    }

    /// Messages that followed the answer.
    pub fn followups(&self) -> Vec<SeenMessage> {
        self.outcome()
            .map(|outcome| outcome.followups)
            .unwrap_or_default()
    }

    /// Waits until the answer or a followup pleases `fits`; `None` after `within` real time.
    pub async fn until(&self, within: Duration, fits: impl Fn(&SeenMessage) -> bool) -> Option<SeenMessage> {
        self.hub
            .wait_for(within, |state| {
                let outcome = Outcome::of(state, state.interactions.get(&self.id)?);
                outcome
                    .message
                    .into_iter()
                    .chain(outcome.followups)
                    .find(|message| fits(message))
            })
            .await
    }

    /// Waits until the answer or a followup contains `text`; `None` when patience ends.
    pub async fn says(&self, text: &str) -> Option<SeenMessage> {
        self.until(self.patience(), |message| message.text().contains(text))
            .await
    }
}

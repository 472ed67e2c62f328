//! Interactions begin, and time out.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::Value;

use crate::{
    clock,
    sandbox::discord::{
        error::ApiError,
        ids::Snowflake,
        ledger::What,
        model::{Change, Guise, Interaction, Phase, State},
        wire,
    },
};

/// An interaction about to begin.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) kind: u8,
    pub(crate) person: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) data: Value,
    pub(crate) message: Option<Snowflake>,
    pub(crate) opened_by: Option<Snowflake>,
    /// For the ledger, in a few words.
    pub(crate) did: String,
    pub(crate) guise: Guise,
}

/// How long an interaction's token can be used, in world time.
const TOKEN_MINUTES: i64 = 15;

impl State {
    /// Starts an interaction and sends it to every session; the caller sets the 3 second timer.
    pub(crate) fn begin_interaction(&mut self, begin: Begin) -> Snowflake {
        let now = self.now;
        self.ledger.push(
            now,
            What::Person {
                who: begin.person,
                did: begin.did,
            },
        );
        let id = self.fresh_id();
        // Real tokens are long and opaque; only their uniqueness matters.
        let secret = clock::fresh_uuid(self.now);
        let token = URL_SAFE_NO_PAD.encode(format!("interaction:{id}:{secret}"));
        let interaction = Interaction {
            id,
            token: token.clone(),
            kind: begin.kind,
            person: begin.person,
            channel: begin.channel,
            created: self.now,
            started: tokio::time::Instant::now(),
            data: begin.data,
            message: begin.message,
            opened_by: begin.opened_by,
            phase: Phase::Waiting,
            acknowledgement: None,
            original: None,
            followups: Vec::new(),
            submitted: false,
            guise: begin.guise,
        };
        let event = wire::interaction(self, &interaction);
        self.interactions.insert(id, interaction);
        self.tokens.insert(token, id);
        self.dispatch(Change {
            event: "INTERACTION_CREATE",
            intents: 0,
            channel: None,
            data: event,
        });
        id
    }

    /// Marks an interaction that nobody answered: "The application did not respond".
    pub(crate) fn give_up_waiting(&mut self, id: Snowflake) {
        if let Some(interaction) = self.interactions.get_mut(&id)
            && interaction.phase == Phase::Waiting
        {
            interaction.phase = Phase::Failed;
        }
    }

    /// The interaction whose answer may still be changed through this token.
    pub(crate) fn by_token(&self, application: Snowflake, token: &str) -> Result<&Interaction, ApiError> {
        let interaction = self
            .tokens
            .get(token)
            .filter(|_| application == self.bot)
            .and_then(|id| self.interactions.get(id))
            .ok_or_else(ApiError::unknown_webhook)?;
        if self.now - interaction.created >= TimeDelta::minutes(TOKEN_MINUTES) {
            return Err(ApiError::invalid_webhook_token());
        }
        // Before the first answer there is nothing that the webhook could act for.
        if interaction.phase != Phase::Acknowledged {
            return Err(ApiError::unknown_webhook());
        }
        Ok(interaction)
    }
}

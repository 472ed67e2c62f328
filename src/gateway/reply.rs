//! Acknowledgements and answers.

use serenity::all::{CreateInteractionResponse, CreateInteractionResponseMessage, InteractionId};
use tracing::{error, warn};

use super::Gateway;
use crate::{
    chat::{
        message::{Rendered, failure},
        rest::{InteractionToken, Pings},
    },
    store::StoreError,
    telemetry::Causes,
};

/// What a handler has to say after its acknowledgement.
pub(super) enum Reply {
    /// This, in place of "working on it".
    Text(Box<Rendered>),
    /// A job brings the message up to date.
    FromJob,
    /// This, beside the message of the button, which stays as it is.
    Aside(Box<Rendered>),
}

impl From<Rendered> for Reply {
    fn from(rendered: Rendered) -> Self {
        Self::Text(Box::new(rendered))
    }
}

impl Gateway {
    /// Acknowledges with "working on it", for this person only. `false`: somebody else has acknowledged it, or
    /// it is too late; nothing may be done then.
    pub(super) async fn defer(&self, id: InteractionId, token: &InteractionToken) -> bool {
        let later = CreateInteractionResponseMessage::new().ephemeral(true);
        self.acknowledge(id, token, &CreateInteractionResponse::Defer(later))
            .await
    }

    /// Acknowledges without a sign: the message of the button is edited later.
    pub(super) async fn defer_edit(&self, id: InteractionId, token: &InteractionToken) -> bool {
        self.acknowledge(id, token, &CreateInteractionResponse::Acknowledge)
            .await
    }

    pub(super) async fn acknowledge(
        &self,
        id: InteractionId,
        token: &InteractionToken,
        response: &CreateInteractionResponse,
    ) -> bool {
        match self.rest.acknowledge(id, token, response, &Pings::nobody()).await {
            Ok(()) => true,
            Err(why) => {
                metrics::counter!("portcullis_acknowledgements_failed_total").increment(1);
                warn!(interaction = %id, error = %why, "An interaction could not be acknowledged, and nothing was done; the person can repeat it.");
                false
            }
        }
    }

    /// Writes what a verb led to into the answer.
    pub(super) async fn answer(
        &self,
        id: InteractionId,
        token: &InteractionToken,
        outcome: Result<Reply, StoreError>,
    ) {
        let rendered = match outcome {
            Ok(Reply::FromJob) => return,
            Ok(Reply::Text(rendered)) => *rendered,
            Ok(Reply::Aside(rendered)) => return self.say_aside(id, token, &rendered).await,
            Err(why) => self.failed(id, &why),
        };
        if let Err(why) = self
            .rest
            .edit_original(self.application, token, &rendered.to_answer(), &Pings::nobody())
            .await
        {
            // The state is stored, and the card and `/jit status` show it.
            warn!(interaction = %id, error = %why, "An answer could not be shown.");
        }
    }

    async fn say_aside(&self, id: InteractionId, token: &InteractionToken, rendered: &Rendered) {
        if let Err(why) = self
            .rest
            .follow_up(self.application, token, rendered.to_follow_up(), &Pings::nobody())
            .await
        {
            warn!(interaction = %id, error = %why, "A refusal could not be shown; nothing was done.");
        }
    }

    fn failed(&self, id: InteractionId, why: &StoreError) -> Rendered {
        error!(interaction = %id, error = %Causes(why), "A verb failed; nothing of it was written.");
        failure::internal(&id.to_string())
    }
}

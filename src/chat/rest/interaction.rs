//! What follows an acknowledgement, for the 15 minutes that its token lives.

use serenity::all::{ApplicationId, CreateInteractionResponseFollowup, EditInteractionResponse, Message};

use super::{InteractionToken, Pings, Rest, RestError, Route, body, call::Call};
use crate::chat::file::WithFiles;

impl Rest {
    /// Edits the first answer to an interaction: also how a deferred answer gets its text.
    ///
    /// Whether only one person sees it was settled by the acknowledgement.
    pub async fn edit_original(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
        edit: impl Into<WithFiles<EditInteractionResponse>>,
        pings: &Pings,
    ) -> Result<Message, RestError> {
        let route = Route::EditOriginal;
        let edit = edit.into();
        let body = body::message(route, &edit.body, &edit.files, pings)?;
        let call = Call::with_token(route, application.to_string(), token).body(body);
        self.fetch(call.files(edit.files)).await
    }

    /// Posts one more answer to an interaction. Not repeatable: see [`super::Repetition`].
    pub async fn follow_up(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
        message: impl Into<WithFiles<CreateInteractionResponseFollowup>>,
        pings: &Pings,
    ) -> Result<Message, RestError> {
        let route = Route::FollowUp;
        let message = message.into();
        let body = body::message(route, &message.body, &message.files, pings)?;
        let call = Call::with_token(route, application.to_string(), token).body(body);
        self.fetch(call.files(message.files)).await
    }
}

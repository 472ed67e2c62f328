//! Messages in channels, threads and direct-message channels.

use serenity::all::{
    ChannelId, CreateMessage, EditMessage, Message, MessageId, Nonce, PrivateChannel, UserId,
};

use super::{Pings, Rest, RestError, Route, body, call::Call};
use crate::chat::file::WithFiles;

/// Which messages of a channel to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessagesAt {
    /// The newest ones.
    Latest,
    /// Those on both sides of this one, and itself.
    Around(MessageId),
    /// Those right after this one.
    After(MessageId),
    /// Those right before this one.
    Before(MessageId),
}

impl Rest {
    /// Posts a message; a second call with the same nonce gives back the first one's message.
    ///
    /// Discord remembers a nonce (at most 25 characters) for a few minutes. A message to a thread that
    /// is archived but not locked opens the thread again.
    pub async fn create_message(
        &self,
        channel: ChannelId,
        message: impl Into<WithFiles<CreateMessage>>,
        pings: &Pings,
        nonce: &str,
    ) -> Result<Message, RestError> {
        let route = Route::CreateMessage;
        let WithFiles { body, files } = message.into();
        let message = body.nonce(Nonce::String(nonce.to_owned())).enforce_nonce(true);
        let body = body::message(route, &message, &files, pings)?;
        let call = Call::new(route, [channel.to_string()]).body(body);
        self.fetch(call.files(files)).await
    }

    /// Edits a message of the bot: what the builder leaves unset stays as it is.
    pub async fn edit_message(
        &self,
        channel: ChannelId,
        message: MessageId,
        edit: impl Into<WithFiles<EditMessage>>,
        pings: &Pings,
    ) -> Result<Message, RestError> {
        let route = Route::EditMessage;
        let edit = edit.into();
        let body = body::message(route, &edit.body, &edit.files, pings)?;
        let call = Call::new(route, [channel.to_string(), message.to_string()]).body(body);
        self.fetch(call.files(edit.files)).await
    }

    /// One message.
    pub async fn message(&self, channel: ChannelId, message: MessageId) -> Result<Message, RestError> {
        self.fetch(Call::new(
            Route::Message,
            [channel.to_string(), message.to_string()],
        ))
        .await
    }

    /// At most `limit` messages (1 to 100), the newest first.
    pub async fn messages(
        &self,
        channel: ChannelId,
        at: MessagesAt,
        limit: u8,
    ) -> Result<Vec<Message>, RestError> {
        let call = Call::new(Route::Messages, [channel.to_string()]).query("limit", limit.clamp(1, 100));
        let call = match at {
            MessagesAt::Latest => call,
            MessagesAt::Around(message) => call.query("around", message),
            MessagesAt::After(message) => call.query("after", message),
            MessagesAt::Before(message) => call.query("before", message),
        };
        self.fetch(call).await
    }

    /// Deletes a message.
    pub async fn delete_message(&self, channel: ChannelId, message: MessageId) -> Result<(), RestError> {
        let call = Call::new(Route::DeleteMessage, [channel.to_string(), message.to_string()]);
        self.send(&call).await.map(|_| ())
    }

    /// Opens the direct-message channel with a person; it is the same one every time.
    ///
    /// A closed inbox shows only when a message is posted: [`super::JsonCode::DmClosed`].
    pub async fn open_dm(&self, user: UserId) -> Result<PrivateChannel, RestError> {
        let route = Route::OpenDm;
        let body = body::plain(route, &serde_json::json!({ "recipient_id": user }))?;
        self.fetch(Call::new(route, []).body(body)).await
    }
}

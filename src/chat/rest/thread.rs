//! Threads.

use serde_json::json;
use serenity::all::{ChannelId, ChannelType, CreateThread, EditThread, GuildChannel, MessageId};

use super::{Rest, RestError, Route, body, call::Call};

impl Rest {
    /// Starts the thread of a message; its id is the message's.
    ///
    /// A second call is refused with [`super::JsonCode::ThreadExists`], so a lost answer does no harm.
    pub async fn create_thread_from_message(
        &self,
        channel: ChannelId,
        message: MessageId,
        thread: &CreateThread<'_>,
    ) -> Result<GuildChannel, RestError> {
        let route = Route::ThreadFromMessage;
        let call = Call::new(route, [channel.to_string(), message.to_string()]);
        self.fetch(call.body(body::plain(route, thread)?)).await
    }

    /// Starts a public thread without a message. Not repeatable: a lost answer may leave a second thread.
    pub async fn create_thread(
        &self,
        channel: ChannelId,
        thread: CreateThread<'_>,
    ) -> Result<GuildChannel, RestError> {
        let route = Route::CreateThread;
        // Without a type Discord would make it private.
        let thread = thread.kind(ChannelType::PublicThread);
        self.fetch(Call::new(route, [channel.to_string()]).body(body::plain(route, &thread)?))
            .await
    }

    /// Changes a thread.
    pub async fn edit_thread(
        &self,
        thread: ChannelId,
        edit: &EditThread<'_>,
    ) -> Result<GuildChannel, RestError> {
        let route = Route::EditThread;
        self.fetch(Call::new(route, [thread.to_string()]).body(body::plain(route, edit)?))
            .await
    }

    /// Opens an archived thread again. Discord lets a member do so only if nothing else is changed.
    pub async fn unarchive_thread(&self, thread: ChannelId) -> Result<GuildChannel, RestError> {
        let route = Route::EditThread;
        let body = body::plain(route, &json!({ "archived": false }))?;
        self.fetch(Call::new(route, [thread.to_string()]).body(body))
            .await
    }
}

//! What the bot may do where, in the order in which Discord refuses.

use crate::sandbox::discord::{
    error::ApiError,
    ids::Snowflake,
    model::{Channel, Kind, Message, State},
    permissions::{self, Permissions},
};

impl State {
    /// The channel, if it exists (10003), the bot sees it (50001) and has these permissions in it (50013).
    pub(crate) fn bot_channel(&self, id: Snowflake, needed: Permissions) -> Result<&Channel, ApiError> {
        let channel = self.channels.get(&id).ok_or_else(ApiError::unknown_channel)?;
        let held = permissions::in_channel(self, self.bot, channel);
        let stranger = channel.kind == Kind::PrivateThread
            && !held.contains(Permissions::MANAGE_THREADS)
            && channel
                .thread
                .as_ref()
                .is_some_and(|thread| !thread.members.contains(&self.bot));
        if !held.contains(Permissions::VIEW_CHANNEL) || stranger {
            return Err(ApiError::missing_access());
        }
        if !held.contains(needed) {
            return Err(ApiError::missing_permissions());
        }
        Ok(channel)
    }

    /// The message, if the bot may look it up.
    pub(crate) fn bot_message(&self, channel: Snowflake, id: Snowflake) -> Result<&Message, ApiError> {
        self.bot_channel(channel, Permissions::NONE)?;
        self.message(channel, id).ok_or_else(ApiError::unknown_message)
    }

    /// Refuses anything but posting in an archived thread.
    pub(crate) fn not_archived(&self, channel: Snowflake) -> Result<(), ApiError> {
        if self.channels.get(&channel).is_some_and(Channel::is_archived) {
            return Err(ApiError::thread_archived());
        }
        Ok(())
    }

    pub(crate) fn bot_can(&self, channel: Snowflake, wanted: Permissions) -> bool {
        self.bot_channel(channel, wanted).is_ok()
    }

    /// Whether a person sees a channel.
    pub(crate) fn person_can(&self, person: Snowflake, channel: Snowflake, wanted: Permissions) -> bool {
        self.channels
            .get(&channel)
            .is_some_and(|channel| permissions::in_channel(self, person, channel).contains(wanted))
    }
}

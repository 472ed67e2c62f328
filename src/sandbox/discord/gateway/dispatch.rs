//! Events on their way to the sessions that may hear them.

use serde_json::Value;

use super::Intents;
use crate::sandbox::discord::{
    ids::Snowflake,
    ledger::What,
    model::{Change, Channel, Message, State},
    permissions::{self, Permissions},
    wire,
};

impl State {
    /// Sends an event to every session with the intent, if the bot can view the channel.
    pub(crate) fn dispatch(&mut self, change: Change) {
        let visible = change.channel.is_none_or(|id| self.bot_sees(id));
        let mut reached = 0;
        if visible {
            for session in &mut self.sessions.all {
                if change.intents == 0 || session.intents & change.intents != 0 {
                    session.dispatch(change.event, &change.data);
                    reached += 1;
                }
            }
        }
        self.note_dispatch(change.event, reached, change.data);
    }

    /// MESSAGE_CREATE and MESSAGE_UPDATE, without the text where the intent for it is missing.
    pub(crate) fn dispatch_message(&mut self, event: &'static str, message: &Message) {
        let direct = self.is_direct(message.channel);
        let wanted = if direct {
            Intents::DIRECT_MESSAGES
        } else {
            Intents::GUILD_MESSAGES
        };
        let full = wire::message_in_guild(self, message);
        let mut reached = 0;
        if self.bot_sees(message.channel) {
            let readable = direct || message.author == self.bot || message.pings.users.contains(&self.bot);
            for session in self
                .sessions
                .all
                .iter_mut()
                .filter(|session| session.intents & wanted != 0)
            {
                if readable || session.intents & Intents::MESSAGE_CONTENT != 0 {
                    session.dispatch(event, &full);
                } else {
                    session.dispatch(event, &wire::message_without_content(full.clone()));
                }
                reached += 1;
            }
        }
        self.note_dispatch(event, reached, full);
    }

    /// THREAD_CREATE, THREAD_UPDATE, CHANNEL_UPDATE and their like.
    pub(crate) fn dispatch_channel(&mut self, event: &'static str, channel: &Channel, extra: Value) {
        let data = wire::merged(wire::channel(self, channel), extra);
        self.dispatch(Change {
            event,
            intents: Intents::GUILDS,
            channel: Some(channel.parent.unwrap_or(channel.id)),
            data,
        });
    }

    pub(crate) fn is_direct(&self, channel: Snowflake) -> bool {
        self.channels
            .get(&channel)
            .is_some_and(|channel| channel.recipient.is_some())
    }

    fn bot_sees(&self, channel: Snowflake) -> bool {
        // A channel that has just been deleted is not there to be asked.
        self.channels.get(&channel).is_none_or(|channel| {
            permissions::in_channel(self, self.bot, channel).contains(Permissions::VIEW_CHANNEL)
        })
    }

    fn note_dispatch(&mut self, event: &'static str, sessions: usize, data: Value) {
        let now = self.now;
        let data = if self.options.ledger_bodies {
            data
        } else {
            Value::Null
        };
        self.ledger.push(
            now,
            What::Dispatch {
                event,
                sessions,
                data,
            },
        );
    }
}

//! The requester's own message: the interaction through which it can be edited, and what took over from it.

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::FromRow;

use super::{
    View, Work,
    cell::{Cells, clean, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{
    Instant,
    ids::{ChannelId, MessageId, RequestId},
};

texts! {
    SET_TOKEN = "INSERT INTO answers (request, application, token, token_expires_at, shown)
        VALUES ($1, $2, $3, $4, '')
        ON CONFLICT (request) DO UPDATE SET application = excluded.application, token = excluded.token,
            token_expires_at = excluded.token_expires_at, shown = ''";
    SET_MESSAGE = "INSERT INTO answers (request, place, channel, message, shown) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (request) DO UPDATE SET place = excluded.place, channel = excluded.channel,
            message = excluded.message, shown = excluded.shown";
    SET_SHOWN = "UPDATE answers SET shown = $1 WHERE request = $2";
    FORGET_TOKENS = "UPDATE answers SET application = NULL, token = NULL, token_expires_at = NULL
        WHERE token_expires_at IS NOT NULL AND token_expires_at <= $1";
    LOAD = "SELECT request, application, token, token_expires_at, place, channel, message, shown
        FROM answers WHERE request = $1";
}

/// The right to edit an ephemeral message: 15 minutes from the interaction (Discord, "Interaction followups").
#[derive(Debug, Clone)]
pub struct AnswerToken {
    /// The application's id, as Discord sent it.
    pub application: u64,
    pub token: SecretString,
    pub expires_at: Instant,
}

/// Where the message is that took over from the ephemeral one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerPlace {
    /// A direct message.
    Inbox,
    /// The channel where it was asked, because the inbox is closed.
    Channel,
}

/// The message that took over from the ephemeral one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerMessage {
    pub place: AnswerPlace,
    pub channel: ChannelId,
    pub message: MessageId,
}

/// How the requester is kept informed.
#[derive(Debug, Clone)]
pub struct AnswerRow {
    /// `None` once it has expired.
    pub token: Option<AnswerToken>,
    pub message: Option<AnswerMessage>,
    /// The fingerprint of what is shown; empty if nothing is.
    pub shown: String,
}

#[derive(FromRow)]
struct Row {
    request: String,
    application: Option<String>,
    token: Option<String>,
    token_expires_at: Option<i64>,
    place: Option<String>,
    channel: Option<String>,
    message: Option<String>,
    shown: String,
}

impl Row {
    fn answer(self, now: Instant) -> Result<AnswerRow> {
        let cells = Cells {
            table: "answers",
            id: &self.request,
        };
        let token = match (self.application, self.token, self.token_expires_at) {
            (Some(application), Some(token), Some(expires_at)) => Some(AnswerToken {
                application: cells.at("application").parse(&application)?,
                token: token.into(),
                expires_at: cells.at("token_expires_at").instant(expires_at)?,
            }),
            _ => None,
        };
        let message = match (self.place, self.channel, self.message) {
            (Some(place), Some(channel), Some(message)) => Some(AnswerMessage {
                place: match place.as_str() {
                    "inbox" => AnswerPlace::Inbox,
                    "channel" => AnswerPlace::Channel,
                    _ => return Err(cells.at("place").bad("it is neither inbox nor channel")),
                },
                channel: cells.at("channel").parse(&channel)?,
                message: cells.at("message").parse(&message)?,
            }),
            _ => None,
        };
        Ok(AnswerRow {
            token: token.filter(|token| token.expires_at > now),
            message,
            shown: self.shown,
        })
    }
}

impl Work {
    /// Keeps a newer way to edit the requester's ephemeral message; nothing counts as shown there yet.
    pub async fn set_answer_token(&mut self, request: RequestId, answer: &AnswerToken) -> Result<()> {
        run!(
            self,
            execute,
            SET_TOKEN,
            request.to_string(),
            answer.application.to_string(),
            answer.token.expose_secret(),
            millis(answer.expires_at),
        )?;
        Ok(())
    }

    /// Remembers the message that took over, and the fingerprint of what it shows.
    pub async fn set_answer_message(
        &mut self,
        request: RequestId,
        message: AnswerMessage,
        shown: &str,
    ) -> Result<()> {
        let place = match message.place {
            AnswerPlace::Inbox => "inbox",
            AnswerPlace::Channel => "channel",
        };
        run!(
            self,
            execute,
            SET_MESSAGE,
            request.to_string(),
            place,
            message.channel.to_string(),
            message.message.to_string(),
            clean(shown).into_owned(),
        )?;
        Ok(())
    }

    /// Remembers what the requester's message shows now.
    pub async fn set_answer_shown(&mut self, request: RequestId, shown: &str) -> Result<()> {
        run!(
            self,
            execute,
            SET_SHOWN,
            clean(shown).into_owned(),
            request.to_string()
        )?;
        Ok(())
    }

    /// Deletes the interaction tokens that are past their time, and says how many.
    pub async fn forget_answer_tokens(&mut self, now: Instant) -> Result<u64> {
        run!(self, execute, FORGET_TOKENS, millis(now))
    }
}

impl View {
    /// How the requester is kept informed; a token past its time is not given out.
    pub async fn answer(&mut self, request: RequestId, now: Instant) -> Result<Option<AnswerRow>> {
        run!(self, fetch_optional::<Row>, LOAD, request.to_string())?
            .map(|row| row.answer(now))
            .transpose()
    }
}

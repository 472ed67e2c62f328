//! Where each request's card is, and what it shows.

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
    SET = "INSERT INTO cards (request, channel, message, posted_at, shown) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (request) DO UPDATE SET channel = excluded.channel, message = excluded.message,
            posted_at = excluded.posted_at, shown = excluded.shown";
    FORGET = "DELETE FROM cards WHERE request = $1 AND message = $2";
    LOAD = "SELECT request, channel, message, posted_at, shown FROM cards WHERE request = $1";
    OF_MESSAGE = "SELECT request, channel, message, posted_at, shown FROM cards WHERE message = $1";
    IN_PHASE = "SELECT cards.request, cards.channel, cards.message, cards.posted_at, cards.shown
        FROM cards JOIN requests ON requests.id = cards.request
        WHERE requests.phase = $1 ORDER BY requests.number";
}

/// A posted card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    pub request: RequestId,
    pub channel: ChannelId,
    pub message: MessageId,
    pub posted_at: Instant,
    /// The fingerprint of what it shows.
    pub shown: String,
}

#[derive(FromRow)]
struct Row {
    request: String,
    channel: String,
    message: String,
    posted_at: i64,
    shown: String,
}

impl Row {
    fn card(self) -> Result<CardRow> {
        let cells = Cells {
            table: "cards",
            id: &self.request,
        };
        Ok(CardRow {
            request: cells.at("request").parse(&self.request)?,
            channel: cells.at("channel").parse(&self.channel)?,
            message: cells.at("message").parse(&self.message)?,
            posted_at: cells.at("posted_at").instant(self.posted_at)?,
            shown: self.shown,
        })
    }
}

impl Work {
    /// Remembers a card that was posted or edited.
    pub async fn set_card(&mut self, card: &CardRow) -> Result<()> {
        run!(
            self,
            execute,
            SET,
            card.request.to_string(),
            card.channel.to_string(),
            card.message.to_string(),
            millis(card.posted_at),
            clean(&card.shown).into_owned(),
        )?;
        Ok(())
    }

    /// Forgets a card whose message was deleted, so that it is posted again. A newer message stays.
    pub async fn forget_card(&mut self, request: RequestId, message: MessageId) -> Result<()> {
        run!(self, execute, FORGET, request.to_string(), message.to_string())?;
        Ok(())
    }
}

impl View {
    /// The card of a request, once it is posted.
    pub async fn card(&mut self, request: RequestId) -> Result<Option<CardRow>> {
        run!(self, fetch_optional::<Row>, LOAD, request.to_string())?
            .map(Row::card)
            .transpose()
    }

    /// The card that this message is.
    pub async fn card_of_message(&mut self, message: MessageId) -> Result<Option<CardRow>> {
        run!(self, fetch_optional::<Row>, OF_MESSAGE, message.to_string())?
            .map(Row::card)
            .transpose()
    }

    /// The cards of all requests in a phase, oldest first.
    pub async fn cards_in(&mut self, phase: super::Phase) -> Result<Vec<CardRow>> {
        let rows = run!(self, fetch_all::<Row>, IN_PHASE, phase.name())?;
        rows.into_iter().map(Row::card).collect()
    }
}

//! The trail's cursor: what was posted, and the batch that is on its way.
//!
//! A batch is stored before the call that posts it, with the nonce of that call, and stays until its message
//! is known: so it is retried as exactly the same message, and no record is posted twice or left out.

use sqlx::FromRow;

use super::{
    StoreError, View, Work,
    cell::{Cells, clean, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{
    Instant,
    ids::{ChannelId, MessageId, RecordNumber},
};

texts! {
    LOAD = "SELECT thread, last_posted, batch_first, batch_last, batch_nonce, batch_began_at FROM trail WHERE id = 1";
    SET_THREAD = "UPDATE trail SET thread = $1 WHERE id = 1";
    FORGET_THREAD = "UPDATE trail SET thread = NULL WHERE id = 1";
    BEGIN = "UPDATE trail SET batch_first = $1, batch_last = $2, batch_nonce = $3, batch_began_at = $4
        WHERE id = 1 AND batch_first IS NULL AND last_posted = $1 - 1";
    FINISH = "UPDATE trail SET last_posted = batch_last, batch_first = NULL, batch_last = NULL, batch_nonce = NULL,
            batch_began_at = NULL
        WHERE id = 1 AND batch_nonce = $1 AND batch_first = $2 AND batch_last = $3";
    KEEP_MESSAGE = "INSERT INTO trail_messages (first, last, channel, message, posted_at) VALUES ($1, $2, $3, $4, $5)";
    MESSAGE_OF = "SELECT first, last, channel, message, posted_at FROM trail_messages
        WHERE first <= $1 ORDER BY first DESC LIMIT 1";
}

/// Records that are posted together, as one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub first: RecordNumber,
    pub last: RecordNumber,
    pub nonce: String,
    pub began_at: Instant,
}

/// How far the trail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The thread, once there is one.
    pub thread: Option<ChannelId>,
    /// Zero before the first.
    pub last_posted: RecordNumber,
    /// On its way: to be retried as it is.
    pub batch: Option<Batch>,
}

/// A message of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailMessage {
    pub first: RecordNumber,
    pub last: RecordNumber,
    pub channel: ChannelId,
    pub message: MessageId,
    pub posted_at: Instant,
}

#[derive(FromRow)]
struct CursorRow {
    thread: Option<String>,
    last_posted: i64,
    batch_first: Option<i64>,
    batch_last: Option<i64>,
    batch_nonce: Option<String>,
    batch_began_at: Option<i64>,
}

#[derive(FromRow)]
struct MessageRow {
    first: i64,
    last: i64,
    channel: String,
    message: String,
    posted_at: i64,
}

impl Work {
    /// Remembers the thread in which the trail stands.
    pub async fn set_trail_thread(&mut self, thread: ChannelId) -> Result<()> {
        run!(self, execute, SET_THREAD, thread.to_string())?;
        Ok(())
    }

    /// Forgets a thread that is gone; the trail goes on in a new one.
    pub async fn forget_trail_thread(&mut self) -> Result<()> {
        run!(self, execute, FORGET_THREAD)?;
        Ok(())
    }

    /// Stores the next batch, before it is posted.
    ///
    /// # Errors
    /// [`StoreError::LostRace`] if another batch is on its way, or this one does not follow the last.
    pub async fn begin_batch(&mut self, batch: &Batch) -> Result<()> {
        let touched = run!(
            self,
            execute,
            BEGIN,
            batch.first.0,
            batch.last.0,
            clean(&batch.nonce).into_owned(),
            millis(batch.began_at),
        )?;
        one_row(touched)
    }

    /// Remembers the message of the batch that was on its way.
    ///
    /// # Errors
    /// [`StoreError::LostRace`] if that batch was finished already.
    pub async fn finish_batch(
        &mut self,
        batch: &Batch,
        channel: ChannelId,
        message: MessageId,
        now: Instant,
    ) -> Result<()> {
        let nonce = clean(&batch.nonce).into_owned();
        one_row(run!(self, execute, FINISH, nonce, batch.first.0, batch.last.0)?)?;
        run!(
            self,
            execute,
            KEEP_MESSAGE,
            batch.first.0,
            batch.last.0,
            channel.to_string(),
            message.to_string(),
            millis(now),
        )?;
        Ok(())
    }
}

fn one_row(touched: u64) -> Result<()> {
    if touched == 1 {
        return Ok(());
    }
    Err(StoreError::LostRace {
        what: "the trail's cursor".to_owned(),
    })
}

impl View {
    /// How far the trail is.
    pub async fn trail_cursor(&mut self) -> Result<Cursor> {
        let row = run!(self, fetch_one::<CursorRow>, LOAD)?;
        let cells = Cells {
            table: "trail",
            id: &1,
        };
        let batch = match (
            row.batch_first,
            row.batch_last,
            row.batch_nonce,
            row.batch_began_at,
        ) {
            (Some(first), Some(last), Some(nonce), Some(began_at)) => Some(Batch {
                first: RecordNumber(first),
                last: RecordNumber(last),
                nonce,
                began_at: cells.at("batch_began_at").instant(began_at)?,
            }),
            _ => None,
        };
        Ok(Cursor {
            thread: row
                .thread
                .map(|thread| cells.at("thread").parse(&thread))
                .transpose()?,
            last_posted: RecordNumber(row.last_posted),
            batch,
        })
    }

    /// The message in which a record was posted.
    pub async fn trail_message_of(&mut self, record: RecordNumber) -> Result<Option<TrailMessage>> {
        let row = run!(self, fetch_optional::<MessageRow>, MESSAGE_OF, record.0)?;
        let Some(row) = row.filter(|row| row.last >= record.0) else {
            return Ok(None);
        };
        let cells = Cells {
            table: "trail_messages",
            id: &row.first,
        };
        Ok(Some(TrailMessage {
            first: RecordNumber(row.first),
            last: RecordNumber(row.last),
            channel: cells.at("channel").parse(&row.channel)?,
            message: cells.at("message").parse(&row.message)?,
            posted_at: cells.at("posted_at").instant(row.posted_at)?,
        }))
    }
}

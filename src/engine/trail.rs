//! The trail: one line per record, in order, none missing, none twice.
//!
//! One worker and one cursor row. Which records a message holds, and its nonce, are stored before the call,
//! and exactly that batch is tried again until its message id is stored. Posting is never given up.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use serenity::all::{AutoArchiveDuration, Channel, ChannelType, CreateMessage, CreateThread, MessageType};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::Engine;
use crate::{
    chat::{
        message::trail as text,
        rest::{JsonCode, MessagesAt, Pings, RestError},
        snowflake,
    },
    clock::{fresh_uuid, jitter},
    domain::{
        ids::{ChannelId, JobId, MessageId, RecordNumber},
        record::Record,
    },
    store::{Batch, Cursor, RecordFilter, StoreError},
    telemetry::Causes,
};

/// Records that are read at once; how many of them share a message is a question of length.
const READ_MAX: u32 = 50;
/// Discord remembers a nonce for "the past few minutes"; after this long the thread is read instead.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(30);

#[derive(Debug, thiserror::Error)]
enum TrailError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Discord(#[from] RestError),
}

impl Engine {
    /// Posts records until `stop`.
    pub async fn keep_trail(self: Arc<Self>, stop: CancellationToken) {
        let mut failures = 0_u32;
        let mut news = self.store.news();
        while !stop.is_cancelled() {
            news.borrow_and_update();
            let pause = match self.post_batch().await {
                Ok(true) => {
                    failures = 0;
                    continue;
                }
                Ok(false) => {
                    failures = 0;
                    LOOK_AGAIN
                }
                Err(why) => {
                    failures += 1;
                    metrics::counter!("portcullis_trail_failures_total").increment(1);
                    if failures == 5 {
                        error!(error = %Causes(&why), "The trail cannot be posted; the records are safe and it is tried on.");
                    } else {
                        warn!(error = %Causes(&why), failures, "The trail could not be posted; it is tried again.");
                    }
                    pause_after(&why, failures)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.clock.sleep_until(self.now() + pause) => {}
                _ = news.changed(), if failures == 0 => {}
            }
        }
    }

    /// Posts everything that waits, once; for tests, which step instead of waiting.
    pub async fn post_trail(&self) -> Result<usize, String> {
        let mut batches = 0;
        while self.post_batch().await.map_err(|why| why.to_string())? {
            batches += 1;
        }
        Ok(batches)
    }

    async fn post_batch(&self) -> Result<bool, TrailError> {
        let cursor = self.store.read().await?.trail_cursor().await?;
        let batch = match &cursor.batch {
            Some(batch) => batch.clone(),
            None => match self.next_batch(&cursor).await? {
                Some(batch) => batch,
                None => return Ok(false),
            },
        };
        let thread = match cursor.thread {
            Some(thread) => thread,
            None => self.open_trail().await?,
        };
        let records = self.records_of(&batch).await?;
        let (lines, _) = text::batch(&records);
        let posted_earlier = match self.posted_earlier(thread, &batch, &lines).await {
            Err(TrailError::Discord(why)) if why.is(JsonCode::UnknownChannel) => {
                return self.thread_is_gone(thread).await;
            }
            found => found?,
        };
        let message = match posted_earlier {
            Some(message) => message,
            None => {
                let message = CreateMessage::new().content(&lines);
                let posted = self
                    .rest
                    .create_message(
                        snowflake::channel(thread),
                        message,
                        &Pings::nobody(),
                        &batch.nonce,
                    )
                    .await;
                match posted {
                    Ok(message) => MessageId(message.id.get()),
                    Err(why) if why.is(JsonCode::UnknownChannel) => {
                        return self.thread_is_gone(thread).await;
                    }
                    Err(why) => return Err(why.into()),
                }
            }
        };
        let mut work = self.store.begin().await?;
        work.finish_batch(&batch, thread, message, self.now()).await?;
        work.commit().await?;
        metrics::counter!("portcullis_trail_records_total").increment(records.len() as u64);
        Ok(true)
    }

    async fn thread_is_gone(&self, thread: ChannelId) -> Result<bool, TrailError> {
        error!(thread = %thread, "The trail's thread is gone; a new one is opened and goes on where it ended.");
        let mut work = self.store.begin().await?;
        work.forget_trail_thread().await?;
        work.commit().await?;
        Ok(true)
    }

    async fn next_batch(&self, cursor: &Cursor) -> Result<Option<Batch>, TrailError> {
        let waiting = self.records_after(cursor.last_posted, READ_MAX).await?;
        let fit = text::batch(&waiting).1;
        let Some((first, last)) = ends(waiting.get(..fit).unwrap_or_default()) else {
            return Ok(None);
        };
        let now = self.now();
        let batch = Batch {
            first,
            last,
            nonce: nonce(JobId(fresh_uuid(now))),
            began_at: now,
        };
        let mut work = self.store.begin().await?;
        work.begin_batch(&batch).await?;
        work.commit().await?;
        Ok(Some(batch))
    }

    /// The message of a batch that is older than Discord's memory for nonces, if it was posted.
    async fn posted_earlier(
        &self,
        thread: ChannelId,
        batch: &Batch,
        lines: &str,
    ) -> Result<Option<MessageId>, TrailError> {
        if self.now() < batch.began_at + NONCE_LIFE {
            return Ok(None);
        }
        let latest = self
            .rest
            .messages(snowflake::channel(thread), MessagesAt::Latest, 100)
            .await?;
        let ours = latest
            .iter()
            .find(|message| message.author.id.get() == self.settings.bot.0 && message.content == lines);
        Ok(ours.map(|message| MessageId(message.id.get())))
    }

    async fn records_of(&self, batch: &Batch) -> Result<Vec<Record>, TrailError> {
        let many = u32::try_from(batch.last.0 - batch.first.0 + 1).unwrap_or(READ_MAX);
        self.records_after(RecordNumber(batch.first.0 - 1), many).await
    }

    async fn records_after(&self, after: RecordNumber, most: u32) -> Result<Vec<Record>, TrailError> {
        let found = self
            .store
            .read()
            .await?
            .records(RecordFilter::All, after, most)
            .await?;
        Ok(found.into_iter().map(|stored| stored.record).collect())
    }

    /// The thread of the trail: the configured one, or one under a message of ours in the configured channel.
    async fn open_trail(&self) -> Result<ChannelId, TrailError> {
        let configured = self.settings.trail_channel;
        let thread = match self.rest.channel(snowflake::channel(configured)).await? {
            Channel::Guild(channel) if is_thread(channel.kind) => configured,
            _ => self.start_thread(configured).await?,
        };
        let mut work = self.store.begin().await?;
        work.set_trail_thread(thread).await?;
        work.commit().await?;
        info!(thread = %thread, "The trail has its thread.");
        Ok(thread)
    }

    /// Starts a thread under a message of ours. An earlier attempt may have posted the message, or have started
    /// the thread too: both are looked for before anything is posted.
    async fn start_thread(&self, channel: ChannelId) -> Result<ChannelId, TrailError> {
        let place = snowflake::channel(channel);
        let starter_text = text::starter();
        let latest = self.rest.messages(place, MessagesAt::Latest, 100).await?;
        let starters = latest.iter().filter(|message| {
            message.author.id.get() == self.settings.bot.0 && message.content == starter_text.content
        });
        let mut starter = None;
        for message in starters {
            if message.thread.is_none() {
                starter = Some(message);
            } else if self.is_unused(ChannelId(message.id.get())).await? {
                return Ok(ChannelId(message.id.get()));
            }
        }
        let starter = match starter {
            Some(message) => message.id,
            None => {
                let message = starter_text.to_message();
                let nonce = nonce(JobId(fresh_uuid(self.now())));
                self.rest
                    .create_message(place, message, &Pings::nobody(), &nonce)
                    .await?
                    .id
            }
        };
        let thread = CreateThread::new(text::THREAD_NAME).auto_archive_duration(AutoArchiveDuration::OneWeek);
        match self
            .rest
            .create_thread_from_message(place, starter, &thread)
            .await
        {
            Ok(_) => {}
            // The answer of an earlier call was lost: the thread is there, and its id is the message's.
            Err(why) if why.is(JsonCode::ThreadExists) => {}
            Err(why) => return Err(why.into()),
        }
        Ok(ChannelId(starter.get()))
    }

    /// Whether a thread of ours is there and holds no line: an earlier attempt was ended between starting it and
    /// storing it. One that holds lines belongs to another store.
    async fn is_unused(&self, thread: ChannelId) -> Result<bool, TrailError> {
        let place = snowflake::channel(thread);
        match self.rest.messages(place, MessagesAt::Latest, 10).await {
            // Discord shows the message above the thread as its first one.
            Ok(found) => Ok(found
                .iter()
                .all(|message| message.kind == MessageType::ThreadStarterMessage)),
            Err(why) if why.is(JsonCode::UnknownChannel) => Ok(false),
            Err(why) => Err(why.into()),
        }
    }
}

/// A job's id as a nonce: 22 characters of base64url, because Discord takes at most 25.
pub(super) fn nonce(id: JobId) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(id.0.as_bytes())
}

fn ends(records: &[Record]) -> Option<(RecordNumber, RecordNumber)> {
    Some((records.first()?.number, records.last()?.number))
}

fn is_thread(kind: ChannelType) -> bool {
    matches!(
        kind,
        ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread
    )
}

fn pause_after(why: &TrailError, failures: u32) -> TimeDelta {
    let told = match why {
        TrailError::Discord(RestError::RateLimited { retry_after, .. }) => *retry_after,
        _ => Duration::ZERO,
    };
    let most = Duration::from_secs(1).saturating_mul(1_u32.checked_shl(failures.min(9)).unwrap_or(u32::MAX));
    let pause = (Duration::from_millis(250) + jitter(most.min(LONGEST_PAUSE))).max(told);
    TimeDelta::from_std(pause).unwrap_or(LOOK_AGAIN)
}

//! Posts a message once, alone or as a reply to a card.

use serenity::all::{ChannelId as DiscordChannel, MessageId as DiscordMessage, MessageReference};

use super::{
    Engine,
    card::{NONCE_LIFE, failed},
    trail::nonce,
    worker::Outcome,
};
use crate::{
    chat::{
        file::WithFiles,
        message::Rendered,
        rest::{MessagesAt, RestError},
        snowflake,
    },
    domain::ids::{ChannelId, MessageId},
    store::{CardRow, Job, StoreError},
};

impl Engine {
    /// Posts `rendered` as a reply to `card`, as [`Self::post_once`] does; `None` when it is there.
    pub(super) async fn reply_to_card(
        &self,
        job: &Job,
        card: &CardRow,
        rendered: &Rendered,
        marker: &str,
    ) -> Result<Option<Outcome>, StoreError> {
        let posted = self
            .post_once(job, card.channel, Some(card.message), rendered, marker)
            .await?;
        Ok(posted.err().map(failed))
    }

    /// Posts `rendered`, in which `marker` stands and in no other message, unless it is there. Discord knows the job's
    /// nonce for some minutes; after that the channel is read first.
    pub(super) async fn post_once(
        &self,
        job: &Job,
        channel: ChannelId,
        reply_to: Option<MessageId>,
        rendered: &Rendered,
        marker: &str,
    ) -> Result<Result<(), RestError>, StoreError> {
        let now = self.now();
        let channel = snowflake::channel(channel);
        let is_forgotten = job.sent_at.is_none_or(|sent_at| now >= sent_at + NONCE_LIFE);
        if job.sent_at.is_some() && is_forgotten {
            match self.stands(channel, marker).await {
                Ok(true) => return Ok(Ok(())),
                Ok(false) => {}
                Err(why) => return Ok(Err(why)),
            }
        }
        if is_forgotten {
            let mut work = self.store.begin().await?;
            work.mark_sent(job.lease, &serde_json::Value::Null, now).await?;
            work.commit().await?;
        }
        let WithFiles { mut body, files } = rendered.to_message();
        if let Some(message) = reply_to {
            body = body.reference_message(to(channel, snowflake::message(message)));
        }
        let message = WithFiles { body, files };
        let pings = snowflake::pings(&rendered.pings);
        let posted = self
            .rest
            .create_message(channel, message, &pings, &nonce(job.id()))
            .await;
        Ok(posted.map(|_| ()))
    }

    async fn stands(&self, channel: DiscordChannel, marker: &str) -> Result<bool, RestError> {
        let latest = self.rest.messages(channel, MessagesAt::Latest, 100).await?;
        Ok(latest.iter().any(|message| {
            message.author.id.get() == self.settings.bot.0 && message.content.contains(marker)
        }))
    }
}

/// If somebody deleted the card, the message stands alone and is no worse for it.
fn to(channel: DiscordChannel, message: DiscordMessage) -> MessageReference {
    MessageReference::from((channel, message)).fail_if_not_exists(false)
}

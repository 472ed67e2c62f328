//! The request's card in the approver channel: posted once, then brought up to date.

use serenity::all::Message;
use sha2::{Digest as _, Sha256};

use super::{Engine, trail::nonce, worker::Outcome};
use crate::{
    chat::{
        message::{Rendered, card},
        rest::{JsonCode, MessagesAt, Pings, RestError},
        snowflake,
    },
    domain::{
        ids::{ChannelId, MessageId, RequestId},
        request::{Request, RequestState},
    },
    store::{CardRow, Job, StoreError},
};

/// Discord remembers a nonce for "the past few minutes"; after this long the channel is read before posting.
pub(super) const NONCE_LIFE: chrono::TimeDelta = chrono::TimeDelta::minutes(2);

impl Engine {
    pub(super) async fn run_card(&self, job: &Job, id: RequestId) -> Result<Outcome, StoreError> {
        let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let posted = self.store.read().await?.card(id).await?;
        let is_over = !matches!(
            request.state,
            RequestState::Pending { .. } | RequestState::Scheduled { .. } | RequestState::Approved { .. }
        );
        if matches!(request.state, RequestState::Draft { .. }) || (is_over && posted.is_none()) {
            return Ok(Outcome::Done);
        }
        let scene = self.scene(request).await?;
        let rendered = scene.show(|view| {
            if posted.is_none() {
                card::first(view, &self.settings.administrators)
            } else {
                card::later(view)
            }
        });
        let fingerprint = fingerprint(&rendered);
        let outcome = match posted {
            Some(card) if card.shown == fingerprint => Outcome::Done,
            Some(card) => self.edit_card(&card, &rendered, fingerprint, is_over).await?,
            None => {
                self.post_card(job, &scene.request, &rendered, fingerprint)
                    .await?
            }
        };
        // Who may answer changes with the hours, and the card must not say yesterday's truth.
        let change = match scene.request.state {
            RequestState::Pending { answer_by, .. } => self.rules.load().next_hours(self.now(), answer_by),
            _ => None,
        };
        Ok(match (outcome, change) {
            (Outcome::Done, Some(change)) => Outcome::at(change),
            (outcome, _) => outcome,
        })
    }

    async fn post_card(
        &self,
        job: &Job,
        request: &Request,
        rendered: &Rendered,
        fingerprint: String,
    ) -> Result<Outcome, StoreError> {
        let channel = self
            .rules
            .load()
            .channel_for(&request.terms)
            .unwrap_or(self.settings.approver_channel);
        let now = self.now();
        let posted_before = match job.sent_at {
            Some(sent_at) if now >= sent_at + NONCE_LIFE => match self.find_card(channel, request.id).await {
                Ok(found) => found,
                Err(why) => return Ok(failed(why)),
            },
            _ => None,
        };
        let message = match posted_before {
            Some(message) => message,
            None => {
                if job.sent_at.is_none_or(|sent_at| now >= sent_at + NONCE_LIFE) {
                    let mut work = self.store.begin().await?;
                    work.mark_sent(job.lease, &serde_json::Value::Null, now).await?;
                    work.commit().await?;
                }
                let posted = self
                    .rest
                    .create_message(
                        snowflake::channel(channel),
                        rendered.to_message(),
                        &snowflake::pings(&rendered.pings),
                        &nonce(job.id()),
                    )
                    .await;
                match posted {
                    Ok(message) => MessageId(message.id.get()),
                    Err(why) => return Ok(failed(why)),
                }
            }
        };
        let request = request.id;
        self.keep_card(CardRow {
            request,
            channel,
            message,
            posted_at: now,
            shown: fingerprint,
        })
        .await
    }

    async fn edit_card(
        &self,
        card: &CardRow,
        rendered: &Rendered,
        fingerprint: String,
        is_over: bool,
    ) -> Result<Outcome, StoreError> {
        let now = self.now();
        let edited = self
            .rest
            .edit_message(
                snowflake::channel(card.channel),
                snowflake::message(card.message),
                &rendered.to_edit(),
                &Pings::nobody(),
            )
            .await;
        match edited {
            Ok(_) => {
                self.keep_card(CardRow {
                    shown: fingerprint,
                    ..card.clone()
                })
                .await
            }
            Err(why) if why.is(JsonCode::UnknownMessage) || why.is(JsonCode::UnknownChannel) => {
                // Somebody deleted it. While there is something to decide or to close it is posted again.
                let mut work = self.store.begin().await?;
                work.forget_card(card.request, card.message).await?;
                work.commit().await?;
                Ok(if is_over { Outcome::Done } else { Outcome::at(now) })
            }
            Err(why) => Ok(failed(why)),
        }
    }

    async fn keep_card(&self, card: CardRow) -> Result<Outcome, StoreError> {
        let mut work = self.store.begin().await?;
        work.set_card(&card).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }

    /// The card that an earlier attempt posted, found by the request's id in its buttons.
    async fn find_card(&self, channel: ChannelId, id: RequestId) -> Result<Option<MessageId>, RestError> {
        let marker = card::marker(id);
        let latest = self
            .rest
            .messages(snowflake::channel(channel), MessagesAt::Latest, 100)
            .await?;
        let ours = latest.iter().find(|message| {
            message.author.id.get() == self.settings.bot.0
                && footers(message).any(|footer| footer.contains(&marker))
        });
        Ok(ours.map(|message| MessageId(message.id.get())))
    }
}

fn footers(message: &Message) -> impl Iterator<Item = &str> {
    message
        .embeds
        .iter()
        .filter_map(|embed| embed.footer.as_ref())
        .map(|footer| footer.text.as_str())
}

/// What a failed call to Discord means for a job that shows something.
pub(super) fn failed(why: RestError) -> Outcome {
    let at_least = match &why {
        RestError::RateLimited { retry_after, .. } => Some(*retry_after),
        _ => None,
    };
    Outcome::Retry {
        at_least,
        // A last edit that is given up would show a window as open for ever.
        outage: why.code().is_none(),
        why: why.to_string(),
    }
}

/// Tells whether a message would look different; only then it is edited. Pings are no part of it: an edit
/// never pings, and a first card and its edit look the same.
pub(super) fn fingerprint(rendered: &Rendered) -> String {
    let shown = serde_json::json!([rendered.content, rendered.embeds, rendered.components]);
    let mut hasher = Sha256::new_with_prefix(shown.to_string());
    for file in &rendered.files {
        hasher.update(file.name());
        hasher.update(file.bytes());
    }
    let hash = hasher.finalize();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

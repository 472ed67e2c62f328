//! The requester's own message: edited through the interaction for its 15 minutes, then a direct message, and
//! where the inbox is closed one message in the channel where it was asked.

use secrecy::ExposeSecret as _;
use serenity::all::ApplicationId;

use super::{
    Engine,
    card::{failed, fingerprint},
    scene::Scene,
    trail::nonce,
    worker::Outcome,
};
use crate::{
    chat::{
        message::{
            Rendered,
            answer::{self, Place},
            source,
        },
        rest::{InteractionToken, JsonCode, Pings, RestError},
        snowflake,
    },
    domain::ids::{ChannelId, MessageId, RequestId},
    store::{AnswerMessage, AnswerPlace, Job, StoreError},
};

impl Engine {
    pub(super) async fn run_answer(&self, job: &Job, id: RequestId) -> Result<Outcome, StoreError> {
        let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let Some(kept) = self.store.read().await?.answer(id, self.now()).await? else {
            return Ok(Outcome::Done);
        };
        let scene = self.scene(request).await?;
        let rendered = scene.show(|view| answer::answer(view, Place::Private));
        let fingerprint = fingerprint(&rendered);
        if kept.shown == fingerprint {
            return Ok(Outcome::Done);
        }
        if let Some(token) = &kept.token {
            let application = ApplicationId::new(token.application.max(1));
            let token = InteractionToken::new(token.token.expose_secret());
            let edit = self.with_link(&scene, &rendered).await?.to_answer();
            match self
                .rest
                .edit_original(application, &token, &edit, &Pings::nobody())
                .await
            {
                Ok(_) => return self.keep_answer(id, None, &fingerprint).await,
                // Its 15 minutes are over earlier than we thought, or the person dismissed the answer.
                Err(why) if is_expired(&why) => {}
                Err(why) => return Ok(failed(why)),
            }
        }
        match kept.message {
            Some(posted) => self.edit_answer(&scene, posted).await,
            None => self.post_answer(job, &scene, &rendered, &fingerprint).await,
        }
    }

    async fn edit_answer(&self, scene: &Scene, posted: AnswerMessage) -> Result<Outcome, StoreError> {
        let rendered = scene.show(|view| answer::answer(view, place(posted.place)));
        let fingerprint = fingerprint(&rendered);
        let id = scene.request.id;
        let edited = self
            .rest
            .edit_message(
                snowflake::channel(posted.channel),
                snowflake::message(posted.message),
                &rendered.to_edit(),
                &Pings::nobody(),
            )
            .await;
        match edited {
            Ok(_) => self.keep_answer(id, None, &fingerprint).await,
            // Whoever deleted their own message does not want it.
            Err(why) if why.is(JsonCode::UnknownMessage) || why.is(JsonCode::UnknownChannel) => {
                Ok(Outcome::Done)
            }
            Err(why) => Ok(failed(why)),
        }
    }

    async fn post_answer(
        &self,
        job: &Job,
        scene: &Scene,
        rendered: &Rendered,
        fingerprint: &str,
    ) -> Result<Outcome, StoreError> {
        let request = &scene.request;
        let requester = snowflake::user(request.requester.id);
        let posted = match self.rest.open_dm(requester).await {
            Ok(inbox) => self
                .rest
                .create_message(
                    inbox.id,
                    self.with_link(scene, rendered).await?.to_message(),
                    &Pings::nobody(),
                    &nonce(job.id()),
                )
                .await
                .map(|message| (AnswerPlace::Inbox, ChannelId(inbox.id.get()), message)),
            Err(why) => Err(why),
        };
        let posted = match posted {
            Err(why) if why.is(JsonCode::DmClosed) => {
                let notice = scene.show(|view| answer::answer(view, Place::Channel));
                let pings = snowflake::pings(&notice.pings);
                self.rest
                    .create_message(
                        snowflake::channel(request.asked_in),
                        notice.to_message(),
                        &pings,
                        &nonce(job.id()),
                    )
                    .await
                    .map(|message| (AnswerPlace::Channel, request.asked_in, message))
            }
            posted => posted,
        };
        match posted {
            Ok((place, channel, message)) => {
                let posted = AnswerMessage {
                    place,
                    channel,
                    message: MessageId(message.id.get()),
                };
                self.keep_answer(request.id, Some(posted), fingerprint).await
            }
            Err(why) => Ok(failed(why)),
        }
    }

    /// A draft's message with a fresh link, where there is a page. Only the requester may see it: whoever has the link can
    /// name the source.
    ///
    /// The link is no part of what counts as shown, so a message is not edited only for a newer one.
    async fn with_link(&self, scene: &Scene, rendered: &Rendered) -> Result<Rendered, StoreError> {
        Ok(match self.address_link(&scene.request).await? {
            Some(link) => scene.show(|view| source::choice(view, &link)),
            None => rendered.clone(),
        })
    }

    async fn keep_answer(
        &self,
        id: RequestId,
        posted: Option<AnswerMessage>,
        fingerprint: &str,
    ) -> Result<Outcome, StoreError> {
        let mut work = self.store.begin().await?;
        match posted {
            Some(posted) => work.set_answer_message(id, posted, fingerprint).await?,
            None => work.set_answer_shown(id, fingerprint).await?,
        }
        work.commit().await?;
        Ok(Outcome::Done)
    }
}

fn place(stored: AnswerPlace) -> Place {
    match stored {
        AnswerPlace::Inbox => Place::Private,
        AnswerPlace::Channel => Place::Channel,
    }
}

/// How Discord says that a token's 15 minutes are over; clients report several codes.
pub(super) fn is_expired(why: &RestError) -> bool {
    [
        JsonCode::InvalidWebhookToken,
        JsonCode::UnknownWebhook,
        JsonCode::UnknownMessage,
        JsonCode::UnknownInteraction,
    ]
    .into_iter()
    .any(|code| why.is(code))
}

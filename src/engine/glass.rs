//! Somebody breaks the glass, and somebody else signs the review of it.

use super::{
    Engine, despite_races,
    request::{NotAsked, Typed, read},
    write,
};
use crate::{
    chat::rest::InteractionToken,
    clock::fresh_uuid,
    domain::{
        actor::Actor,
        ids::{ChannelId, RequestId},
        request::{Ask, Request},
        review::{NotSigned, Review},
        text::FreeText,
    },
    policy::{self, GlassRefusal, Question, Refusal},
    store::StoreError,
};

/// What has to be typed, in capital letters or not.
pub const WORD: &str = "BREAK GLASS";

/// What somebody wants open at once. It has no start of its own and no template: glass is broken for now, by hand.
#[derive(Debug, Clone)]
pub struct Urgent {
    pub actor: Actor,
    pub vm: String,
    pub port: String,
    pub from: String,
    pub reason: String,
    pub asked_in: ChannelId,
    pub token: InteractionToken,
    /// The interaction's id.
    pub interaction: u64,
}

impl Urgent {
    fn typed(&self) -> Typed {
        Typed {
            actor: self.actor.clone(),
            vm: self.vm.clone(),
            port: self.port.clone(),
            length: None,
            from: Some(self.from.clone()),
            reason: Some(self.reason.clone()),
            at: None,
            template: None,
            asked_in: self.asked_in,
            token: self.token.clone(),
            interaction: self.interaction,
        }
    }
}

/// Why nothing was opened.
#[derive(Debug, Clone, PartialEq)]
pub enum NotBroken {
    NotAsked(NotAsked),
    Refused(GlassRefusal),
    NoSource,
    NoReason,
    /// The word was not typed.
    NoWord,
}

/// Why a review was not signed.
#[derive(Debug)]
pub enum ReviewRefused {
    UnknownRequest,
    Refused { request: Box<Request>, why: NotSigned },
}

impl Engine {
    /// Opens at once what `urgent` asks for, or says why not. `word` is what was typed to confirm it.
    pub async fn break_glass(
        &self,
        urgent: &Urgent,
        word: &str,
    ) -> Result<Result<Request, NotBroken>, StoreError> {
        if !word.trim().eq_ignore_ascii_case(WORD) {
            return Ok(Err(NotBroken::NoWord));
        }
        let typed = urgent.typed();
        despite_races(|| self.try_break_glass(&typed)).await
    }

    async fn try_break_glass(&self, typed: &Typed) -> Result<Result<Request, NotBroken>, StoreError> {
        let now = self.now();
        let view = self.inventory.view();
        let mut work = self.store.begin().await?;
        // Taken in the writer's turn: a reload that was recorded before holds.
        let rules = self.rules.load();
        let read = match read(typed, &rules, &view, now) {
            Ok(read) => read,
            Err(why) => return Ok(Err(NotBroken::NotAsked(why))),
        };
        let Some(source) = read.source else {
            return Ok(Err(NotBroken::NoSource));
        };
        if read.reason.is_none() {
            return Ok(Err(NotBroken::NoReason));
        }
        let question = Question {
            requester: &typed.actor,
            vms: &read.vms,
            length: read.length,
            source: Some(source),
            reason: read.reason.as_ref(),
            now,
        };
        let mut allowed = match policy::judge(&rules, &question) {
            Ok(allowed) => allowed,
            Err(why) => return Ok(Err(NotBroken::NotAsked(NotAsked::Rules(why)))),
        };
        let frozen = work.freeze().await?.is_some();
        if let Err(why) = policy::break_glass(&rules, &mut allowed.terms, &typed.actor, frozen) {
            return Ok(Err(NotBroken::Refused(why)));
        }
        if !work
            .first_time(&format!("interaction:{}", typed.interaction), now)
            .await?
        {
            return Ok(Err(NotBroken::NotAsked(NotAsked::Repeated)));
        }
        // Opening alone is no way round what one person may have: it is counted like any other question.
        let person = typed.actor.person.id;
        let too_much = self
            .has_too_much(&mut work, &rules, person, &allowed.terms, now)
            .await?;
        if let Some(why) = too_much {
            return Ok(Err(NotBroken::NotAsked(NotAsked::Rules(Refusal::TooMuch {
                why,
            }))));
        }
        let ask = Ask {
            id: RequestId(fresh_uuid(now)),
            number: work.next_request_number().await?,
            requester: typed.actor.person.clone(),
            targets: allowed.targets,
            length: allowed.length,
            reason: read.reason.clone(),
            terms: allowed.terms,
            asked_in: typed.asked_in,
            answer_within: allowed.answer_within,
            extends: None,
            starts_at: None,
        };
        let change = ask.from(source, now).broken_glass(now, || self.fresh_window_id());
        let (request, windows) = &change.after;
        work.insert_request(request, Some(&self.answer_token(&typed.token, now)))
            .await?;
        work.insert_review(&Review::of(request, now)).await?;
        self.keep_alone(&mut work, request, windows, now).await?;
        let (request, _) = write(&mut work, change, now).await?;
        work.commit().await?;
        metrics::counter!("portcullis_glass_broken_total").increment(1);
        Ok(Ok(request))
    }

    /// Signs the review of a request that somebody opened alone.
    pub async fn sign_review(
        &self,
        id: RequestId,
        actor: &Actor,
        note: Option<FreeText>,
    ) -> Result<Result<Request, ReviewRefused>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, _)) = work.load_request(id).await? else {
            return Ok(Err(ReviewRefused::UnknownRequest));
        };
        let Some(review) = work.review(id).await? else {
            return Ok(Err(ReviewRefused::UnknownRequest));
        };
        match review.sign(&request, actor, self.administers(actor), note, now) {
            Ok(change) => {
                let review = write(&mut work, change, now).await?;
                // There is one writer at a time, so nobody has signed since it was read.
                if let Some(signed) = &review.signed {
                    work.sign_review(id, signed).await?;
                }
                work.commit().await?;
                Ok(Ok(request))
            }
            Err(why) => Ok(Err(ReviewRefused::Refused {
                request: Box::new(request),
                why,
            })),
        }
    }
}

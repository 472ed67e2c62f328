//! Somebody wants an access to last longer: a new request that is linked to the old one.

use super::{Engine, conflict, despite_races, write};
use crate::{
    chat::rest::InteractionToken,
    clock::fresh_uuid,
    domain::{
        Instant,
        actor::Actor,
        ids::{ChannelId, RequestId},
        length::{Length, LengthRefusal},
        request::{Ask, ExtendRefusal, Request, RequestState},
        second_look::looked_at_twice,
        text::FreeText,
        window::Window,
    },
    policy::{self, ExtensionAsked, Refusal},
    store::{StoreError, Work},
};

/// An extension as somebody typed it.
#[derive(Debug, Clone)]
pub struct Longer {
    pub actor: Actor,
    pub length: Option<String>,
    pub reason: Option<String>,
    /// `None`, in a direct message: where the old one was asked.
    pub asked_in: Option<ChannelId>,
    pub token: InteractionToken,
    /// The interaction's id.
    pub interaction: u64,
}

/// Why nothing is extended.
#[derive(Debug)]
pub enum NotExtended {
    UnknownRequest,
    Refused {
        request: Box<Request>,
        why: ExtendRefusal,
    },
    Length {
        typed: String,
        why: LengthRefusal,
    },
    Rules {
        request: Box<Request>,
        why: Box<Refusal>,
    },
    /// This interaction was delivered before, and its request is stored.
    Repeated,
}

impl Engine {
    /// Stores an extension of request `id`, or says why not. It waits for its approval, or is approved at once
    /// where every rule involved extends once without asking.
    pub async fn extend(
        &self,
        id: RequestId,
        longer: &Longer,
    ) -> Result<Result<Request, NotExtended>, StoreError> {
        despite_races(|| self.try_extend(id, longer)).await
    }

    async fn try_extend(
        &self,
        id: RequestId,
        longer: &Longer,
    ) -> Result<Result<Request, NotExtended>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((base, version)) = work.load_request(id).await? else {
            return Ok(Err(NotExtended::UnknownRequest));
        };
        let refused = |why| NotExtended::Refused {
            request: Box::new(base.clone()),
            why,
        };
        let windows: Vec<Window> = work
            .windows_of(id)
            .await?
            .into_iter()
            .map(|(window, _)| window)
            .collect();
        let extendable = match base.extendable(&longer.actor.person, &windows, now) {
            Ok(extendable) => extendable,
            Err(why) => return Ok(Err(refused(why))),
        };
        let earlier: Vec<Request> = work
            .extensions_of(id)
            .await?
            .into_iter()
            .map(|(request, _)| request)
            .collect();
        if let Some(lives) = earlier.iter().find(|request| {
            matches!(
                request.state,
                RequestState::Pending { .. } | RequestState::Approved { .. }
            )
        }) {
            return Ok(Err(refused(ExtendRefusal::Already { number: lives.number })));
        }
        let length = match length(longer.length.as_deref()) {
            Ok(length) => length,
            Err((typed, why)) => return Ok(Err(NotExtended::Length { typed, why })),
        };
        let reason = longer
            .reason
            .as_deref()
            .and_then(FreeText::new)
            .or_else(|| base.reason.clone());
        let view = self.inventory.view();
        let asked = ExtensionAsked {
            requester: &longer.actor,
            base: &extendable,
            longer: length,
            reason: reason.as_ref(),
        };
        // Taken in the writer's turn: a reload that was recorded before holds.
        let rules = self.rules.load();
        let allowed = match policy::judge_extension(&rules, &asked, |id| view.vm(id), now) {
            Ok(allowed) => allowed,
            Err(why) => {
                return Ok(Err(NotExtended::Rules {
                    request: Box::new(base),
                    why: Box::new(why),
                }));
            }
        };
        if !work
            .first_time(&format!("interaction:{}", longer.interaction), now)
            .await?
        {
            return Ok(Err(NotExtended::Repeated));
        }
        let person = longer.actor.person.id;
        let too_much = self
            .has_too_much(&mut work, &rules, person, &allowed.terms, now)
            .await?;
        if let Some(why) = too_much {
            return Ok(Err(NotExtended::Rules {
                request: Box::new(base),
                why: Box::new(Refusal::TooMuch { why }),
            }));
        }
        let source = extendable.source;
        let ask = Ask {
            id: RequestId(fresh_uuid(now)),
            number: work.next_request_number().await?,
            requester: longer.actor.person.clone(),
            targets: allowed.targets,
            length: allowed.length,
            reason,
            terms: allowed.terms,
            asked_in: longer.asked_in.unwrap_or(base.asked_in),
            answer_within: allowed.answer_within,
            extends: Some(extendable.extends),
            starts_at: None,
        };
        let pending = ask.from(source, now);
        let is_risky = {
            let asked = &pending.after;
            !looked_at_twice(&asked.terms, None, asked.all_that_is_left(now), source).is_empty()
        };
        // What was opened without an approval is not made longer without one, what an approver cut short is not made
        // long again, and what an approver would have to look at twice is not decided unseen. Once is once: neither
        // an extension of an extension, nor one after another one was decided.
        let by_rule = allowed.extends_once
            && base.extends.is_none()
            && earlier.is_empty()
            && !base.is_broken_glass()
            && base.narrowed.is_empty()
            && !is_risky;
        let change = if by_rule {
            pending.decided_alone(now, || self.fresh_window_id())
        } else {
            pending.waiting()
        };
        let (request, windows) = &change.after;
        work.insert_request(request, Some(&self.answer_token(&longer.token, now)))
            .await?;
        work.insert_windows(windows).await?;
        let told = conflict::owners_are_told(&mut work, request).await?;
        write(&mut work, told, now).await?;
        // Of two extensions at once, the second finds the base changed, looks again, and sees the first.
        work.save_request(&base, version).await?;
        let (request, _) = write(&mut work, change, now).await?;
        work.commit().await?;
        metrics::counter!("portcullis_extensions_total").increment(1);
        Ok(Ok(request))
    }

    /// The person with the roles that they have in the guild now: in a direct message Discord sends none.
    pub async fn with_roles(&self, actor: Actor) -> Actor {
        self.member(actor.person.id).await.unwrap_or(actor)
    }
}

fn length(typed: Option<&str>) -> Result<Option<Length>, (String, LengthRefusal)> {
    let Some(text) = typed.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|why| (text.to_owned(), why))
}

/// Lapses an extension that waits for an answer: what it was to extend is not as it was when it was asked.
pub(super) async fn lapse_extensions_of(
    work: &mut Work,
    id: RequestId,
    now: Instant,
) -> Result<(), StoreError> {
    for (extension, version) in work.extensions_of(id).await? {
        if let Ok(change) = extension.lapse_without_base(now) {
            let extension = write(work, change, now).await?;
            work.save_request(&extension, version).await?;
        }
    }
    Ok(())
}

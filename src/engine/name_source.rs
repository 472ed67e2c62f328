//! The requester names the source of a draft.

use super::{Engine, alone::judge_alone, despite_races, request::NotAsked, write};
use crate::{
    chat::rest::InteractionToken,
    domain::{
        Instant,
        actor::Actor,
        ids::{RequestId, UserId},
        port::Port,
        request::{Request, RequestState, confirm_source},
        source::Source,
        vm::Vm,
    },
    policy::{self, Allowed, AskedAlone, Question, Refusal, RuleBook},
    store::{StoreError, Version, Work},
};

/// Which source it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The one that the draft offers.
    Offered,
    /// What the requester typed.
    Typed(String),
}

/// Why a draft was not sent.
#[derive(Debug)]
pub enum NotNamed {
    UnknownRequest,
    NotYours,
    /// Its 15 minutes are over, or it was sent or withdrawn already.
    NotADraft {
        request: Box<Request>,
    },
    /// The draft stays as it is.
    NotAsked(Box<NotAsked>),
}

/// A draft on its way, as it was read.
#[derive(Debug)]
pub(super) struct Sending<'a> {
    pub(super) request: Request,
    pub(super) version: Version,
    pub(super) actor: &'a Actor,
    pub(super) source: Source,
    /// The interaction in which it was named, through which the answer lives on.
    pub(super) token: Option<&'a InteractionToken>,
}

impl Engine {
    /// Sends a draft with the source that its requester names. The rules judge all of it again: they may have changed
    /// meanwhile.
    ///
    /// The answer lives on under `token`, whose 15 minutes begin now.
    pub async fn name_source(
        &self,
        id: RequestId,
        actor: &Actor,
        named: &Named,
        token: &InteractionToken,
    ) -> Result<Result<Request, NotNamed>, StoreError> {
        despite_races(|| self.try_name_source(id, actor, named, token)).await
    }

    async fn try_name_source(
        &self,
        id: RequestId,
        actor: &Actor,
        named: &Named,
        token: &InteractionToken,
    ) -> Result<Result<Request, NotNamed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotNamed::UnknownRequest));
        };
        if request.requester.id != actor.person.id {
            return Ok(Err(NotNamed::NotYours));
        }
        let not_a_draft = |request: &Request| NotNamed::NotADraft {
            request: Box::new(request.clone()),
        };
        let RequestState::Draft { offered, .. } = request.state else {
            return Ok(Err(not_a_draft(&request)));
        };
        let source = match (named, offered) {
            (Named::Offered, Some(offered)) => offered,
            (Named::Offered, None) => return Ok(Err(not_a_draft(&request))),
            (Named::Typed(text), _) => match text.parse() {
                Ok(source) => source,
                Err(why) => return Ok(Err(NotNamed::NotAsked(Box::new(NotAsked::Source(why))))),
            },
        };
        let sending = Sending {
            request,
            version,
            actor,
            source,
            token: Some(token),
        };
        self.send_draft(work, sending, now).await
    }

    /// Sends a draft that `work` has read, if the rules of now allow it with this source.
    pub(super) async fn send_draft(
        &self,
        mut work: Work,
        sending: Sending<'_>,
        now: Instant,
    ) -> Result<Result<Request, NotNamed>, StoreError> {
        let Sending {
            request,
            version,
            actor,
            source,
            token,
        } = sending;
        // One book for all of it: a reload between two looks would mix two policies.
        let rules = self.rules.load();
        let mut allowed = match self.judge_draft(&rules, &request, actor, source) {
            Ok(allowed) => allowed,
            Err(why) => return Ok(Err(NotNamed::NotAsked(Box::new(why)))),
        };
        let is_alone = judge_alone(
            &mut work,
            &rules,
            &mut allowed.terms,
            AskedAlone {
                requester: actor,
                source,
                length: request.length,
                frozen: false,
                now,
                starts_at: request.starts_at,
            },
        )
        .await?;
        let person = actor.person.id;
        let too_much = self
            .has_too_much_open(&mut work, &rules, person, request.id, &allowed.terms)
            .await?;
        if let Some(why) = too_much {
            let why = NotAsked::Rules(Refusal::TooMuch { why });
            return Ok(Err(NotNamed::NotAsked(Box::new(why))));
        }
        let judged = Request {
            // What holds is what the rules and the JIT policies say when it is sent.
            targets: allowed.targets,
            terms: allowed.terms,
            ..request.clone()
        };
        let Some(change) = confirm_source(judged, source, now) else {
            return Ok(Err(NotNamed::NotADraft {
                request: Box::new(request),
            }));
        };
        if let Some(token) = token {
            let token = self.answer_token(token, now);
            work.set_answer_token(request.id, &token).await?;
        }
        let change = if is_alone {
            change.decided_alone(now, || self.fresh_window_id())
        } else {
            change.waiting()
        };
        let (request, windows) = write(&mut work, change, now).await?;
        work.save_request(&request, version).await?;
        self.keep_alone(&mut work, &request, &windows, now).await?;
        work.commit().await?;
        Ok(Ok(request))
    }

    /// What the rules of now say of a draft whose source is `source`.
    pub(super) fn judge_draft(
        &self,
        rules: &RuleBook,
        request: &Request,
        actor: &Actor,
        source: Source,
    ) -> Result<Allowed, NotAsked> {
        let view = self.inventory.view();
        let mut vms: Vec<(&Vm, Vec<Port>)> = Vec::with_capacity(request.targets.len());
        for target in &request.targets {
            let Some(vm) = view.vm(&target.vm) else {
                return Err(NotAsked::UnknownVm {
                    typed: target.vm.name().to_owned(),
                    near: Vec::new(),
                });
            };
            vms.push((vm, target.ports.iter().map(|entry| entry.port).collect()));
        }
        let question = Question {
            requester: actor,
            vms: &vms,
            length: Some(request.length),
            source: Some(source),
            reason: request.reason.as_ref(),
            now: self.now(),
        };
        policy::judge_with_start(rules, &question, request.starts_at).map_err(NotAsked::Rules)
    }
}

/// The last source of this person, unless `question` would be refused with it: nothing is offered in vain.
pub(super) async fn last_source_for(
    work: &mut Work,
    rules: &RuleBook,
    person: UserId,
    question: &Question<'_>,
) -> Result<Option<Source>, StoreError> {
    let last = work.last_source_of(person).await?;
    Ok(last.filter(|source| {
        let with_it = Question {
            source: Some(*source),
            ..question.clone()
        };
        policy::judge(rules, &with_it).is_ok()
    }))
}

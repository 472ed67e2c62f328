//! The requester confirms the source of a draft.

use super::{Engine, despite_races, request::NotAsked, write};
use crate::{
    chat::rest::InteractionToken,
    domain::{
        actor::Actor,
        ids::RequestId,
        port::Port,
        request::{Request, RequestState, confirm_source},
        vm::Vm,
    },
    policy::{self, Question},
    store::StoreError,
};

/// Why a draft was not sent.
#[derive(Debug)]
pub enum NotConfirmed {
    UnknownRequest,
    NotYours,
    /// Its 15 minutes are over, or it was sent or withdrawn already.
    NotADraft {
        request: Box<Request>,
    },
    NotAsked(Box<NotAsked>),
}

impl Engine {
    /// Sends a draft with the source that it offers. The rules judge again: they may have changed meanwhile.
    ///
    /// The answer lives on under `token`, whose 15 minutes begin now.
    pub async fn confirm_source(
        &self,
        id: RequestId,
        actor: &Actor,
        token: &InteractionToken,
    ) -> Result<Result<Request, NotConfirmed>, StoreError> {
        despite_races(|| self.try_confirm_source(id, actor, token)).await
    }

    async fn try_confirm_source(
        &self,
        id: RequestId,
        actor: &Actor,
        token: &InteractionToken,
    ) -> Result<Result<Request, NotConfirmed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotConfirmed::UnknownRequest));
        };
        if request.requester.id != actor.person.id {
            return Ok(Err(NotConfirmed::NotYours));
        }
        let RequestState::Draft { offered, .. } = request.state else {
            return Ok(Err(NotConfirmed::NotADraft {
                request: Box::new(request),
            }));
        };
        let view = self.inventory.view();
        let vms: Vec<(&Vm, Vec<Port>)> = request
            .targets
            .iter()
            .filter_map(|target| view.vm(&target.vm).map(|vm| (vm, target)))
            .map(|(vm, target)| (vm, target.ports.iter().map(|entry| entry.port).collect()))
            .collect();
        if let Some(gone) = request
            .targets
            .iter()
            .find(|target| view.vm(&target.vm).is_none())
        {
            let typed = gone.vm.name().to_owned();
            return Ok(Err(NotConfirmed::NotAsked(Box::new(NotAsked::UnknownVm {
                typed,
                near: Vec::new(),
            }))));
        }
        let question = Question {
            requester: actor,
            vms: &vms,
            length: Some(request.length),
            source: Some(offered),
            reason: request.reason.as_ref(),
        };
        let allowed = match policy::judge(&self.rules.load(), &question) {
            Ok(allowed) => allowed,
            Err(why) => return Ok(Err(NotConfirmed::NotAsked(Box::new(NotAsked::Rules(why))))),
        };
        let mut request = request;
        // What holds is what the rules say when it is sent.
        request.terms = allowed.terms;
        match confirm_source(request.clone(), offered, now) {
            Some(change) => {
                work.set_answer_token(id, &self.answer_token(token, now)).await?;
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                Ok(Ok(request))
            }
            None => Ok(Err(NotConfirmed::NotADraft {
                request: Box::new(request),
            })),
        }
    }
}

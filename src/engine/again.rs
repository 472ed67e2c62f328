//! Somebody asks for the same as an earlier request of theirs: judged anew, by the rules of today.

use super::{
    Engine, despite_races,
    request::{NotAsked, Read, Typed},
};
use crate::{
    chat::rest::InteractionToken,
    domain::{
        actor::Actor,
        ids::{ChannelId, RequestId, RequestNumber},
        request::Request,
    },
    policy::Refusal,
    store::{Phase, RequestFilter, StoreError, Work},
};

/// A click on Ask again.
#[derive(Debug, Clone)]
pub struct Again {
    pub actor: Actor,
    /// `None`, in a direct message: where the earlier one was asked.
    pub asked_in: Option<ChannelId>,
    pub token: InteractionToken,
    /// The interaction's id.
    pub interaction: u64,
}

/// Why nothing was asked.
#[derive(Debug)]
pub enum NotAskedAgain {
    UnknownRequest,
    NotYours(RequestNumber),
    NotOver(Box<Request>),
    /// The same was asked already and is not decided.
    Waits {
        number: RequestNumber,
        waiting: RequestNumber,
    },
    NotAsked(Box<NotAsked>),
}

impl Engine {
    /// Stores a request for the doors, the length, the source, the reason and the coming start of request `id`, or says why not.
    pub async fn repeat(
        &self,
        id: RequestId,
        again: &Again,
    ) -> Result<Result<Request, NotAskedAgain>, StoreError> {
        despite_races(|| self.try_repeat(id, again)).await
    }

    async fn try_repeat(
        &self,
        id: RequestId,
        again: &Again,
    ) -> Result<Result<Request, NotAskedAgain>, StoreError> {
        if let Some(why) = self.nobody_there_again(id, again).await? {
            let why = NotAsked::Rules(why);
            return Ok(Err(NotAskedAgain::NotAsked(Box::new(why))));
        }
        // One turn for all of it, so that the second of two clicks sees what the first has asked.
        let mut work = self.store.begin().await?;
        let Some((earlier, _)) = work.load_request(id).await? else {
            return Ok(Err(NotAskedAgain::UnknownRequest));
        };
        let number = earlier.number;
        if earlier.requester.id != again.actor.person.id {
            return Ok(Err(NotAskedAgain::NotYours(number)));
        }
        if !earlier.can_be_asked_again() {
            return Ok(Err(NotAskedAgain::NotOver(Box::new(earlier))));
        }
        if let Some(waiting) = same_that_waits(&mut work, &earlier).await? {
            return Ok(Err(NotAskedAgain::Waits { number, waiting }));
        }
        let typed = Typed {
            actor: again.actor.clone(),
            vm: String::new(),
            port: String::new(),
            length: None,
            from: None,
            reason: None,
            at: None,
            template: None,
            asked_in: again.asked_in.unwrap_or(earlier.asked_in),
            token: again.token.clone(),
            interaction: again.interaction,
        };
        let view = self.inventory.view();
        let asked = match Read::of(&earlier, &view, self.now()) {
            Ok(read) => self.ask(work, &typed, read).await?,
            Err(why) => Err(why),
        };
        Ok(asked.map_err(|why| NotAskedAgain::NotAsked(Box::new(why))))
    }
}

impl Engine {
    /// Why nobody could approve the same once more. What else stands against it is found out in the writer's turn.
    async fn nobody_there_again(&self, id: RequestId, again: &Again) -> Result<Option<Refusal>, StoreError> {
        let Some((earlier, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(None);
        };
        if earlier.requester.id != again.actor.person.id || !earlier.can_be_asked_again() {
            return Ok(None);
        }
        let view = self.inventory.view();
        match Read::of(&earlier, &view, self.now()) {
            Ok(read) => self.nobody_there(&again.actor, &read).await,
            Err(_) => Ok(None),
        }
    }
}

/// A request of the same person for the same doors that is not decided.
async fn same_that_waits(work: &mut Work, earlier: &Request) -> Result<Option<RequestNumber>, StoreError> {
    /// More than a person has waiting at once.
    const LOOKED_AT: u32 = 50;
    let doors: Vec<_> = earlier.doors().collect();
    for phase in [Phase::Draft, Phase::Pending] {
        let filter = RequestFilter {
            requester: Some(earlier.requester.id),
            phase: Some(phase),
            before: None,
        };
        let waiting = work.list_requests(filter, LOOKED_AT).await?;
        let same = waiting
            .into_iter()
            .map(|(request, _)| request)
            .find(|request| request.extends.is_none() && request.doors().collect::<Vec<_>>() == doors);
        if let Some(request) = same {
            return Ok(Some(request.number));
        }
    }
    Ok(None)
}

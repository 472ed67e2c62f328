//! Timer: nobody has decided, so further people are called who may.

use super::{Engine, worker::Outcome, write};
use crate::{
    chat::message::reminder as text,
    domain::{Instant, ids::RequestId, request::RequestState},
    store::{Job, StoreError},
};

const CARD_LATER: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

impl Engine {
    /// Writes which steps are taken; they are posted by jobs of their own.
    pub(super) async fn run_escalate(&self, id: RequestId, since: Instant) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let request = match request.escalate(since, now) {
            Ok(change) => {
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                request
            }
            Err(request) => request,
        };
        // What is due and cannot be done any more is not tried again.
        let next = request.next_escalation(since).filter(|due| *due > now);
        Ok(next.map_or(Outcome::Done, Outcome::at))
    }

    /// Posts a call to whoever was escalated to at that time.
    pub(super) async fn run_call(
        &self,
        job: &Job,
        id: RequestId,
        at: Instant,
    ) -> Result<Outcome, StoreError> {
        let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        if !matches!(request.state, RequestState::Pending { .. }) {
            return Ok(Outcome::Done);
        }
        let Some(card) = self.store.read().await?.card(id).await? else {
            return Ok(Outcome::at(self.now() + CARD_LATER));
        };
        let marker = text::call_marker(&request, at);
        let scene = self.scene(request).await?;
        let rendered = scene.show(|view| text::call(view, at));
        let outcome = self.reply_to_card(job, &card, &rendered, &marker).await?;
        Ok(outcome.unwrap_or(Outcome::Done))
    }
}

//! Tells a person by direct message why a reaction of theirs did not count.

use super::{Engine, trail::nonce, worker::Outcome};
use crate::{
    chat::{
        message,
        rest::{JsonCode, Pings, RestError},
        snowflake,
    },
    domain::ids::{RequestId, UserId},
    store::{Job, StoreError},
};

impl Engine {
    pub(super) async fn run_tell_voter(
        &self,
        job: &Job,
        request: RequestId,
        voter: UserId,
        why: &str,
    ) -> Result<Outcome, StoreError> {
        let Some((request, _)) = self.store.read().await?.load_request(request).await? else {
            return Ok(Outcome::Done);
        };
        let text = message::refusal::vote::tell_voter(request.number, why);
        match self.direct_message(job, voter, &text).await {
            Ok(()) => Ok(Outcome::Done),
            // A closed inbox is the person's choice; the record has the refusal.
            Err(why) if why.is(JsonCode::DmClosed) || why.is(JsonCode::UnknownUser) => Ok(Outcome::Done),
            Err(why) if why.certainly_not_done() && why.code().is_some() => Ok(Outcome::give_up(why)),
            Err(why) => Ok(Outcome::retry(why)),
        }
    }

    pub(super) async fn direct_message(
        &self,
        job: &Job,
        to: UserId,
        text: &message::Rendered,
    ) -> Result<(), RestError> {
        let inbox = self.rest.open_dm(snowflake::user(to)).await?;
        self.rest
            .create_message(inbox.id, text.to_message(), &Pings::nobody(), &nonce(job.id()))
            .await
            .map(|_| ())
    }
}

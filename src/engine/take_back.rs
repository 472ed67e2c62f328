//! An approver takes an approval back: with a button, or by taking its reaction off the card.

use super::{Engine, despite_races, reactions, write};
use crate::{
    domain::{
        Instant,
        ids::{RequestId, UserId},
        request::{How, Request, TakeBackRefusal},
    },
    store::StoreError,
};

/// Why nothing was taken back.
#[derive(Debug)]
pub enum NotTakenBack {
    UnknownRequest,
    Refused {
        request: Box<Request>,
        why: TakeBackRefusal,
    },
}

impl Engine {
    /// Takes the approval of `voter` back, if nothing is decided. `read_at`, for a reaction that was found gone: an
    /// approval that came later is another one.
    pub async fn take_back(
        &self,
        id: RequestId,
        voter: UserId,
        how: How,
        read_at: Option<Instant>,
    ) -> Result<Result<Request, NotTakenBack>, StoreError> {
        despite_races(|| self.try_take_back(id, voter, how, read_at)).await
    }

    async fn try_take_back(
        &self,
        id: RequestId,
        voter: UserId,
        how: How,
        read_at: Option<Instant>,
    ) -> Result<Result<Request, NotTakenBack>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotTakenBack::UnknownRequest));
        };
        let refused = |why| {
            Ok(Err(NotTakenBack::Refused {
                request: Box::new(request.clone()),
                why,
            }))
        };
        let is_newer = |read_at| {
            let mut votes = request.votes().iter();
            votes.any(|vote| vote.voter.id == voter && vote.at > read_at)
        };
        if read_at.is_some_and(is_newer) {
            return refused(TakeBackRefusal::NothingSaid);
        }
        let today = self.terms_today(&request);
        match request.clone().take_back(voter, how, today.as_deref(), now) {
            Ok(mut change) => {
                // A reaction that stands beside the button would say what is not so any more.
                if how == How::Button {
                    let off = reactions::off_the_card(&mut work, id, voter, reactions::YES).await?;
                    change.effects.extend(off);
                }
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                Ok(Ok(request))
            }
            Err(why) => refused(why),
        }
    }
}

//! The requester takes a request back.

use super::{Engine, despite_races, write};
use crate::{
    domain::{
        actor::Person,
        ids::RequestId,
        request::{Request, WithdrawRefusal},
    },
    store::StoreError,
};

/// Why nothing was withdrawn.
#[derive(Debug)]
pub enum NotWithdrawn {
    UnknownRequest,
    Refused {
        request: Box<Request>,
        why: WithdrawRefusal,
    },
}

impl Engine {
    /// Withdraws a request of `by` that is not decided yet.
    pub async fn withdraw(
        &self,
        id: RequestId,
        by: &Person,
    ) -> Result<Result<Request, NotWithdrawn>, StoreError> {
        despite_races(|| self.try_withdraw(id, by)).await
    }

    async fn try_withdraw(
        &self,
        id: RequestId,
        by: &Person,
    ) -> Result<Result<Request, NotWithdrawn>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotWithdrawn::UnknownRequest));
        };
        match request.clone().withdraw(by, now) {
            Ok(change) => {
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                Ok(Ok(request))
            }
            Err(why) => Ok(Err(NotWithdrawn::Refused {
                request: Box::new(request),
                why,
            })),
        }
    }
}

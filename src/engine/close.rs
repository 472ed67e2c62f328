//! Somebody closes windows before their end.

use super::{Engine, despite_races, settle::write_window};
use crate::{
    domain::{
        actor::Actor,
        ids::RequestId,
        request::Request,
        window::{NotNow, Window},
    },
    store::StoreError,
};

/// What was closed.
#[derive(Debug)]
pub struct Closing {
    pub request: Request,
    /// All windows of the request, as they are now.
    pub windows: Vec<Window>,
    /// How many of them this call has begun to close.
    pub begun: usize,
}

/// Why nothing was closed.
#[derive(Debug)]
pub enum NotClosed {
    UnknownRequest,
    /// Neither the requester, nor an approver of it, nor an administrator.
    NotAllowed,
    /// No window of it is open or opening.
    NothingOpen {
        request: Box<Request>,
        windows: Vec<Window>,
    },
}

impl Engine {
    /// Closes all windows of a request that are open or opening.
    pub async fn close(
        &self,
        id: RequestId,
        actor: &Actor,
    ) -> Result<Result<Closing, NotClosed>, StoreError> {
        despite_races(|| self.try_close(id, actor)).await
    }

    async fn try_close(
        &self,
        id: RequestId,
        actor: &Actor,
    ) -> Result<Result<Closing, NotClosed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, _)) = work.load_request(id).await? else {
            return Ok(Err(NotClosed::UnknownRequest));
        };
        if !self.may_close(&request, actor) {
            return Ok(Err(NotClosed::NotAllowed));
        }
        let mut windows = Vec::new();
        let mut begun = 0;
        for (window, version) in work.windows_of(id).await? {
            match window.ask_close(&request, &actor.person, now) {
                Ok(change) => {
                    // Read again each time: settling the last window has changed the request.
                    let Some((request, request_version)) = work.load_request(id).await? else {
                        return Ok(Err(NotClosed::UnknownRequest));
                    };
                    windows.push(
                        write_window(&mut work, (&request, request_version), change, version, now).await?,
                    );
                    begun += 1;
                }
                Err(NotNow(window)) => windows.push(window),
            }
        }
        if begun == 0 {
            return Ok(Err(NotClosed::NothingOpen {
                request: Box::new(request),
                windows,
            }));
        }
        work.commit().await?;
        Ok(Ok(Closing {
            request,
            windows,
            begun,
        }))
    }

    /// Whether this person may close the windows of a request: whoever asked, whoever may approve it, and administrators: closing is never a risk.
    pub fn may_close(&self, request: &Request, actor: &Actor) -> bool {
        request.requester.id == actor.person.id
            || request
                .terms
                .iter()
                .any(|terms| actor.is_any_of(&terms.approvers))
            || self.administers(actor)
    }
}

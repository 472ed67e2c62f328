//! Timer: a request that nobody answered, or a draft without a source, lapses.

use super::{Engine, worker::Outcome, write};
use crate::{domain::ids::RequestId, domain::request::RequestState, store::StoreError};

impl Engine {
    pub(super) async fn run_lapse(&self, id: RequestId) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        match request.lapse(now) {
            Ok(change) => {
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                Ok(Outcome::Done)
            }
            // A draft that became pending has a later deadline than its first timer knew.
            Err(request) => match request.state {
                RequestState::Draft { lapses_at: due, .. } | RequestState::Pending { answer_by: due, .. } => {
                    Ok(Outcome::at(due))
                }
                _ => Ok(Outcome::Done),
            },
        }
    }
}

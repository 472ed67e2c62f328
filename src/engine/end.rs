//! Timer: a window's end has come.

use super::{Engine, settle::write_window, worker::Outcome};
use crate::{
    domain::{
        ids::WindowId,
        window::{NotNow, WindowState},
    },
    store::StoreError,
};

impl Engine {
    pub(super) async fn run_end(&self, id: WindowId) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((window, version)) = work.load_window(id).await? else {
            return Ok(Outcome::Done);
        };
        let Some((request, request_version)) = work.load_request(window.request).await? else {
            return Ok(Outcome::Done);
        };
        let frozen = work.freeze().await?.is_some();
        match window.end(&request, frozen, now) {
            Ok(change) => {
                write_window(&mut work, (&request, request_version), change, version, now).await?;
                work.commit().await?;
                Ok(Outcome::Done)
            }
            Err(NotNow(window)) => match window.state {
                WindowState::Opening { .. } | WindowState::Open { .. } => Ok(Outcome::at(window.ends_at)),
                _ => Ok(Outcome::Done),
            },
        }
    }
}

//! Windows of other people on the doors of a request: Azure keeps one request per VM and port, so that the newer
//! one would take their place.

use super::Engine;
use crate::{
    chat::{message::conflict, rest::JsonCode, snowflake},
    domain::{
        Change,
        effect::{Effect, Task},
        ids::{RequestId, WindowId},
        request::{Request, RequestState},
        window::WindowState,
    },
    engine::{trail::nonce, worker::Outcome},
    store::{Job, StoreError, Work},
};

/// What tells the owners of windows that `request`, which waits or is approved, would replace.
pub(super) async fn owners_are_told(work: &mut Work, request: &Request) -> Result<Change<()>, StoreError> {
    let may_open = matches!(
        request.state,
        RequestState::Pending { .. } | RequestState::Approved { .. }
    );
    if !may_open {
        return Ok(Change {
            after: (),
            records: Vec::new(),
            effects: Vec::new(),
        });
    }
    let doors: Vec<_> = request.doors().collect();
    let mut effects = Vec::new();
    for (window, _) in work.windows_at(&doors).await? {
        let is_lost = matches!(
            window.state,
            WindowState::Opening { .. } | WindowState::Open { .. }
        );
        // One that is over before a later start is in nobody's way.
        let is_lost = is_lost && request.starts_at.is_none_or(|start| start < window.ends_at);
        if window.request == request.id || !is_lost {
            continue;
        }
        let Some((other, _)) = work.load_request(window.request).await? else {
            continue;
        };
        if other.requester.id != request.requester.id {
            effects.push(Effect::now(Task::TellReplaced {
                window: window.id,
                by: request.id,
            }));
        }
    }
    Ok(Change {
        after: (),
        records: Vec::new(),
        effects,
    })
}

impl Engine {
    /// Tells the owner of a window, in private, or where their inbox is closed in the channel where they asked.
    pub(super) async fn run_tell_replaced(
        &self,
        job: &Job,
        window: WindowId,
        by: RequestId,
    ) -> Result<Outcome, StoreError> {
        let mut view = self.store.read().await?;
        let Some((window, _)) = view.load_window(window).await? else {
            return Ok(Outcome::Done);
        };
        let (Some((owned, _)), Some((newer, _))) = (
            view.load_request(window.request).await?,
            view.load_request(by).await?,
        ) else {
            return Ok(Outcome::Done);
        };
        drop(view);
        let text = conflict::to_owner(&window, &owned, &newer);
        match self.direct_message(job, owned.requester.id, &text).await {
            Ok(()) => Ok(Outcome::Done),
            Err(why) if why.is(JsonCode::DmClosed) => {
                let text = conflict::to_owner_in_channel(&window, &owned, &newer);
                let posted = self
                    .rest
                    .create_message(
                        snowflake::channel(owned.asked_in),
                        text.to_message(),
                        &snowflake::pings(&text.pings),
                        &nonce(job.id()),
                    )
                    .await;
                match posted {
                    Ok(_) => Ok(Outcome::Done),
                    Err(why) => Ok(super::card::failed(why)),
                }
            }
            Err(why) if why.is(JsonCode::UnknownUser) => Ok(Outcome::Done),
            Err(why) => Ok(super::card::failed(why)),
        }
    }
}

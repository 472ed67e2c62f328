//! Timer: the requester is told that an access ends soon, while more time can still be asked for.
//!
//! The timer begins when Azure shows the first window open. When it rings, what is said is worked out from what is
//! stored then: nothing, if the access has ended, was made longer, or if no rule wants it any more.

use super::{Engine, card::failed, worker::Outcome};
use crate::{
    chat::{
        message::{answer::Place, notice},
        rest::JsonCode,
        snowflake,
    },
    domain::{
        Instant,
        effect::{Effect, Task},
        ids::{ChannelId, RequestId},
        request::{Request, RequestState},
        window::WindowState,
    },
    store::{Job, StoreError},
};

impl Engine {
    /// The timer for the notice of an access that opens `now` and ends at `ends_at`.
    ///
    /// An access that is no longer than the notice gets none: it would be told of its end when it begins. A window
    /// that opens later than the others finds the timer there, or the notice given.
    pub(super) fn notice_timer(&self, request: &Request, ends_at: Instant, now: Instant) -> Option<Effect> {
        let before = self.rules.load().notice_before(&request.terms)?;
        let due = ends_at - before.delta();
        (now < due).then(|| Effect::at(due, Task::Notice { request: request.id }))
    }

    pub(super) async fn run_notice(&self, job: &Job, id: RequestId) -> Result<Outcome, StoreError> {
        let now = self.now();
        let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let RequestState::Approved { ends_at, .. } = request.state else {
            return Ok(Outcome::Done);
        };
        let Some(before) = self.rules.load().notice_before(&request.terms) else {
            return Ok(Outcome::Done);
        };
        if now >= ends_at {
            return Ok(Outcome::Done);
        }
        // The rules may have come to want it later; earlier than its timer it cannot be told any more.
        let due = ends_at - before.delta();
        if now < due {
            return Ok(Outcome::at(due));
        }
        let mut asked = None;
        for (extension, _) in self.store.read().await?.extensions_of(id).await? {
            match extension.state {
                RequestState::Approved { .. } => return Ok(Outcome::Done),
                RequestState::Pending { .. } => asked = Some(extension.number),
                _ => {}
            }
        }
        let scene = self.scene(request).await?;
        if !scene
            .windows
            .iter()
            .any(|window| matches!(window.state, WindowState::Open { .. }))
        {
            return Ok(Outcome::Done);
        }
        let marker = notice::marker(&scene.request);
        let text = |place| scene.show(|view| notice::notice(view, ends_at, asked, place));
        let requester = snowflake::user(scene.request.requester.id);
        let told = match self.rest.open_dm(requester).await {
            Ok(inbox) => {
                let inbox = ChannelId(inbox.id.get());
                self.post_once(job, inbox, None, &text(Place::Private), &marker)
                    .await?
            }
            Err(why) => Err(why),
        };
        let told = match told {
            Err(why) if why.is(JsonCode::DmClosed) => {
                self.post_once(job, scene.request.asked_in, None, &text(Place::Channel), &marker)
                    .await?
            }
            told => told,
        };
        Ok(match told {
            Ok(()) => Outcome::Done,
            // Whoever has left reads nothing.
            Err(why) if why.is(JsonCode::UnknownUser) => Outcome::Done,
            Err(why) => failed(why),
        })
    }
}

//! Timer: reminds of a request that waits, ever more seldom.

use chrono::TimeDelta;

use super::{Engine, worker::Outcome};
use crate::{
    chat::message::reminder as text,
    domain::{
        Instant,
        attention::next_reminder,
        effect::{Effect, Task},
        ids::RequestId,
        request::RequestState,
    },
    store::{Job, StoreError},
};

/// How long something that comes first is waited for.
const SOON: TimeDelta = TimeDelta::seconds(1);
const CARD_LATER: TimeDelta = TimeDelta::seconds(30);

/// One reminder of a request that waits since an instant: the `nth` that is posted, planned for `at`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reminder {
    pub(super) request: RequestId,
    pub(super) since: Instant,
    pub(super) at: Instant,
    pub(super) nth: u32,
}

impl Engine {
    pub(super) async fn run_remind(&self, job: &Job, due: Reminder) -> Result<Outcome, StoreError> {
        let now = self.now();
        let Some((request, _)) = self.store.read().await?.load_request(due.request).await? else {
            return Ok(Outcome::Done);
        };
        let (RequestState::Pending { answer_by, .. }, Some(every)) = (&request.state, request.remind_every())
        else {
            return Ok(Outcome::Done);
        };
        let answer_by = *answer_by;
        if now >= answer_by {
            return Ok(Outcome::Done);
        }
        // Somebody is looking at it, and is not disturbed for a while.
        if let Some(until) = request.held_until().filter(|until| now < *until) {
            return Ok(Outcome::at(next_reminder(due.since, every, until)));
        }
        // After a downtime both may be due; whoever is called then needs no reminder on top.
        if request.next_escalation(due.since).is_some_and(|due| due <= now) {
            return Ok(Outcome::at(now + SOON));
        }
        let is_said = request.escalated().iter().any(|step| step.at >= due.at);
        if !is_said {
            let Some(card) = self.store.read().await?.card(due.request).await? else {
                return Ok(Outcome::at(now + CARD_LATER));
            };
            let marker = text::reminder_marker(&request, due.nth);
            let scene = self.scene(request).await?;
            let rendered = scene.show(|view| text::reminder(view, due.nth));
            if let Some(outcome) = self.reply_to_card(job, &card, &rendered, &marker).await? {
                return Ok(outcome);
            }
        }
        let at = next_reminder(due.since, every, now);
        if at < answer_by {
            let next = Task::Remind {
                request: due.request,
                since: due.since,
                at,
                nth: due.nth + u32::from(!is_said),
            };
            let mut work = self.store.begin().await?;
            work.enqueue(&Effect::at(at, next), now).await?;
            work.commit().await?;
        }
        Ok(Outcome::Done)
    }
}

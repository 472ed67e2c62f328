//! Pushing the state to the page as server-sent events: `clock`, `discord` and `azure`, each as a whole.
//!
//! Changes that come close together are pushed together, so that a burst does not drown the browser.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use chrono::TimeDelta;
use futures::stream;
use serde_json::Value;
use tokio::sync::watch;

use super::{Page, clock};

/// Real time in which changes are gathered.
const GATHER: Duration = Duration::from_millis(40);
/// Real time after which the clock is looked at even when nothing has changed: tests and demos move it as well.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) async fn events(State(page): State<Page>) -> impl IntoResponse {
    let mut discord = page.discord.revision();
    let mut azure = page.azure.revision();
    discord.mark_changed();
    azure.mark_changed();
    let feed = Feed {
        discord,
        azure,
        ahead: None,
        pushed: [None; 2],
        waiting: VecDeque::new(),
        page,
    };
    let stream = stream::unfold(feed, |mut feed| async move {
        let event = feed.next().await?;
        Some((Ok::<_, Infallible>(event), feed))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

struct Feed {
    page: Page,
    discord: watch::Receiver<u64>,
    azure: watch::Receiver<u64>,
    /// How far the clock was ahead when it was last pushed.
    ahead: Option<TimeDelta>,
    /// The revisions of Discord and Azure that were pushed last.
    pushed: [Option<u64>; 2],
    waiting: VecDeque<Event>,
}

impl Feed {
    /// The next event; `None` once an emulator is gone.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let news = async {
                tokio::select! {
                    changed = self.discord.changed() => changed,
                    changed = self.azure.changed() => changed,
                }
            };
            if let Ok(changed) = tokio::time::timeout(LOOK, news).await {
                changed.ok()?;
                gather().await;
                let seen = [*self.discord.borrow_and_update(), *self.azure.borrow_and_update()].map(Some);
                let pushed = std::mem::replace(&mut self.pushed, seen);
                if pushed[0] != seen[0] {
                    self.push("discord", &self.page.discord.state());
                }
                if pushed[1] != seen[1] {
                    self.push("azure", &self.page.azure.state());
                }
            }
            let ahead = self.page.clock.offset();
            if self.ahead != Some(ahead) {
                self.ahead = Some(ahead);
                self.push_first("clock", &clock::now(&self.page));
            }
        }
    }

    fn push(&mut self, name: &str, state: &Value) {
        self.waiting
            .push_back(Event::default().event(name).data(state.to_string()));
    }

    fn push_first(&mut self, name: &str, state: &Value) {
        self.waiting
            .push_front(Event::default().event(name).data(state.to_string()));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the browser's pace is real time, not the world's"
)]
async fn gather() {
    tokio::time::sleep(GATHER).await;
}

//! One bucket: who may go now, who waits, and what the answers say about it.

use std::{
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    LimitHeaders,
    headers::{Limit, Window},
    lock, time_to,
};

/// One bucket.
///
/// Until its first answer it lets one call through at a time, so that a burst against an unknown limit
/// cannot overrun it.
#[derive(Default)]
pub(super) struct Bucket {
    /// First come, first served: only the holder of this lock waits for room.
    queue: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    room: Notify,
}

#[derive(Default)]
struct State {
    in_flight: u32,
    knowledge: Knowledge,
    /// A 429 stands until then.
    turned_away_until: Option<Instant>,
    /// The calls of this bucket belong to another one, whose name has become known.
    closed_down: bool,
}

#[derive(Default)]
enum Knowledge {
    #[default]
    Nothing,
    /// The answers carry no limits.
    Unlimited,
    Window {
        limit: u32,
        remaining: u32,
        resets: Instant,
    },
}

/// What became of waiting.
#[derive(Debug)]
pub(super) enum Turn {
    Go,
    Elsewhere,
}

enum Check {
    Go,
    Elsewhere,
    /// Nothing changes before this instant.
    At(Instant),
    /// An answer is on its way and will tell.
    OnAnswer,
}

impl Bucket {
    /// Until when surely nothing can be sent.
    pub(super) fn closed_until(&self) -> Option<Instant> {
        lock(&self.state).closed_until(Instant::now())
    }

    /// Waits for a place; else says how long it would take.
    pub(super) async fn enter(&self, deadline: Instant) -> Result<Turn, Duration> {
        let Ok(_first_in_queue) = timeout_at(deadline, self.queue.lock()).await else {
            return Err(self.estimate());
        };
        loop {
            let check = lock(&self.state).check(Instant::now());
            match check {
                Check::Go => return Ok(Turn::Go),
                Check::Elsewhere => return Ok(Turn::Elsewhere),
                Check::At(opens) if opens > deadline => return Err(time_to(opens)),
                Check::At(opens) => sleep_until(opens).await,
                // An answer that came between the check and here has left its mark in the Notify.
                Check::OnAnswer => {
                    if timeout_at(deadline, self.room.notified()).await.is_err() {
                        return Err(self.estimate());
                    }
                }
            }
        }
    }

    /// One of this bucket's calls has been answered, or will not be.
    pub(super) fn answered(&self, headers: Option<&LimitHeaders>) {
        let mut state = self.change();
        state.in_flight = state.in_flight.saturating_sub(1);
        if let Some(headers) = headers {
            state.learn(headers, Instant::now());
        }
    }

    /// Takes in the answer to a call that was sent in another bucket's name.
    pub(super) fn told(&self, headers: &LimitHeaders) {
        self.change().learn(headers, Instant::now());
    }

    /// Sends everybody who waits here elsewhere.
    pub(super) fn close_down(&self) {
        self.change().closed_down = true;
    }

    /// The state, and a wake-up for the first in the queue, who looks once this lock is free.
    fn change(&self) -> MutexGuard<'_, State> {
        let state = lock(&self.state);
        self.room.notify_one();
        state
    }

    fn estimate(&self) -> Duration {
        self.closed_until().map_or(GUESS, time_to)
    }
}

impl State {
    /// Takes a place if there is one.
    fn check(&mut self, now: Instant) -> Check {
        if self.closed_down {
            return Check::Elsewhere;
        }
        if let Some(until) = self.closed_until(now) {
            return Check::At(until);
        }
        let has_room = match &mut self.knowledge {
            Knowledge::Unlimited => true,
            Knowledge::Nothing => self.in_flight == 0,
            Knowledge::Window {
                remaining, resets, ..
            } if now < *resets => {
                *remaining = remaining.saturating_sub(1);
                true
            }
            // The window is over, and the next answer will tell about the new one.
            Knowledge::Window { limit, .. } => self.in_flight < *limit,
        };
        if !has_room {
            return Check::OnAnswer;
        }
        self.in_flight += 1;
        Check::Go
    }

    fn closed_until(&self, now: Instant) -> Option<Instant> {
        let window = match self.knowledge {
            Knowledge::Window {
                remaining: 0, resets, ..
            } => Some(resets),
            _ => None,
        };
        window.max(self.turned_away_until).filter(|until| *until > now)
    }

    fn learn(&mut self, headers: &LimitHeaders, now: Instant) {
        // Calls that do not count for the global limit wait here only, so one about everything counts too.
        if let Limit::Bucket { retry_after } | Limit::Everything { retry_after } = headers.turned_away {
            self.turned_away_until = self.turned_away_until.max(Some(now + retry_after));
        }
        match (headers.window, &self.knowledge) {
            (Some(window), _) => self.knowledge = self.next_window(window, now),
            (None, Knowledge::Nothing) if matches!(headers.turned_away, Limit::None) => {
                self.knowledge = Knowledge::Unlimited;
            }
            (None, _) => {}
        }
    }

    /// Answers may arrive in another order than they were made, so within one window `remaining` only falls;
    /// in a new one, the calls still under way may not have been counted yet.
    fn next_window(&self, new: Window, now: Instant) -> Knowledge {
        let remaining = match self.knowledge {
            Knowledge::Window {
                remaining, resets, ..
            } if now < resets => new.remaining.min(remaining),
            _ => new.remaining.saturating_sub(self.in_flight),
        };
        Knowledge::Window {
            limit: new.limit,
            remaining,
            resets: now + new.reset_after,
        }
    }
}

/// How long to wait when nobody knows.
const GUESS: Duration = Duration::from_secs(1);

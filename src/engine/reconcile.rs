//! Makes good what was missed: at start, and on a timer, the stored state is compared with the outside.
//!
//! It changes nothing itself that a verb or a job could change: it asks for the same jobs again.

use std::{collections::BTreeSet, sync::Arc};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::{Engine, network_check::RuleSeen};
use crate::{
    azure::{
        ArmError,
        jit::{Seen, Shut, verdict},
    },
    domain::{
        effect::{Effect, Task},
        request::{Request, RequestState},
        window::{Proof, Window, WindowState},
    },
    store::{Phase, RequestFilter, StoreError},
    telemetry::Causes,
};

/// How long an old link is told apart from one that was never made.
const KEEP_LINKS: TimeDelta = TimeDelta::days(1);
/// Longer than the life of any window, so that a found window is told once.
const KEEP_SEEN: TimeDelta = TimeDelta::days(30);
const KEEP_DEAD: TimeDelta = TimeDelta::days(90);
/// Nobody turns the pages of an older one: it is asked for anew.
const KEEP_LOOKS: TimeDelta = TimeDelta::days(1);

impl Engine {
    /// Reconciles at once and then on a timer, until `stop`.
    pub async fn keep_reconciled(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                done = self.reconcile() => if let Err(why) = done {
                    error!(error = %Causes(&why), "The comparison with Azure and Discord did not come to its end; it is made again.");
                },
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep_until(self.now() + self.settings.compare_every) => {}
            }
        }
    }

    /// One comparison of everything that is not over.
    pub async fn reconcile(&self) -> Result<(), StoreError> {
        let windows: Vec<Window> = self
            .store
            .read()
            .await?
            .windows_not_over()
            .await?
            .into_iter()
            .map(|(window, _)| window)
            .collect();
        self.ask_again(&windows).await?;
        for card in self.store.read().await?.cards_in(Phase::Pending).await? {
            self.read_reactions(card.request).await?;
        }
        self.compare_with_azure(&windows).await?;
        self.forget_old().await
    }

    /// Every row that waits for something has its job. Asking for a job that is there changes nothing.
    async fn ask_again(&self, windows: &[Window]) -> Result<(), StoreError> {
        let now = self.now();
        let mut effects = Vec::new();
        for window in windows {
            let id = window.id;
            match &window.state {
                WindowState::Opening {
                    asked_at: Some(_), ..
                } => effects.push(Effect::now(Task::Watch { window: id })),
                WindowState::Closing { .. } => effects.push(Effect::now(Task::Confirm { window: id })),
                WindowState::Opening { .. } | WindowState::Open { .. } => {}
                WindowState::Closed { .. } | WindowState::Failed { .. } => continue,
            }
            effects.push(Effect::at(window.ends_at, Task::End { window: id }));
        }
        for request in self.not_over().await? {
            if let RequestState::Draft { lapses_at: due, .. } | RequestState::Pending { answer_by: due, .. } =
                request.state
            {
                effects.push(Effect::at(due, Task::Lapse { request: request.id }));
            }
            if let RequestState::Scheduled { starts_at, .. } = request.state {
                effects.push(Effect::at(starts_at, Task::Start { request: request.id }));
            }
            effects.push(Effect::now(Task::Card { request: request.id }));
            effects.push(Effect::now(Task::Answer { request: request.id }));
        }
        effects.extend(self.next_digest(now));
        for row in self.store.read().await?.steps_to_write().await? {
            let policy = row.step.policy;
            effects.push(Effect::now(Task::Configure { policy }));
        }
        let mut work = self.store.begin().await?;
        work.apply(Vec::new(), &effects, now).await?;
        work.commit().await
    }

    async fn not_over(&self) -> Result<Vec<Request>, StoreError> {
        const PAGE: u32 = 200;
        let mut found = Vec::new();
        for phase in [Phase::Draft, Phase::Pending, Phase::Active] {
            let mut before = None;
            loop {
                let filter = RequestFilter {
                    phase: Some(phase),
                    requester: None,
                    before,
                };
                let page = self.store.read().await?.list_requests(filter, PAGE).await?;
                before = page.last().map(|(request, _)| request.number.0);
                let full = page.len() >= PAGE as usize;
                found.extend(page.into_iter().map(|(request, _)| request));
                if !full {
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn forget_old(&self) -> Result<(), StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        work.forget_answer_tokens(now).await?;
        work.forget_proposal_tokens(now).await?;
        work.forget_look_tokens(now).await?;
        work.forget_looks(now - KEEP_LOOKS).await?;
        work.forget_seen(now - KEEP_SEEN).await?;
        work.forget_address_links(now - KEEP_LINKS).await?;
        work.forget_dead_jobs(now - KEEP_DEAD).await?;
        work.commit().await
    }

    /// Windows that Azure replaced or lost, and windows that this bot did not open.
    ///
    /// One list per subscription shows what is suspicious; what it is, the JIT policy itself says, because a list
    /// over regions may lag behind.
    async fn compare_with_azure(&self, windows: &[Window]) -> Result<(), StoreError> {
        let view = self.inventory.view();
        let of_windows = windows.iter().map(|window| window.policy.subscription());
        let subscriptions: BTreeSet<_> = view.subscriptions().chain(of_windows).cloned().collect();
        for subscription in subscriptions {
            let states = match self.arm.jit_policies(&subscription).await {
                Ok(states) => states,
                Err(why) => {
                    warn!(subscription = %subscription, error = %why, "The JIT policies of a subscription could not be read; they are compared at the next look.");
                    continue;
                }
            };
            self.compare_windows(&subscription, &states).await?;
            self.compare_policies(&subscription, &states).await?;
            let open = windows.iter().filter(|window| {
                matches!(window.state, WindowState::Open { .. })
                    && *window.policy.subscription() == subscription
            });
            for window in open {
                let listed = states.iter().find(|state| state.id == window.policy);
                if listed.is_none_or(|state| !stands(&verdict(state, window, self.now()))) {
                    self.look_for_window(window).await?;
                } else {
                    self.look_for_rule(window).await?;
                }
            }
        }
        Ok(())
    }

    /// A JIT policy does not notice when somebody takes a window's network rule away, or puts another one before it.
    /// Only a rule that was seen can be missed.
    async fn look_for_rule(&self, window: &Window) -> Result<(), StoreError> {
        let WindowState::Open {
            proof: Proof::RuleStands,
            kept_out_since,
            ..
        } = window.state
        else {
            return Ok(());
        };
        match (self.rule_of(window).await, kept_out_since) {
            (Ok(RuleSeen::Missing), _) => {}
            // Where a part of it still stands, the window is not over.
            (Ok(RuleSeen::Blocked), None) => {
                metrics::counter!("portcullis_behind_our_back_total", "what" => "kept_out").increment(1);
                return self
                    .change_window(window.id, |window, request, now| window.kept_out(request, now))
                    .await;
            }
            (Ok(RuleSeen::Stands), Some(_)) => {
                return self
                    .change_window(window.id, |window, request, _| window.let_in_again(request))
                    .await;
            }
            (Ok(RuleSeen::Blocked), Some(_)) | (Ok(RuleSeen::Stands), None) | (Ok(RuleSeen::Unknown), _) => {
                return Ok(());
            }
            (Err(why), _) => {
                warn!(vm = %window.vm, error = %why, "A window's network rule could not be read; it is looked for at the next look.");
                return Ok(());
            }
        }
        // Azure takes the rule away too, when the window is over or replaced: its word comes first.
        let read_at = self.now();
        match self.arm.read_back(&window.policy).await {
            Ok(state) if matches!(verdict(&state, window, read_at), Seen::Open { .. }) => {
                metrics::counter!("portcullis_behind_our_back_total", "what" => "rule_taken").increment(1);
                self.change_window(window.id, |window, request, now| window.rule_taken(request, now))
                    .await
            }
            Ok(_) | Err(ArmError::NotFound(_)) => self.look_for_window(window).await,
            Err(why) => {
                warn!(policy = %window.policy, error = %why, "A JIT policy could not be read; it is compared at the next look.");
                Ok(())
            }
        }
    }

    async fn look_for_window(&self, window: &Window) -> Result<(), StoreError> {
        let read_at = self.now();
        let seen = match self.arm.read_back(&window.policy).await {
            Ok(state) => verdict(&state, window, read_at),
            Err(ArmError::NotFound(_)) => Seen::NotThere,
            Err(why) => {
                warn!(policy = %window.policy, error = %why, "A JIT policy could not be read; it is compared at the next look.");
                return Ok(());
            }
        };
        match seen {
            // What opens in its place tells of both in a moment, in the order in which people understand it.
            Seen::Superseded { by } if self.is_told_soon(window, by.as_deref()).await? => Ok(()),
            Seen::Superseded { by } => self.lost_to(window, by.as_deref()).await,
            Seen::Shut(Shut::Closed) | Seen::ClosingUntil(_) => self.lost_to(window, None).await,
            Seen::Shut(_) | Seen::NotThere if read_at < window.ends_at => {
                metrics::counter!("portcullis_behind_our_back_total", "what" => "window_gone").increment(1);
                self.change_window(window.id, |window, request, now| window.vanished(request, now))
                    .await
            }
            _ => Ok(()),
        }
    }
}

/// Whether Azure still has the window as it was opened, or cannot tell.
fn stands(seen: &Seen) -> bool {
    matches!(
        seen,
        Seen::Open { .. } | Seen::Initiating | Seen::Lingering | Seen::Unreadable | Seen::Unclear { .. }
    )
}

//! The emergency brake: nothing new is opened until an administrator lifts it.

use super::{Engine, despite_races, write};
use crate::{
    domain::{
        Change,
        actor::Actor,
        freeze::Freeze,
        record::{By, Entry, Fact},
        text::FreeText,
        window::{Window, WindowState},
    },
    store::StoreError,
};

/// Why the brake was not moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotMoved {
    NotAnAdministrator,
    /// It is on already.
    FrozenAlready {
        freeze: Freeze,
    },
    /// It is not on.
    NotFrozen,
}

/// The kind of job that a freeze holds back.
const OPEN: &str = "open";

fn is_open(window: &Window) -> bool {
    matches!(window.state, WindowState::Open { .. })
}

impl Engine {
    /// The freeze that is on.
    pub async fn frozen(&self) -> Result<Option<Freeze>, StoreError> {
        self.store.read().await?.freeze().await
    }

    /// Stops every new opening, and says how many windows are open. Calls that are out already come to their end.
    pub async fn freeze(
        &self,
        actor: &Actor,
        reason: Option<FreeText>,
    ) -> Result<Result<usize, NotMoved>, StoreError> {
        if !self.administers(actor) {
            return Ok(Err(NotMoved::NotAnAdministrator));
        }
        despite_races(|| self.try_freeze(actor, reason.clone())).await
    }

    async fn try_freeze(
        &self,
        actor: &Actor,
        reason: Option<FreeText>,
    ) -> Result<Result<usize, NotMoved>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        if let Some(freeze) = work.freeze().await? {
            return Ok(Err(NotMoved::FrozenAlready { freeze }));
        }
        let freeze = Freeze {
            since: now,
            by: actor.person.clone(),
            reason: reason.clone(),
        };
        work.set_freeze(Some(&freeze)).await?;
        let records = vec![Entry {
            by: By::Person(actor.person.clone()),
            fact: Fact::Frozen { why: reason },
        }];
        write(
            &mut work,
            Change {
                after: (),
                records,
                effects: Vec::new(),
            },
            now,
        )
        .await?;
        let open = work
            .windows_not_over()
            .await?
            .iter()
            .filter(|(window, _)| is_open(window))
            .count();
        work.commit().await?;
        Ok(Ok(open))
    }

    /// Lifts the freeze; what waited is opened now, if its time is not over. Says how many openings waited.
    pub async fn unfreeze(&self, actor: &Actor) -> Result<Result<u32, NotMoved>, StoreError> {
        if !self.administers(actor) {
            return Ok(Err(NotMoved::NotAnAdministrator));
        }
        despite_races(|| self.try_unfreeze(actor)).await
    }

    async fn try_unfreeze(&self, actor: &Actor) -> Result<Result<u32, NotMoved>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        if work.freeze().await?.is_none() {
            return Ok(Err(NotMoved::NotFrozen));
        }
        work.set_freeze(None).await?;
        let waiting = u32::try_from(work.make_due(OPEN, now).await?).unwrap_or(u32::MAX);
        let records = vec![Entry {
            by: By::Person(actor.person.clone()),
            fact: Fact::Unfrozen { waiting },
        }];
        write(
            &mut work,
            Change {
                after: (),
                records,
                effects: Vec::new(),
            },
            now,
        )
        .await?;
        work.commit().await?;
        Ok(Ok(waiting))
    }
}

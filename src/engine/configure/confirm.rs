//! An administrator says yes to a proposal, or drops it.

use super::{Asker, NotProposed};
use crate::{
    domain::ids::ProposalId,
    engine::{Engine, despite_races, write},
    store::StoreError,
};

impl Engine {
    /// Lets everything that the proposal shows be written: one transaction with a record and a job for each of its
    /// steps.
    pub async fn confirm_proposal(
        &self,
        asker: &Asker,
        id: ProposalId,
    ) -> Result<Result<(), NotProposed>, StoreError> {
        despite_races(|| self.try_confirm_proposal(asker, id)).await
    }

    async fn try_confirm_proposal(
        &self,
        asker: &Asker,
        id: ProposalId,
    ) -> Result<Result<(), NotProposed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((proposal, version)) = work.proposal(id).await? else {
            return Ok(Err(NotProposed::UnknownProposal));
        };
        let steps: Vec<_> = work.steps(id).await?.into_iter().map(|row| row.step).collect();
        let frozen = work.freeze().await?.is_some();
        let administers = self.administers(&asker.actor);
        let change = match proposal.confirm(&steps, &asker.actor, administers, frozen, now) {
            Ok(change) => change,
            Err(why) => return Ok(Err(NotProposed::Refused(why))),
        };
        let proposal = write(&mut work, change, now).await?;
        work.save_proposal(&proposal, version).await?;
        work.confirm_steps(id, now).await?;
        self.show(&mut work, &proposal, asker, now).await?;
        work.commit().await?;
        Ok(Ok(()))
    }

    /// Drops a proposal; nothing of it was done.
    pub async fn cancel_proposal(
        &self,
        asker: &Asker,
        id: ProposalId,
    ) -> Result<Result<(), NotProposed>, StoreError> {
        despite_races(|| self.try_cancel_proposal(asker, id)).await
    }

    async fn try_cancel_proposal(
        &self,
        asker: &Asker,
        id: ProposalId,
    ) -> Result<Result<(), NotProposed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((proposal, version)) = work.proposal(id).await? else {
            return Ok(Err(NotProposed::UnknownProposal));
        };
        let proposal = match proposal.cancel(&asker.actor, now) {
            Ok(proposal) => proposal,
            Err(why) => return Ok(Err(NotProposed::Refused(why))),
        };
        work.save_proposal(&proposal, version).await?;
        self.show(&mut work, &proposal, asker, now).await?;
        work.commit().await?;
        Ok(Ok(()))
    }

    /// Lets the proposal's message be shown again through this interaction.
    pub async fn show_proposal(&self, asker: &Asker, id: ProposalId) -> Result<(), StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        if let Some((proposal, _)) = work.proposal(id).await?
            && proposal.by.id == asker.actor.person.id
        {
            self.show(&mut work, &proposal, asker, now).await?;
            work.commit().await?;
        }
        Ok(())
    }
}

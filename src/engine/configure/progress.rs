//! The administrator's own message about a proposal: edited through the interaction for its 15 minutes, then a
//! direct message.

use secrecy::ExposeSecret as _;
use serenity::all::ApplicationId;

use crate::{
    chat::{
        message::{Rendered, configure},
        rest::{InteractionToken, JsonCode, Pings, RestError},
        snowflake,
    },
    domain::{
        configuration::{Menu, Proposal, ProposalState, Step},
        ids::{ChannelId, MessageId, ProposalId},
        vm::JitState,
    },
    engine::{
        Engine,
        answer::is_expired,
        card::{failed, fingerprint},
        trail::nonce,
        worker::Outcome,
    },
    store::{Job, ProposalAnswer, StoreError},
};

impl Engine {
    pub(in crate::engine) async fn run_progress(
        &self,
        job: &Job,
        id: ProposalId,
    ) -> Result<Outcome, StoreError> {
        let mut store = self.store.read().await?;
        let Some((proposal, _)) = store.proposal(id).await? else {
            return Ok(Outcome::Done);
        };
        let steps: Vec<_> = store.steps(id).await?.into_iter().map(|row| row.step).collect();
        let Some(kept) = store.proposal_answer(id, self.now()).await? else {
            return Ok(Outcome::Done);
        };
        drop(store);
        let rendered = self.render(&proposal, &steps);
        let fingerprint = fingerprint(&rendered);
        if kept.shown == fingerprint {
            return Ok(Outcome::Done);
        }
        if let Some(token) = &kept.token {
            let application = ApplicationId::new(token.application.max(1));
            let token = InteractionToken::new(token.token.expose_secret());
            let edited = self
                .rest
                .edit_original(application, &token, &rendered.to_answer(), &Pings::nobody())
                .await;
            match edited {
                Ok(_) => return self.keep_shown(id, &fingerprint).await,
                Err(why) if is_expired(&why) => {}
                Err(why) => return Ok(failed(why)),
            }
        }
        self.tell_directly(job, &proposal, &steps, &kept, &rendered, &fingerprint)
            .await
    }

    /// Only how it ended is worth a direct message; what was never confirmed has changed nothing.
    async fn tell_directly(
        &self,
        job: &Job,
        proposal: &Proposal,
        steps: &[Step],
        kept: &ProposalAnswer,
        rendered: &Rendered,
        fingerprint: &str,
    ) -> Result<Outcome, StoreError> {
        let confirmed = matches!(proposal.state, ProposalState::Confirmed { .. });
        if !confirmed || !steps.iter().all(Step::is_over) {
            return Ok(Outcome::Done);
        }
        let told = match kept.message {
            Some((channel, message)) => self
                .rest
                .edit_message(
                    snowflake::channel(channel),
                    snowflake::message(message),
                    &rendered.to_edit(),
                    &Pings::nobody(),
                )
                .await
                .map(|_| (channel, message)),
            None => self.tell_anew(job, proposal, rendered).await,
        };
        match told {
            Ok((channel, message)) => {
                let mut work = self.store.begin().await?;
                work.set_proposal_message(proposal.id, channel, message, fingerprint)
                    .await?;
                work.commit().await?;
                Ok(Outcome::Done)
            }
            // The trail has it too; a closed inbox and a deleted message are the person's choice.
            Err(why)
                if why.is(JsonCode::DmClosed)
                    || why.is(JsonCode::UnknownUser)
                    || why.is(JsonCode::UnknownMessage) =>
            {
                Ok(Outcome::Done)
            }
            Err(why) => Ok(failed(why)),
        }
    }

    async fn tell_anew(
        &self,
        job: &Job,
        proposal: &Proposal,
        rendered: &Rendered,
    ) -> Result<(ChannelId, MessageId), RestError> {
        let inbox = self.rest.open_dm(snowflake::user(proposal.by.id)).await?;
        let message = self
            .rest
            .create_message(
                inbox.id,
                rendered.to_message(),
                &Pings::nobody(),
                &nonce(job.id()),
            )
            .await?;
        Ok((ChannelId(inbox.id.get()), MessageId(message.id.get())))
    }

    async fn keep_shown(&self, id: ProposalId, fingerprint: &str) -> Result<Outcome, StoreError> {
        let mut work = self.store.begin().await?;
        work.set_proposal_shown(id, fingerprint).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }

    pub(super) fn render(&self, proposal: &Proposal, steps: &[Step]) -> Rendered {
        let view = self.inventory.view();
        match &proposal.state {
            ProposalState::Choosing {
                menu: Menu::Ports { vm },
            } => {
                let entries = match view.vm(vm).map(|vm| &vm.jit) {
                    Some(JitState::Configured { policies }) => policies.as_slice(),
                    _ => &[],
                };
                configure::ports_menu(proposal.id, vm, entries)
            }
            ProposalState::Choosing { menu } => {
                configure::vms_menu(proposal.id, menu, |vm| view.vm(vm).map(|vm| view.shortest(vm)))
            }
            ProposalState::Waiting { cautions, left_out } => {
                configure::proposal(proposal, steps, cautions, left_out)
            }
            ProposalState::Confirmed { .. } => configure::progress(steps),
            ProposalState::Cancelled { .. } => configure::cancelled(),
        }
    }
}

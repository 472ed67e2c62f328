//! A confirmed step is written to its JIT policy: read, change only our machines, read again, write, read back.
//!
//! The class of the write is *ambiguous*, and a JIT policy has no revision: the list that a late twin carries would
//! undo what others wrote meanwhile. So a step is marked as sent before its call leaves, and after an unknown
//! outcome nothing is sent until the call must be over and the JIT policy does not show it. There is one job for
//! each JIT policy, so its lease keeps the bot's own writes apart, across replicas too.

use chrono::TimeDelta;
use tracing::{info, warn};

use crate::{
    azure::{
        ArmError,
        jit::{Conflict, Fulfilled, JitDocument, Provisioning},
    },
    domain::{
        Change, Instant,
        configuration::{FailedStep, Fingerprints, Proposal, ProposalState, Step, StepState, Wish},
        effect::{Effect, Task},
        vm::{JitPolicyId, VmId},
    },
    engine::{
        Engine,
        open::{CALL_OVER_AFTER, failed},
        worker::Outcome,
        write,
    },
    store::{Job, StepRow, StoreError},
};

/// The most calls for one step.
const SENDS_MAX: u32 = 3;
/// How often a list that changes under our hands is worked out anew.
const TRIES_MAX: u32 = 10;
/// Azure needs seconds for the network rules of one machine.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(3);
/// When the Activity Log can be expected to show what happened; it lags by some minutes.
const LOG_READABLE_AFTER: TimeDelta = TimeDelta::minutes(15);
/// How long Azure may be busy with a JIT policy before people are told.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

impl Engine {
    pub(in crate::engine) async fn run_configure(
        &self,
        job: &Job,
        policy: &JitPolicyId,
    ) -> Result<Outcome, StoreError> {
        let mut store = self.store.read().await?;
        let Some(row) = store.step_to_write(policy).await? else {
            return Ok(Outcome::Done);
        };
        let Some((proposal, _)) = store.proposal(row.proposal).await? else {
            return Ok(Outcome::give_up("a step belongs to no proposal"));
        };
        drop(store);
        let document = match self.arm.jit_document(policy).await {
            Ok(document) => document,
            // What was sent may have been taken: nobody may be told that it failed.
            Err(why) if why.may_pass() || unknown_outcome(&row.step) => return Ok(failed(&why)),
            Err(why) => return self.step_failed(&row, &proposal, self.refused(&why), None).await,
        };
        match row.step.state.clone() {
            StepState::Queued { .. } => self.write_step(job, &row, &proposal, document).await,
            StepState::Sent { at, base, .. } => {
                self.look_for_lost_write(&row, &proposal, document, at, base)
                    .await
            }
            StepState::Updating { since, base, .. } => {
                self.verify_step(&row, &proposal, document, since, &base).await
            }
            StepState::Done { .. } | StepState::Failed { .. } => Ok(Outcome::at(self.now())),
        }
    }

    async fn write_step(
        &self,
        job: &Job,
        row: &StepRow,
        proposal: &Proposal,
        document: Option<JitDocument>,
    ) -> Result<Outcome, StoreError> {
        let step = &row.step;
        let (tries, sends) = step.counts();
        if step.may_open() && self.frozen().await?.is_some() {
            return self.step_failed(row, proposal, FailedStep::Frozen, None).await;
        }
        if tries >= TRIES_MAX {
            return self
                .step_failed(row, proposal, FailedStep::NeverQuiet, None)
                .await;
        }
        if sends >= SENDS_MAX {
            return self.step_failed(row, proposal, FailedStep::Lost, None).await;
        }
        if document.is_none() && !guards(step) {
            return self
                .step_failed(row, proposal, FailedStep::PolicyGone, None)
                .await;
        }
        let first = document.unwrap_or_else(|| JitDocument::absent(step.policy.clone()));
        if first.provisioning == Provisioning::Updating {
            return if self.now() >= confirmed_at(proposal) + PATIENCE {
                self.step_failed(row, proposal, FailedStep::Busy, None).await
            } else {
                Ok(Outcome::at(self.now() + LOOK_EVERY))
            };
        }
        let list = match first.rewritten(&step.changes) {
            Ok(list) => list,
            Err(why) => return self.step_failed(row, proposal, conflict(why), None).await,
        };
        if !list.differs {
            return self.step_done(row, proposal, &first, Vec::new()).await;
        }
        if guards(step) {
            match self.listed_elsewhere(step).await {
                Ok(None) => {}
                Ok(Some(why)) => return self.step_failed(row, proposal, why, None).await,
                Err(why) if why.may_pass() => return Ok(failed(&why)),
                Err(why) => return self.step_failed(row, proposal, self.refused(&why), None).await,
            }
        }
        let base = first.fingerprints();
        let now = self.now();
        let sent = step.clone().sent(base.clone(), now);
        let mut work = self.store.begin().await?;
        let row = &work.save_step(row, sent).await?;
        work.expect_jit_policy(&row.step.policy, Some(&list.contents), now)
            .await?;
        work.mark_sent(
            job.lease,
            &serde_json::json!({"proposal": proposal.id, "place": row.place}),
            now,
        )
        .await?;
        // From here on the record of the confirmation and the mark are durable.
        work.commit().await?;

        // Again, as late as can be: what somebody else has written since is neither lost nor taken for ours.
        let second = match self.arm.jit_document(&row.step.policy).await {
            Ok(document) => document.unwrap_or_else(|| JitDocument::absent(row.step.policy.clone())),
            Err(why) => {
                self.save(row, row.step.clone().back(false)).await?;
                return Ok(failed(&why));
            }
        };
        if !second.same_as(&first) || second.provisioning == Provisioning::Updating {
            warn!(jit.policy = %row.step.policy, "Somebody else has just written a JIT policy; the change is worked out anew.");
            self.save(row, row.step.clone().back(false)).await?;
            return Ok(Outcome::at(self.now() + LOOK_EVERY));
        }
        match self.arm.jit_put(&row.step.policy, &list).await {
            Ok(written) => {
                let sent_at = now;
                let now = self.now();
                let taken = row.step.clone().taken(sent_at, base, written.correlation, now);
                self.save(row, taken).await?;
                Ok(Outcome::at(now + LOOK_EVERY))
            }
            Err(why) if why.may_have_happened() => {
                warn!(jit.policy = %row.step.policy, error = %why, "It is not known whether Azure took a change; it is read before anything is sent again.");
                Ok(Outcome::at(self.now() + TimeDelta::seconds(1)))
            }
            Err(why) if why.may_pass() => {
                self.save(row, row.step.clone().back(false)).await?;
                Ok(failed(&why))
            }
            Err(why) => {
                let vms = row.step.changes.iter().map(|change| &change.vm);
                let trouble = self.known_cause(vms, why.trouble(self.now()));
                self.step_failed(row, proposal, FailedStep::Azure { trouble }, Some(&second))
                    .await
            }
        }
    }

    /// Another JIT policy that has taken one of the machines since the proposal was made.
    async fn listed_elsewhere(&self, step: &Step) -> Result<Option<FailedStep>, ArmError> {
        let all = self.arm.jit_policies(step.policy.subscription()).await?;
        Ok(all
            .iter()
            .filter(|policy| policy.id != step.policy)
            .find_map(|policy| {
                let taken = |vm: &VmId| policy.entries.iter().any(|entry| entry.vm == *vm);
                let change = step.changes.iter().find(|change| taken(&change.vm))?;
                Some(FailedStep::Elsewhere {
                    vm: change.vm.clone(),
                    policy: policy.id.clone(),
                })
            }))
    }

    /// After a call with an unknown outcome.
    async fn look_for_lost_write(
        &self,
        row: &StepRow,
        proposal: &Proposal,
        document: Option<JitDocument>,
        sent_at: Instant,
        base: Fingerprints,
    ) -> Result<Outcome, StoreError> {
        let now = self.now();
        let document = document.unwrap_or_else(|| JitDocument::absent(row.step.policy.clone()));
        if document.fulfils(&row.step.changes) == Fulfilled::Yes {
            let taken = row.step.clone().taken(sent_at, base, None, now);
            self.save(row, taken).await?;
            return Ok(Outcome::at(now));
        }
        let over_at = sent_at + CALL_OVER_AFTER;
        if now < over_at {
            return Ok(Outcome::at((now + LOOK_EVERY).min(over_at)));
        }
        if row.step.counts().1 >= SENDS_MAX {
            return self
                .step_failed(row, proposal, FailedStep::Lost, Some(&document))
                .await;
        }
        self.save(row, row.step.clone().back(true)).await?;
        Ok(Outcome::at(now))
    }

    /// Azure has taken it: is it ready, is our change in it, and is everything else as it was?
    async fn verify_step(
        &self,
        row: &StepRow,
        proposal: &Proposal,
        document: Option<JitDocument>,
        since: Instant,
        base: &Fingerprints,
    ) -> Result<Outcome, StoreError> {
        let now = self.now();
        let document = document.unwrap_or_else(|| JitDocument::absent(row.step.policy.clone()));
        let why = match (document.fulfils(&row.step.changes), document.provisioning) {
            (Fulfilled::No(vm), _) => FailedStep::Overwritten { vm },
            (Fulfilled::Yes, Provisioning::Updating) if now < since + PATIENCE => {
                return Ok(Outcome::at(now + LOOK_EVERY));
            }
            (Fulfilled::Yes, Provisioning::Updating) => FailedStep::StillUpdating,
            (Fulfilled::Yes, Provisioning::Failed) => FailedStep::NotProvisioned,
            (Fulfilled::Yes, Provisioning::Succeeded | Provisioning::Other) => {
                let others = document.others_changed(base, &row.step.changes);
                return self.step_done(row, proposal, &document, others).await;
            }
        };
        self.step_failed(row, proposal, why, Some(&document)).await
    }

    async fn step_done(
        &self,
        row: &StepRow,
        proposal: &Proposal,
        document: &JitDocument,
        others: Vec<String>,
    ) -> Result<Outcome, StoreError> {
        let change = row.step.clone().done(proposal, others, self.now());
        self.settle_step(row, change, Some(document)).await?;
        info!(jit.policy = %row.step.policy, "A JIT policy is as it was wanted.");
        self.refresh_policy(document).await?;
        // The next step for this JIT policy, if there is one.
        Ok(Outcome::at(self.now()))
    }

    /// `shown` is what the JIT policy has, where something was sent.
    async fn step_failed(
        &self,
        row: &StepRow,
        proposal: &Proposal,
        why: FailedStep,
        shown: Option<&JitDocument>,
    ) -> Result<Outcome, StoreError> {
        warn!(jit.policy = %row.step.policy, ?why, "A JIT policy was not changed as it was wanted.");
        let change = row.step.clone().failed(proposal, why, self.now());
        self.settle_step(row, change, shown).await?;
        if let Some(document) = shown {
            self.refresh_policy(document).await?;
        }
        Ok(Outcome::at(self.now()))
    }

    async fn settle_step(
        &self,
        row: &StepRow,
        change: Change<Step>,
        shown: Option<&JitDocument>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let step = write(&mut work, change, now).await?;
        if let Some(document) = shown {
            // Told by our own record: what the comparison with Azure finds is not somebody else's doing.
            work.know_jit_policy(&step.policy, document.known().as_ref(), now)
                .await?;
        }
        let saved = work.save_step(row, step).await?;
        let mut effects = vec![Effect::now(Task::Progress {
            proposal: row.proposal,
        })];
        if let StepState::Done { call: Some(_), .. } = saved.step.state {
            effects.push(Effect::at(
                now + LOG_READABLE_AFTER,
                Task::LookForOthers {
                    proposal: row.proposal,
                    policy: saved.step.policy,
                },
            ));
        }
        work.apply(Vec::new(), &effects, now).await?;
        work.commit().await
    }

    fn refused(&self, why: &ArmError) -> FailedStep {
        FailedStep::Azure {
            trouble: why.trouble(self.now()),
        }
    }

    async fn save(&self, row: &StepRow, step: Step) -> Result<(), StoreError> {
        let mut work = self.store.begin().await?;
        work.save_step(row, step).await?;
        work.commit().await
    }
}

/// A step is only written of a proposal that is confirmed.
fn confirmed_at(proposal: &Proposal) -> Instant {
    match proposal.state {
        ProposalState::Confirmed { at } => at,
        _ => proposal.lapses_at,
    }
}

fn guards(step: &Step) -> bool {
    step.changes
        .iter()
        .any(|change| matches!(change.wish, Wish::Guard { .. }))
}

fn unknown_outcome(step: &Step) -> bool {
    matches!(step.state, StepState::Sent { .. } | StepState::Updating { .. })
}

fn conflict(why: Conflict) -> FailedStep {
    match why {
        Conflict::Changed { vm } => FailedStep::Changed { vm },
        Conflict::Unreadable { vm } => FailedStep::Unreadable { vm },
    }
}

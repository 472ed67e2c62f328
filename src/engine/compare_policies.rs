//! JIT policies that others made, changed or deleted.
//!
//! A list shows what is suspicious; what it is, the JIT policy itself says, because a list over regions may lag
//! behind. What the bot itself changes is announced in the store before its call, and told by whoever changes it.

use tracing::warn;

use super::{Engine, write};
use crate::{
    azure::{ArmError, jit::JitPolicyState},
    domain::{
        Change,
        jit_policy::Noticed,
        record::{By, Entry, Fact},
        vm::{JitPolicyId, SubscriptionId},
    },
    store::{KnownPolicy, StoreError},
};

impl Engine {
    /// Compares a subscription's JIT policies with how they were last known.
    pub(super) async fn compare_policies(
        &self,
        subscription: &SubscriptionId,
        states: &[JitPolicyState],
    ) -> Result<(), StoreError> {
        let (known, since) = {
            let mut view = self.store.read().await?;
            (
                view.known_jit_policies(subscription).await?,
                view.compared_since(subscription).await?,
            )
        };
        if since.is_none() {
            return self.take_as_it_is(subscription, states).await;
        }
        for state in states {
            let before = known.iter().find(|known| known.id == state.id);
            let explained = match before {
                Some(before) => before.explains(Some(&state.contents()))?,
                None => false,
            };
            if !explained {
                self.look_at_policy(&state.id, before).await?;
            }
        }
        for before in &known {
            let listed = states.iter().any(|state| state.id == before.id);
            if !listed && !before.explains(None)? {
                self.look_at_policy(&before.id, Some(before)).await?;
            }
        }
        Ok(())
    }

    /// The first look at a subscription: what is there is how it is, and nobody's news.
    async fn take_as_it_is(
        &self,
        subscription: &SubscriptionId,
        states: &[JitPolicyState],
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        if work.compared_since(subscription).await?.is_some() {
            return Ok(());
        }
        for state in states {
            // One that a write of ours is about is that write's to tell.
            if work.known_jit_policy(&state.id).await?.is_none() {
                work.know_jit_policy(&state.id, Some(&state.contents()), now)
                    .await?;
            }
        }
        work.begin_comparing(subscription, now).await?;
        work.commit().await
    }

    async fn look_at_policy(
        &self,
        policy: &JitPolicyId,
        before: Option<&KnownPolicy>,
    ) -> Result<(), StoreError> {
        let contents = match self.arm.read_back(policy).await {
            Ok(state) => Some(state.contents()),
            Err(ArmError::NotFound(_)) => None,
            Err(why) => {
                warn!(policy = %policy, error = %why, "A JIT policy that looks changed could not be read; it is compared at the next look.");
                return Ok(());
            }
        };
        if let Some(before) = before
            && before.explains(contents.as_ref())?
        {
            return Ok(());
        }
        let noticed = match (before.and_then(|before| before.contents.as_ref()), &contents) {
            (None, Some(contents)) => Some(Noticed::created(contents)),
            (Some(before), Some(contents)) => Noticed::changed(before, contents),
            (Some(_), None) => Some(Noticed::Deleted),
            (None, None) => None,
        };
        let now = self.now();
        let mut work = self.store.begin().await?;
        // A write of ours has come to its end meanwhile, or another replica has told it: look again next time.
        if work.known_jit_policy(policy).await?.as_ref() != before {
            return Ok(());
        }
        work.know_jit_policy(policy, contents.as_ref(), now).await?;
        if let Some(noticed) = noticed {
            let change = match &noticed {
                Noticed::Created { .. } => "policy_created",
                Noticed::Changed { .. } => "policy_changed",
                Noticed::Deleted => "policy_deleted",
            };
            metrics::counter!("portcullis_behind_our_back_total", "what" => change).increment(1);
            let change = Change {
                after: (),
                records: vec![Entry {
                    by: By::Azure,
                    fact: Fact::JitPolicyNoticed {
                        policy: policy.clone(),
                        noticed,
                    },
                }],
                effects: Vec::new(),
            };
            write(&mut work, change, now).await?;
        }
        work.commit().await
    }
}

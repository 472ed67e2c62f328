//! The Defender plan is switched on, by somebody at the command line.
//!
//! A running `serve` has no part in it: it posts what is recorded here.

use crate::{
    azure::{Arm, ArmError},
    clock::SharedClock,
    domain::{
        plan::{Plan, PlanState},
        record::{By, Entry, Fact},
        trouble::Trouble,
        vm::SubscriptionId,
    },
    store::{Store, StoreError},
};

/// What switching a plan on needs, without a running bot.
#[derive(Debug)]
pub struct PlanSwitch<'a> {
    pub store: &'a Store,
    pub arm: &'a Arm,
    pub clock: &'a SharedClock,
    /// Who does it, for the record.
    pub operator: &'a str,
}

impl PlanSwitch<'_> {
    /// Switches Defender for Servers Plan 2 on in `subscription`, where `before` is on now.
    ///
    /// The call leaves after its record is durable. When its answer is lost, the plan is read to see what became of
    /// it; only if that fails too is the outcome unknown, and recorded as the failure that it was.
    pub async fn enable(
        &self,
        subscription: &SubscriptionId,
        before: Plan,
    ) -> Result<Result<PlanState, Trouble>, StoreError> {
        self.record(Fact::PlanAsked {
            subscription: subscription.clone(),
            before,
        })
        .await?;
        let outcome = match self.arm.enable_plan(subscription).await {
            Err(why) if why.may_have_happened() => self.look(subscription, why).await,
            outcome => outcome,
        };
        let outcome = outcome.map_err(|why| why.trouble(self.clock.now()));
        self.record(match &outcome {
            Ok(state) => Fact::PlanSet {
                subscription: subscription.clone(),
                after: state.plan,
            },
            Err(why) => Fact::PlanNotSet {
                subscription: subscription.clone(),
                why: why.clone(),
            },
        })
        .await?;
        Ok(outcome)
    }

    async fn look(&self, subscription: &SubscriptionId, why: ArmError) -> Result<PlanState, ArmError> {
        match self.arm.plan(subscription).await {
            Ok(state) if state.plan == Plan::P2 => Ok(state),
            _ => Err(why),
        }
    }

    async fn record(&self, fact: Fact) -> Result<(), StoreError> {
        let entry = Entry {
            by: By::Operator(self.operator.to_owned()),
            fact,
        };
        let mut work = self.store.begin().await?;
        work.apply(vec![entry], &[], self.clock.now()).await?;
        work.commit().await
    }
}

//! The Defender plan is switched on, by somebody at the command line.
//!
//! What was asked for and what came of it are two records. The program may die between them: so a job is stored with
//! the first one, by which a running `serve` finds out what became of it and writes the second. Nothing is ever sent
//! again: it costs money, so only a person may ask for it again.

use chrono::TimeDelta;
use tracing::warn;

use super::{Engine, open::failed, worker::Outcome};
use crate::{
    azure::Arm,
    clock::SharedClock,
    domain::{
        Instant,
        effect::{Effect, Task},
        ids::RecordNumber,
        plan::{Plan, PlanState},
        record::{By, Entry, Fact},
        trouble::Trouble,
        vm::SubscriptionId,
    },
    store::{Store, StoreError, Work},
};

/// By then the program has written what came of it, or will not any more: longer than its call can take.
const FOUND_OUT_AFTER: TimeDelta = TimeDelta::minutes(3);
/// Where the plan may not be read, somebody has to change that first.
const LOOK_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// What switching a plan on needs, without a running bot.
#[derive(Debug)]
pub struct PlanSwitch<'a> {
    pub store: &'a Store,
    pub arm: &'a Arm,
    pub clock: &'a SharedClock,
    /// Who does it, for the record.
    pub operator: &'a str,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switched {
    On(PlanState),
    Not(Trouble),
    /// No answer came, and the plan could not be read either: a running `serve` finds out.
    Unknown(Trouble),
}

impl PlanSwitch<'_> {
    /// Switches Defender for Servers Plan 2 on in `subscription`, where `before` is on now.
    ///
    /// The call leaves after its record is durable. When its answer is lost, the plan is read to see what became of
    /// it.
    pub async fn enable(&self, subscription: &SubscriptionId, before: Plan) -> Result<Switched, StoreError> {
        let asked = self.ask(subscription, before).await?;
        let switched = match self.arm.enable_plan(subscription).await {
            Ok(state) => Switched::On(state),
            Err(why) if why.may_have_happened() => {
                let trouble = why.trouble(self.clock.now());
                match self.arm.plan(subscription).await {
                    Ok(state) if state.plan == Plan::P2 => Switched::On(state),
                    // The call may still be on its way.
                    Ok(_) | Err(_) => Switched::Unknown(trouble),
                }
            }
            Err(why) => Switched::Not(why.trouble(self.clock.now())),
        };
        let fact = match &switched {
            Switched::On(state) => set(subscription, state.plan),
            Switched::Not(why) => not_set(subscription, why.clone()),
            Switched::Unknown(_) => return Ok(switched),
        };
        let mut work = self.store.begin().await?;
        settle(&mut work, asked, self.operator, fact, self.clock.now()).await?;
        work.commit().await?;
        Ok(switched)
    }

    /// The record of what is about to be asked for, with the job that looks what came of it.
    async fn ask(&self, subscription: &SubscriptionId, before: Plan) -> Result<RecordNumber, StoreError> {
        let now = self.clock.now();
        let entry = Entry {
            by: By::Operator(self.operator.to_owned()),
            fact: Fact::PlanAsked {
                subscription: subscription.clone(),
                before,
            },
        };
        let mut work = self.store.begin().await?;
        let numbers = work.apply(vec![entry], &[], now).await?;
        let asked = numbers.first().copied().unwrap_or(RecordNumber(0));
        let look = Task::FindOutPlan {
            subscription: subscription.clone(),
            asked,
            operator: self.operator.to_owned(),
        };
        work.apply(Vec::new(), &[Effect::at(now + FOUND_OUT_AFTER, look)], now)
            .await?;
        work.commit().await?;
        Ok(asked)
    }
}

impl Engine {
    /// Whether a plan was switched on by a program that has not said so.
    pub(super) async fn run_find_out_plan(
        &self,
        subscription: &SubscriptionId,
        asked: RecordNumber,
        operator: &str,
    ) -> Result<Outcome, StoreError> {
        if self.store.read().await?.has_seen(&told(asked)).await? {
            return Ok(Outcome::Done);
        }
        let fact = match self.arm.plan(subscription).await {
            Ok(state) if state.plan == Plan::P2 => set(subscription, state.plan),
            Ok(_) => not_set(subscription, Trouble::Interrupted),
            Err(why) if why.may_pass() => return Ok(failed(&why)),
            Err(why) => {
                warn!(azure.subscription = subscription.as_str(), error = %why, "It cannot be read whether a Defender plan was switched on; it is looked at again.");
                return Ok(Outcome::at(self.now() + LOOK_AGAIN_AFTER));
            }
        };
        let mut work = self.store.begin().await?;
        settle(&mut work, asked, operator, fact, self.now()).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }
}

/// Writes what came of it, once: the program and a running `serve` may both know. That it is on is also written
/// after it was not, because a call may take longer than anybody waits.
async fn settle(
    work: &mut Work,
    asked: RecordNumber,
    operator: &str,
    fact: Fact,
    now: Instant,
) -> Result<(), StoreError> {
    let is_on = matches!(fact, Fact::PlanSet { .. });
    let first = work.first_time(&told(asked), now).await?;
    let first_on = is_on && work.first_time(&format!("{}:on", told(asked)), now).await?;
    if first || first_on {
        let by = By::Operator(operator.to_owned());
        work.apply(vec![Entry { by, fact }], &[], now).await?;
    }
    Ok(())
}

/// The name under which it is remembered that this was told.
fn told(asked: RecordNumber) -> String {
    format!("plan:{asked}")
}

fn set(subscription: &SubscriptionId, after: Plan) -> Fact {
    Fact::PlanSet {
        subscription: subscription.clone(),
        after,
    }
}

fn not_set(subscription: &SubscriptionId, why: Trouble) -> Fact {
    Fact::PlanNotSet {
        subscription: subscription.clone(),
        why,
    }
}

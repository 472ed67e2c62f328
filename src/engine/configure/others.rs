//! Whether somebody else wrote a JIT policy between our last look at it and our call: nothing can prevent that, and
//! nothing but the Activity Log can show it, because our list has taken the place of theirs.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use tracing::warn;

use crate::{
    azure::activity::{About, Deed, Outcome as LogOutcome},
    domain::{
        configuration::{Call, Crossed, StepState},
        effect::{Effect, Task},
        ids::ProposalId,
        text::FreeText,
        vm::JitPolicyId,
    },
    engine::{Engine, open::failed, worker::Outcome, write},
    store::{Job, StoreError},
};

const WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";
/// Azure's clock and ours.
const SKEW: TimeDelta = TimeDelta::seconds(2);
/// A log that cannot be read for so long tells nothing worth waiting for.
const ATTEMPTS_MAX: u32 = 6;

impl Engine {
    pub(in crate::engine) async fn run_look_for_others(
        &self,
        job: &Job,
        id: ProposalId,
        policy: &JitPolicyId,
    ) -> Result<Outcome, StoreError> {
        let mut store = self.store.read().await?;
        let Some((proposal, _)) = store.proposal(id).await? else {
            return Ok(Outcome::Done);
        };
        let rows = store.steps(id).await?;
        drop(store);
        let Some(row) = rows.into_iter().find(|row| row.step.policy == *policy) else {
            return Ok(Outcome::Done);
        };
        let StepState::Done { call: Some(call), .. } = &row.step.state else {
            return Ok(Outcome::Done);
        };
        let about = About::Resource(policy.to_string());
        let (from, until) = (call.sent_at - SKEW, call.taken_at + SKEW);
        let deeds = match self.arm.deeds(policy.subscription(), &about, from, until).await {
            Ok(deeds) => deeds,
            Err(why) if why.may_pass() && job.attempt < ATTEMPTS_MAX => return Ok(failed(&why)),
            Err(why) => {
                // Where the log may not be read, nobody can know.
                warn!(jit.policy = %policy, error = %why, "The Activity Log cannot be read, so a write of somebody else at the same time would not be noticed.");
                return Ok(Outcome::Done);
            }
        };
        let Some(by) = other(&deeds, call) else {
            return Ok(Outcome::Done);
        };
        let Some(change) = row.step.clone().crossed(&proposal, by) else {
            return Ok(Outcome::Done);
        };
        let now = self.now();
        let mut work = self.store.begin().await?;
        let step = write(&mut work, change, now).await?;
        work.save_step(&row, step).await?;
        let progress = Effect::now(Task::Progress { proposal: id });
        work.apply(Vec::new(), &[progress], now).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }
}

/// A write of the JIT policy that was not our call. One deed has several entries, all with its correlation id.
fn other(deeds: &[Deed], call: &Call) -> Option<Crossed> {
    let mut seen = BTreeSet::new();
    let mut writes: Vec<&Deed> = deeds
        .iter()
        .filter(|deed| deed.is(WRITE) && deed.outcome != LogOutcome::Failed)
        .filter(|deed| seen.insert(deed.correlation.to_lowercase()))
        .collect();
    match &call.correlation {
        Some(ours) => writes.retain(|deed| !deed.correlation.eq_ignore_ascii_case(ours)),
        // The answer was lost, and with it our id: one write without a person's name is taken for ours.
        None => {
            let ours = writes.iter().position(|deed| !is_person(deed));
            if let Some(ours) = ours {
                writes.remove(ours);
            }
        }
    }
    writes.first().map(|deed| Crossed {
        who: deed
            .caller
            .clone()
            .or_else(|| FreeText::new("somebody unknown"))
            .unwrap_or_else(FreeText::unreadable),
        at: deed.at,
    })
}

fn is_person(deed: &Deed) -> bool {
    deed.caller.as_ref().is_some_and(|who| who.as_str().contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(caller: &str, correlation: &str, outcome: LogOutcome) -> Deed {
        Deed {
            at: "2026-11-25T10:00:00Z".parse().unwrap(),
            caller: FreeText::new(caller),
            operation: WRITE.to_lowercase(),
            resource: String::new(),
            outcome,
            correlation: correlation.to_owned(),
        }
    }

    fn found(deeds: &[Deed], ours: Option<&str>) -> Option<String> {
        let at = "2026-11-25T10:00:00Z".parse().unwrap();
        let call = Call {
            sent_at: at,
            taken_at: at,
            correlation: ours.map(str::to_owned),
        };
        other(deeds, &call).map(|by| by.who.to_string())
    }

    #[test]
    fn only_a_write_of_somebody_else_is_one() {
        let ours = [
            deed("app", "A", LogOutcome::Succeeded),
            deed("app", "a", LogOutcome::UnderWay),
        ];
        assert_eq!(found(&ours, Some("a")), None);
        assert_eq!(found(&ours, None), None, "one deed with two entries");
        let eve = deed("eve@contoso.example", "b", LogOutcome::Succeeded);
        let both = [eve.clone(), ours[0].clone()];
        assert_eq!(found(&both, Some("a")).as_deref(), Some("eve@contoso.example"));
        assert_eq!(found(&both, None).as_deref(), Some("eve@contoso.example"));
        let refused = [deed("eve@contoso.example", "b", LogOutcome::Failed)];
        assert_eq!(found(&refused, Some("a")), None);
        let mut read = eve;
        read.operation = "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action".to_owned();
        assert_eq!(found(&[read], Some("a")), None);
        let nobody = [deed("", "b", LogOutcome::Succeeded)];
        assert_eq!(found(&nobody, Some("a")).as_deref(), Some("somebody unknown"));
    }
}

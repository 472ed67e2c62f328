//! Who did what others did behind the bot's back: asked of Azure's Activity Log, which tells it minutes later.
//!
//! The record of what was noticed is written at once; a second one says who it was, or why that is not known. The
//! log is asked for a bounded time, so that every question comes to an end.

use chrono::TimeDelta;
use tracing::warn;

use super::{Engine, open::failed, worker::Outcome, write};
use crate::{
    azure::{
        ArmError,
        activity::{About, Deed, Outcome as DeedOutcome},
    },
    domain::{
        Change, Instant,
        ids::RecordNumber,
        jit_policy::Noticed,
        record::{By, Entry, Fact, Record, Told},
        vm::{JitPolicyId, SubscriptionId},
        window::{Ended, WindowState},
    },
    store::{RecordFilter, StoreError},
};

/// The log shows an entry a few minutes after the deed.
pub(super) const FIRST_QUESTION: TimeDelta = TimeDelta::minutes(3);
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(5);
/// After this long nothing more is expected of the log.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::minutes(30);
/// How far back a change may lie that is noticed now: the bot may have been down for a week.
const LOOK_BACK: TimeDelta = TimeDelta::days(7);
/// How far Azure's clock in the log may be from that in the JIT policy.
const SAME_DEED: TimeDelta = TimeDelta::minutes(2);

const POLICY_WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";
const POLICY_DELETE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/delete";
const INITIATE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action";
const GROUP_WRITE: &str = "Microsoft.Network/networkSecurityGroups/write";
const GROUP_DELETE: &str = "Microsoft.Network/networkSecurityGroups/delete";
const RULE_WRITE: &str = "Microsoft.Network/networkSecurityGroups/securityRules/write";
const RULE_DELETE: &str = "Microsoft.Network/networkSecurityGroups/securityRules/delete";

/// What to look for in the log.
struct Search {
    subscription: SubscriptionId,
    places: Vec<Place>,
    from: Instant,
    until: Instant,
}

struct Place {
    about: About,
    operations: &'static [&'static str],
    /// The lower-cased id of the resource that it must be about, or a part of which.
    resource: String,
}

impl Engine {
    pub(super) async fn run_who(&self, number: RecordNumber) -> Result<Outcome, StoreError> {
        let Some(record) = self.record(number).await? else {
            return Ok(Outcome::Done);
        };
        let Some(search) = self.search_for(&record).await? else {
            return Ok(Outcome::Done);
        };
        let now = self.now();
        let over = record.at + GIVE_UP_AFTER;
        let mut found: Option<Deed> = None;
        for place in &search.places {
            let deeds = self
                .arm
                .deeds(&search.subscription, &place.about, search.from, search.until)
                .await;
            match deeds {
                Ok(deeds) => {
                    let newest = deeds.into_iter().find(|deed| place.fits(deed));
                    found = found.into_iter().chain(newest).max_by_key(|deed| deed.at);
                }
                Err(why @ (ArmError::Forbidden { .. } | ArmError::Unauthorized(_))) => {
                    return self
                        .tell_who(
                            number,
                            Told::Unreadable {
                                why: why.trouble(now),
                            },
                        )
                        .await;
                }
                Err(why) if now < over && why.may_pass() => return Ok(failed(&why)),
                Err(why) => {
                    warn!(record = %number, error = %why, "The Activity Log could not be read, so the trail says that it is not known who it was.");
                    return self
                        .tell_who(
                            number,
                            Told::Unreadable {
                                why: why.trouble(now),
                            },
                        )
                        .await;
                }
            }
        }
        match found {
            Some(deed) => {
                let told = Told::By {
                    caller: deed.caller,
                    operation: deed.operation,
                    at: deed.at,
                };
                self.tell_who(number, told).await
            }
            None if now >= over => self.tell_who(number, Told::Silent).await,
            None => Ok(Outcome::at(over.min(now + ASK_AGAIN))),
        }
    }

    async fn record(&self, number: RecordNumber) -> Result<Option<Record>, StoreError> {
        let before = RecordNumber(number.0.saturating_sub(1));
        let found = self
            .store
            .read()
            .await?
            .records(RecordFilter::All, before, 1)
            .await?;
        Ok(found
            .into_iter()
            .map(|stored| stored.record)
            .find(|record| record.number == number))
    }

    async fn tell_who(&self, number: RecordNumber, told: Told) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        if !work.first_time(&format!("who:{number}"), now).await? {
            return Ok(Outcome::Done);
        }
        let result = match &told {
            Told::By { .. } => "known",
            Told::Silent => "silent",
            Told::Unreadable { .. } => "unreadable",
        };
        metrics::counter!("portcullis_who_did_it_total", "result" => result).increment(1);
        let change = Change {
            after: (),
            records: vec![Entry {
                by: By::Azure,
                fact: Fact::Who { about: number, told },
            }],
            effects: Vec::new(),
        };
        write(&mut work, change, now).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }

    async fn search_for(&self, record: &Record) -> Result<Option<Search>, StoreError> {
        // What was noticed happened before; the log's clock may be a little ahead.
        let until = record.at + TimeDelta::minutes(1);
        let from = record.at - LOOK_BACK;
        Ok(match &record.entry.fact {
            Fact::JitPolicyNoticed { policy, noticed } => {
                let operations: &[_] = match noticed {
                    Noticed::Deleted => &[POLICY_DELETE],
                    Noticed::Created { .. } | Noticed::Changed { .. } => &[POLICY_WRITE],
                };
                Some(Search {
                    subscription: policy.subscription().clone(),
                    places: vec![Place::policy(policy, operations)],
                    from,
                    until,
                })
            }
            Fact::Found {
                policy, started_at, ..
            } => {
                let (from, until) = match started_at {
                    Some(start) => (*start - SAME_DEED, *start + SAME_DEED),
                    None => (from, until),
                };
                Some(Search {
                    subscription: policy.subscription().clone(),
                    places: vec![Place::policy(policy, &[INITIATE])],
                    from,
                    until,
                })
            }
            Fact::Closed {
                window: facts,
                how: Ended::Vanished | Ended::RuleTaken,
            }
            | Fact::KeptOut { window: facts } => {
                let Some((window, _)) = self.store.read().await?.load_window(facts.id).await? else {
                    return Ok(None);
                };
                let from = match window.state {
                    WindowState::Closed {
                        opened_at: Some(opened_at),
                        ..
                    }
                    | WindowState::Open { opened_at, .. } => opened_at,
                    _ => record.at - TimeDelta::days(1),
                };
                let mut places = vec![Place::policy(&window.policy, &[POLICY_WRITE, POLICY_DELETE])];
                let view = self.inventory.view();
                let nics = view.vm(&window.vm).into_iter().flat_map(|vm| &vm.nics);
                for guard in nics.flat_map(|nic| &nic.groups) {
                    places.push(Place {
                        about: About::Group(guard.id.group().to_owned()),
                        operations: &[GROUP_WRITE, GROUP_DELETE, RULE_WRITE, RULE_DELETE],
                        resource: guard.id.key().to_owned(),
                    });
                }
                Some(Search {
                    subscription: window.policy.subscription().clone(),
                    places,
                    from,
                    until,
                })
            }
            _ => None,
        })
    }
}

impl Place {
    fn policy(policy: &JitPolicyId, operations: &'static [&'static str]) -> Self {
        Self {
            about: About::Resource(policy.to_string()),
            operations,
            resource: policy.key().to_owned(),
        }
    }

    fn fits(&self, deed: &Deed) -> bool {
        let inside = deed
            .resource
            .strip_prefix(&self.resource)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        inside
            && deed.outcome != DeedOutcome::Failed
            && self.operations.iter().any(|operation| deed.is(operation))
    }
}

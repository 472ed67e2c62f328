//! Timer: the start of an access that was approved before has come.
//!
//! Roles, rules and machines may have changed since: they are looked at again, with the roles that the guild tells
//! now, and so is whether the approvals are still enough, or the rules would still approve alone. Only then are there windows, and only then is Azure asked. Reading a member changes nothing, so the class is
//! *repeatable*; the request's state decides whether there is anything left to do.

use super::{Engine, alone::still_alone, card::failed, conflict, worker::Outcome, write};
use crate::{
    chat::{rest::JsonCode, snowflake},
    domain::{
        Instant,
        actor::{Actor, Person},
        ids::{RequestId, RoleId},
        record::By,
        request::{NotStarted, Request, RequestState},
    },
    engine::reactions::clean_name,
    policy::{self, Refusal},
    store::{StoreError, Version, Work},
};

/// How soon it is looked again while the machines are not known.
const LOOK_AGAIN: chrono::TimeDelta = chrono::TimeDelta::seconds(15);

impl Engine {
    pub(super) async fn run_start(&self, id: RequestId) -> Result<Outcome, StoreError> {
        let now = self.now();
        let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let RequestState::Scheduled {
            starts_at, ends_at, ..
        } = request.state
        else {
            return Ok(Outcome::Done);
        };
        if now < starts_at {
            return Ok(Outcome::at(starts_at));
        }
        if now >= ends_at {
            return self.not_started(id, NotStarted::OutOfTime).await;
        }
        let member = self
            .rest
            .member(
                snowflake::guild(self.settings.guild),
                snowflake::user(request.requester.id),
            )
            .await;
        let requester = match member {
            Ok(member) => Actor {
                person: Person {
                    id: request.requester.id,
                    name: clean_name(member.display_name()),
                },
                roles: member.roles.iter().map(|role| RoleId(role.get())).collect(),
            },
            Err(why) if why.is(JsonCode::UnknownMember) || why.is(JsonCode::UnknownUser) => {
                return self.not_started(id, NotStarted::LeftGuild).await;
            }
            Err(why) => return Ok(failed(why)),
        };
        self.start_or_not(id, &requester).await
    }

    /// Judged and written in the writer's turn: a reload that was recorded before holds.
    async fn start_or_not(&self, id: RequestId, requester: &Actor) -> Result<Outcome, StoreError> {
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        let now = self.now();
        let RequestState::Scheduled { ends_at, .. } = request.state else {
            return Ok(Outcome::Done);
        };
        match self.may_start(&mut work, &request, requester, now).await? {
            Ok(()) => {}
            Err(None) => return Ok(Outcome::at(ends_at.min(now + LOOK_AGAIN))),
            Err(Some(why)) => return refuse(work, (request, version), why, now).await,
        }
        // Its end came while Discord was asked: looked at again.
        let Ok(change) = request.start(now, || self.fresh_window_id()) else {
            return Ok(Outcome::at(now));
        };
        let (request, windows) = write(&mut work, change, now).await?;
        work.save_request(&request, version).await?;
        work.insert_windows(&windows).await?;
        let told = conflict::owners_are_told(&mut work, &request).await?;
        write(&mut work, told, now).await?;
        work.commit().await?;
        Ok(Outcome::Done)
    }

    /// Why not; `Err(None)`: the machines of its subscriptions are not known yet.
    async fn may_start(
        &self,
        work: &mut Work,
        request: &Request,
        requester: &Actor,
        now: Instant,
    ) -> Result<Result<(), Option<NotStarted>>, StoreError> {
        let (view, rules) = (self.inventory.view(), self.rules.load());
        let judged = policy::judge_at_start(&rules, request, requester, |vm| view.vm(vm), now);
        let today = match judged {
            Ok(today) => today,
            // Not having read Azure is not the same as a machine that is gone.
            Err(Refusal::VmUnknown { vm }) if view.part(vm.subscription()).is_none() => return Ok(Err(None)),
            Err(Refusal::VmUnknown { vm }) => return Ok(Err(Some(NotStarted::VmGone { vm }))),
            Err(Refusal::NoRule { door }) => return Ok(Err(Some(NotStarted::NoRule { door }))),
            Err(why) => {
                return Ok(Err(Some(NotStarted::Refused {
                    code: why.code().to_owned(),
                })));
            }
        };
        let person = request.requester.id;
        let too_much = self
            .has_too_much_open(work, &rules, person, request.id, &today)
            .await?;
        if let Some(why) = too_much {
            return Ok(Err(Some(NotStarted::Refused {
                code: why.code().to_owned(),
            })));
        }
        let still = match request.source() {
            Some(source) if request.is_automatic() => {
                still_alone(work, &rules, today, (request, source), requester, now).await?
            }
            _ => request.still_approved(&today),
        };
        Ok(still.map_err(Some))
    }

    async fn not_started(&self, id: RequestId, why: NotStarted) -> Result<Outcome, StoreError> {
        let mut work = self.store.begin().await?;
        match work.load_request(id).await? {
            Some(read) => refuse(work, read, why, self.now()).await,
            None => Ok(Outcome::Done),
        }
    }
}

/// Nothing is opened; one that does not wait for its start stays as it is.
async fn refuse(
    mut work: Work,
    (request, version): (Request, Version),
    why: NotStarted,
    now: Instant,
) -> Result<Outcome, StoreError> {
    if let Ok(change) = request.not_started(why, By::Time, now) {
        let request = write(&mut work, change, now).await?;
        work.save_request(&request, version).await?;
        work.commit().await?;
        metrics::counter!("portcullis_not_started_total").increment(1);
    }
    Ok(Outcome::Done)
}

//! Timer: the start of an access that was approved before has come.
//!
//! Roles, rules and machines may have changed since: they are looked at again, with the roles that the guild tells
//! now. Only then are there windows, and only then is Azure asked. Reading a member changes nothing, so the class is
//! *repeatable*; the request's state decides whether there is anything left to do.

use super::{Engine, card::failed, conflict, worker::Outcome, write};
use crate::{
    chat::{rest::JsonCode, snowflake},
    domain::{
        actor::{Actor, Person},
        ids::{RequestId, RoleId},
        record::By,
        request::{NotStarted, Request, RequestState},
    },
    engine::reactions::clean_name,
    policy::{self, Refusal},
    store::StoreError,
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
        match self.may_start(&request, &requester) {
            Ok(()) => self.open_scheduled(id).await,
            Err(None) => Ok(Outcome::at(ends_at.min(now + LOOK_AGAIN))),
            Err(Some(why)) => self.not_started(id, why).await,
        }
    }

    /// Why not; `Err(None)`: the machines of its subscriptions are not known yet.
    fn may_start(&self, request: &Request, requester: &Actor) -> Result<(), Option<NotStarted>> {
        let view = self.inventory.view();
        let judged = policy::judge_at_start(&self.rules.load(), request, requester, |vm| view.vm(vm));
        judged.map_err(|why| match why {
            // Not having read Azure is not the same as a machine that is gone.
            Refusal::VmUnknown { vm } if view.part(vm.subscription()).is_none() => None,
            Refusal::VmUnknown { vm } => Some(NotStarted::VmGone { vm }),
            Refusal::NoRule { door } => Some(NotStarted::NoRule { door }),
            why => Some(NotStarted::Refused {
                code: why.code().to_owned(),
            }),
        })
    }

    async fn open_scheduled(&self, id: RequestId) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        // Called off meanwhile, or its end came while Discord was asked: looked at again.
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

    async fn not_started(&self, id: RequestId, why: NotStarted) -> Result<Outcome, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Outcome::Done);
        };
        if let Ok(change) = request.not_started(why, By::Time, now) {
            let request = write(&mut work, change, now).await?;
            work.save_request(&request, version).await?;
            work.commit().await?;
            metrics::counter!("portcullis_not_started_total").increment(1);
        }
        Ok(Outcome::Done)
    }
}

//! An approver says that they are looking at a request, or that they are not any more.

use super::{Engine, despite_races, reactions, vote::told_privately, write};
use crate::{
    domain::{
        Change, Instant,
        actor::Actor,
        ids::{RequestId, UserId},
        record::{By, Entry, Fact},
        request::{ClaimRefusal, How, Request},
        vote::Via,
    },
    store::StoreError,
};

/// Why nothing was claimed or let go.
#[derive(Debug)]
pub enum NotClaimed {
    UnknownRequest,
    Refused {
        request: Box<Request>,
        why: ClaimRefusal,
    },
}

impl Engine {
    /// Says that `actor` is looking at it. `read_at`: when the reaction began to be read, if it was given while
    /// nobody listened.
    pub async fn claim_request(
        &self,
        id: RequestId,
        actor: &Actor,
        via: Via,
        read_at: Option<Instant>,
    ) -> Result<Result<Request, NotClaimed>, StoreError> {
        despite_races(|| self.try_claim_request(id, actor, via, read_at)).await
    }

    async fn try_claim_request(
        &self,
        id: RequestId,
        actor: &Actor,
        via: Via,
        read_at: Option<Instant>,
    ) -> Result<Result<Request, NotClaimed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotClaimed::UnknownRequest));
        };
        match request.clone().claim(actor, via, read_at, now) {
            Ok(change) => {
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                Ok(Ok(request))
            }
            Err(why) => {
                if let Some(code) = unauthorised(&why) {
                    let mut change = refused(&request, actor, via, code);
                    if via.is_reaction() {
                        let voter = actor.person.id;
                        let off = reactions::off_the_card(&mut work, id, voter, reactions::LOOK).await?;
                        change.effects.extend(off);
                    }
                    write(&mut work, change, now).await?;
                    work.commit().await?;
                }
                Ok(Err(NotClaimed::Refused {
                    request: Box::new(request),
                    why,
                }))
            }
        }
    }

    /// Says that `person` is not looking at it any more.
    pub async fn let_go(
        &self,
        id: RequestId,
        person: UserId,
        how: How,
    ) -> Result<Result<Request, NotClaimed>, StoreError> {
        despite_races(|| self.try_let_go(id, person, how)).await
    }

    async fn try_let_go(
        &self,
        id: RequestId,
        person: UserId,
        how: How,
    ) -> Result<Result<Request, NotClaimed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotClaimed::UnknownRequest));
        };
        match request.clone().let_go(person, how, now) {
            Ok(mut change) => {
                if how == How::Button {
                    let off = reactions::off_the_card(&mut work, id, person, reactions::LOOK).await?;
                    change.effects.extend(off);
                }
                let request = write(&mut work, change, now).await?;
                work.save_request(&request, version).await?;
                work.commit().await?;
                Ok(Ok(request))
            }
            Err(why) => Ok(Err(NotClaimed::Refused {
                request: Box::new(request),
                why,
            })),
        }
    }
}

fn unauthorised(why: &ClaimRefusal) -> Option<&'static str> {
    match why {
        ClaimRefusal::OwnRequest => Some("own_request"),
        ClaimRefusal::NotAnApprover => Some("not_an_approver"),
        _ => None,
    }
}

fn refused(request: &Request, actor: &Actor, via: Via, code: &str) -> Change<()> {
    Change {
        after: (),
        records: vec![Entry {
            by: By::Person(actor.person.clone()),
            fact: Fact::ClaimRefused {
                request: request.facts(),
                via,
                why: code.to_owned(),
            },
        }],
        effects: told_privately(request, actor, via, code),
    }
}

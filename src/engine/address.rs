//! A requester's address as the bot's page sees it: the one-time links that lead there, and what a visit leads to.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;
use url::Url;

use super::{
    Engine, despite_races,
    member::Unknown,
    name_source::{NotNamed, Sending},
    request::NotAsked,
};
use crate::{
    clock::fresh_secret,
    config::PublicPage,
    domain::{
        actor::Actor,
        address::{LinkOver, LinkToken, Seen},
        request::{Request, RequestState},
        source::{Source, SourceRefusal},
    },
    policy::Refusal,
    store::StoreError,
};

/// Somebody came by a good link.
#[derive(Debug)]
pub struct Visit {
    pub request: Request,
    pub verdict: Verdict,
}

/// What can be said of a visitor's address.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// The rules of now would take it.
    Fits(Source),
    /// Azure JIT does not take it.
    Ipv6(Ipv6Addr),
    Unclear,
    /// Nobody can connect from there.
    Impossible {
        address: Ipv4Addr,
        why: SourceRefusal,
    },
    Refused {
        source: Source,
        why: Box<Refusal>,
    },
    /// The machine is gone from the inventory.
    Changed,
    /// The requester is no member of the guild any more.
    Gone,
    /// Discord does not tell the requester's roles, by which the rules judge.
    Untold,
}

/// Why an address was not taken. The link can be used again, unless it is over.
#[derive(Debug)]
pub enum NotTaken {
    Over(LinkOver),
    Refused(Box<Visit>),
}

impl Engine {
    /// A fresh link with which the requester of a draft shows their address; `None` where there is no page for it.
    pub(super) async fn address_link(&self, request: &Request) -> Result<Option<Url>, StoreError> {
        let (Some(page), RequestState::Draft { lapses_at, .. }) = (&self.settings.page, &request.state)
        else {
            return Ok(None);
        };
        let Ok(token) = fresh_secret().parse::<LinkToken>() else {
            return Ok(None);
        };
        let mut work = self.store.begin().await?;
        work.add_address_link(&token, request.id, *lapses_at).await?;
        work.commit().await?;
        Ok(PublicPage::link(&page.public_url, token.expose()))
    }

    /// What a visitor by `token` is to be shown. Changes nothing.
    pub async fn visit(&self, token: &LinkToken, seen: Seen) -> Result<Result<Visit, LinkOver>, StoreError> {
        let request = match self.linked(token).await? {
            Ok(request) => request,
            Err(over) => return Ok(Err(over)),
        };
        let verdict = match self.recognise(&request, seen).await {
            Ok((source, actor)) => match self.judge_draft(&self.rules.load(), &request, &actor, source) {
                Ok(_) => Verdict::Fits(source),
                Err(why) => refused(source, why),
            },
            Err(verdict) => verdict,
        };
        Ok(Ok(Visit { request, verdict }))
    }

    /// The draft to which a link leads.
    async fn linked(&self, token: &LinkToken) -> Result<Result<Request, LinkOver>, StoreError> {
        let mut view = self.store.read().await?;
        let request = match view.find_address_link(token).await? {
            Some(id) => view.load_request(id).await?,
            None => None,
        };
        let Some((request, _)) = request else {
            return Ok(Err(LinkOver::Unknown));
        };
        Ok(match LinkOver::of(&request, self.now()) {
            Some(over) => Err(over),
            None => Ok(request),
        })
    }

    /// Sends the draft to which `token` leads, with `address` as its source. Of several at once, one wins.
    pub async fn take_address(
        &self,
        token: &LinkToken,
        address: Ipv4Addr,
    ) -> Result<Result<Request, NotTaken>, StoreError> {
        despite_races(|| self.try_take_address(token, address)).await
    }

    async fn try_take_address(
        &self,
        token: &LinkToken,
        address: Ipv4Addr,
    ) -> Result<Result<Request, NotTaken>, StoreError> {
        let request = match self.linked(token).await? {
            Ok(request) => request,
            Err(over) => return Ok(Err(NotTaken::Over(over))),
        };
        // Discord is asked before the transaction: no writer waits for it.
        let (source, actor) = match self.recognise(&request, Seen::V4(address)).await {
            Ok(known) => known,
            Err(verdict) => return Ok(Err(NotTaken::Refused(Box::new(Visit { request, verdict })))),
        };
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(request.id).await? else {
            return Ok(Err(NotTaken::Over(LinkOver::Unknown)));
        };
        if let Some(over) = LinkOver::of(&request, now) {
            return Ok(Err(NotTaken::Over(over)));
        }
        let sending = Sending {
            request: request.clone(),
            version,
            actor: &actor,
            source,
            token: None,
        };
        Ok(match self.send_draft(work, sending, now).await? {
            Ok(sent) => Ok(sent),
            Err(NotNamed::NotAsked(why)) => Err(NotTaken::Refused(Box::new(Visit {
                verdict: refused(source, *why),
                request,
            }))),
            Err(_) => Err(NotTaken::Over(
                LinkOver::of(&request, now).unwrap_or(LinkOver::Lapsed),
            )),
        })
    }

    /// Where a visitor comes from, and who it is, with the roles of now.
    async fn recognise(&self, request: &Request, seen: Seen) -> Result<(Source, Actor), Verdict> {
        let address = match seen {
            Seen::V4(address) => address,
            Seen::V6(address) => return Err(Verdict::Ipv6(address)),
            Seen::Unclear => return Err(Verdict::Unclear),
        };
        let source =
            Source::new(Ipv4Net::from(address)).map_err(|why| Verdict::Impossible { address, why })?;
        // Nobody sends roles along with a visit, and they may have changed since it was asked.
        let actor = self.member(request.requester.id).await.map_err(|why| match why {
            Unknown::Gone => Verdict::Gone,
            Unknown::Untold => Verdict::Untold,
        })?;
        Ok((source, actor))
    }
}

fn refused(source: Source, why: NotAsked) -> Verdict {
    match why {
        NotAsked::Rules(why) => Verdict::Refused {
            source,
            why: Box::new(why),
        },
        _ => Verdict::Changed,
    }
}

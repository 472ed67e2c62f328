//! What approvers press: votes, with all that is asked or with less, and claims.

use super::{Gateway, reply::Reply};
use crate::{
    chat::message::{
        failure,
        refusal::{input, vote as refusal, voting},
        vote,
    },
    domain::{
        actor::Actor,
        ids::RequestId,
        length::Length,
        request::{Ballot, How, Less, VoteRefusal},
        source::Source,
        vote::{Choice, Via},
    },
    engine::{claim::NotClaimed, take_back::NotTakenBack, vote::NotVoted},
    store::StoreError,
};

/// Votes, and says to the voter what came of it.
pub(super) async fn vote(gateway: &Gateway, request: RequestId, ballot: Ballot) -> Result<Reply, StoreError> {
    Ok(match gateway.engine.vote(request, &ballot).await? {
        Ok(voted) => gateway
            .engine
            .scene(voted.request)
            .await?
            .show(vote::counted)
            .into(),
        Err(NotVoted::UnknownRequest) => failure::old_button().into(),
        Err(NotVoted::Refused {
            request,
            why: VoteRefusal::SecondLook,
        }) => gateway
            .engine
            .scene(*request)
            .await?
            .show(|view| vote::second_look(view, ballot.less))
            .into(),
        Err(NotVoted::Refused { request, why }) => match why {
            VoteRefusal::SaidAlready { .. } => refusal::said_already(request.id, request.number, &why).into(),
            why => refusal::sentence(request.number, &why).into(),
        },
    })
}

/// Approves less than is asked, as it was typed.
pub(super) async fn approve_less(
    gateway: &Gateway,
    request: RequestId,
    voter: Actor,
    length: &str,
    source: &str,
) -> Result<Reply, StoreError> {
    let mut less = Less::default();
    let (length, source) = (length.trim(), source.trim());
    if !length.is_empty() {
        match length.parse::<Length>() {
            Ok(length) => less.length = Some(length),
            Err(why) => return Ok(input::less_length(length, why).into()),
        }
    }
    if !source.is_empty() {
        match source.parse::<Source>() {
            Ok(source) => less.source = Some(source),
            Err(why) => return Ok(input::less_source(&why).into()),
        }
    }
    let ballot = Ballot {
        less,
        ..Ballot::new(voter, Choice::Approve, Via::Button)
    };
    vote(gateway, request, ballot).await
}

/// Takes an approval back, and says what the request still needs.
pub(super) async fn take_back(
    gateway: &Gateway,
    request: RequestId,
    voter: &Actor,
) -> Result<Reply, StoreError> {
    let taken = gateway
        .engine
        .take_back(request, voter.person.id, How::Button, None)
        .await?;
    Ok(match taken {
        Ok(request) => gateway.engine.scene(request).await?.show(vote::taken_back).into(),
        Err(NotTakenBack::UnknownRequest) => failure::old_button().into(),
        Err(NotTakenBack::Refused { request, why }) => voting::taking_back(request.number, &why).into(),
    })
}

/// Says that they are looking at it.
pub(super) async fn claim(gateway: &Gateway, request: RequestId, actor: &Actor) -> Result<Reply, StoreError> {
    let claimed = gateway
        .engine
        .claim_request(request, actor, Via::Button, None)
        .await?;
    Ok(match claimed {
        Ok(request) => gateway.engine.scene(request).await?.show(vote::claimed).into(),
        Err(NotClaimed::UnknownRequest) => failure::old_button().into(),
        Err(NotClaimed::Refused { request, why }) => voting::claiming(request.number, &why).into(),
    })
}

/// Says that they are not looking at it any more.
pub(super) async fn let_go(
    gateway: &Gateway,
    request: RequestId,
    actor: &Actor,
) -> Result<Reply, StoreError> {
    let gone = gateway
        .engine
        .let_go(request, actor.person.id, How::Button)
        .await?;
    Ok(match gone {
        Ok(request) => gateway.engine.scene(request).await?.show(vote::let_go).into(),
        Err(NotClaimed::UnknownRequest) => failure::old_button().into(),
        Err(NotClaimed::Refused { request, why }) => voting::claiming(request.number, &why).into(),
    })
}

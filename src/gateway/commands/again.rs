//! The button Ask again.

use super::request::refusal;
use crate::{
    chat::message::{again, failure},
    domain::ids::RequestId,
    engine::again::{Again, NotAskedAgain},
    gateway::{Gateway, reply::Reply},
    store::StoreError,
};

/// Asks for the same, and says why not; the new request's own message says the rest.
pub(in crate::gateway) async fn again(
    gateway: &Gateway,
    request: RequestId,
    asked: &Again,
) -> Result<Reply, StoreError> {
    Ok(match gateway.engine.repeat(request, asked).await? {
        Ok(_) => Reply::FromJob,
        Err(NotAskedAgain::UnknownRequest) => failure::old_button().into(),
        Err(NotAskedAgain::NotYours(number)) => again::not_yours(number).into(),
        Err(NotAskedAgain::NotOver(request)) => again::not_over(&request).into(),
        Err(NotAskedAgain::Waits { number, waiting }) => again::waits(number, waiting).into(),
        Err(NotAskedAgain::NotAsked(why)) if *why == crate::engine::request::NotAsked::Repeated => {
            Reply::FromJob
        }
        Err(NotAskedAgain::NotAsked(why)) => refusal(&why).into(),
    })
}

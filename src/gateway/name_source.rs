//! A draft's source is named, with a button or in a form.

use super::{Gateway, commands, reply::Reply};
use crate::{
    chat::{
        message::{
            answer::{Place, answer},
            failure, source,
        },
        rest::InteractionToken,
    },
    domain::{actor::Actor, ids::RequestId},
    engine::name_source::{Named, NotNamed},
    store::StoreError,
};

/// Names the source, or says beside the draft why it was not taken.
pub(super) async fn name(
    gateway: &Gateway,
    request: RequestId,
    person: Actor,
    named: Named,
    token: &InteractionToken,
) -> Result<Reply, StoreError> {
    Ok(
        match gateway
            .engine
            .name_source(request, &person, &named, token)
            .await?
        {
            Ok(_) => Reply::FromJob,
            Err(NotNamed::UnknownRequest | NotNamed::NotYours) => {
                Reply::Aside(Box::new(failure::old_button()))
            }
            Err(NotNamed::NotADraft { request }) => gateway
                .engine
                .scene(*request)
                .await?
                .show(|view| answer(view, Place::Private))
                .into(),
            Err(NotNamed::NotAsked(why)) => {
                Reply::Aside(Box::new(source::still_waits(commands::request::refusal(&why))))
            }
        },
    )
}

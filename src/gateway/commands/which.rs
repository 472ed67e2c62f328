//! Which request a person means: by its number, or the only one that it can be.

use super::Sent;
use crate::{
    chat::message::{
        Rendered,
        command::Words,
        refusal::{
            input,
            nothing::{self, Doing},
        },
    },
    domain::ids::RequestNumber,
    engine::list::Row,
    store::{Phase, StoreError},
};

/// The request of the option `words`, or else the only one of the person that is open; or why there is none.
pub(super) async fn open(
    sent: &Sent<'_>,
    words: Words,
    doing: Doing,
) -> Result<Result<Row, Rendered>, StoreError> {
    let none = |waiting: &[RequestNumber]| nothing::open(doing, waiting);
    one(sent, words, &[Phase::Active], none).await
}

/// The request of the option `words`, or else the only one of the person that waits; or why there is none.
pub(super) async fn waiting(sent: &Sent<'_>, words: Words) -> Result<Result<Row, Rendered>, StoreError> {
    one(sent, words, &WAITING, |_| nothing::pending()).await
}

const WAITING: [Phase; 2] = [Phase::Draft, Phase::Pending];

async fn one(
    sent: &Sent<'_>,
    words: Words,
    phases: &[Phase],
    none: impl Fn(&[RequestNumber]) -> Rendered,
) -> Result<Result<Row, Rendered>, StoreError> {
    if let Some(number) = sent.number(words) {
        let found = sent.gateway.engine.look_up(RequestNumber(number)).await?;
        return Ok(found.ok_or_else(|| input::no_such_request(&number.to_string())));
    }
    let mut rows = own(sent, phases).await?;
    if rows.len() == 1
        && let Some(row) = rows.pop()
    {
        return Ok(Ok(row));
    }
    if rows.is_empty() {
        let waiting: Vec<_> = own(sent, &WAITING)
            .await?
            .into_iter()
            .map(|row| row.request.number)
            .collect();
        return Ok(Err(none(&waiting)));
    }
    let requests: Vec<_> = rows.into_iter().map(|row| row.request).collect();
    Ok(Err(input::which_request(&requests)))
}

async fn own(sent: &Sent<'_>, phases: &[Phase]) -> Result<Vec<Row>, StoreError> {
    let mine = Some(sent.actor.person.id);
    let mut rows = Vec::new();
    for phase in phases {
        rows.extend(sent.gateway.engine.list(*phase, mine, None).await?.rows);
    }
    Ok(rows)
}

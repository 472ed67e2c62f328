//! Which request a person means: by its number, or the only one that it can be.

use super::Sent;
use crate::{
    chat::message::{Rendered, command::Words, refusal::input},
    domain::ids::{RequestNumber, UserId},
    engine::list::Row,
    store::{Phase, StoreError},
};

/// The request of the option `words`, or else the only one of `person` (or of all) in one of `phases`.
pub(super) async fn one(
    sent: &Sent<'_>,
    words: Words,
    phases: &[Phase],
    of: Option<UserId>,
) -> Result<Result<Row, Rendered>, StoreError> {
    if let Some(number) = sent.number(words) {
        let found = sent.gateway.engine.look_up(RequestNumber(number)).await?;
        return Ok(found.ok_or_else(|| input::no_such_request(&number.to_string())));
    }
    let mut rows = Vec::new();
    for phase in phases {
        rows.extend(sent.gateway.engine.list(*phase, of, None).await?.rows);
    }
    if rows.len() == 1
        && let Some(row) = rows.pop()
    {
        return Ok(Ok(row));
    }
    let requests: Vec<_> = rows.into_iter().map(|row| row.request).collect();
    Ok(Err(input::which_request(&requests)))
}

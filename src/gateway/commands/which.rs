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
    let found = one(sent, words, &[Phase::Active]).await?;
    if !matches!(found, Found::Nothing) {
        return Ok(found.or(nothing::pending));
    }
    let waiting = own(sent, &WAITING).await?;
    let waiting: Vec<_> = waiting.into_iter().map(|row| row.request.number).collect();
    Ok(Err(nothing::open(doing, &waiting)))
}

/// The request of the option `words`, or else the only one of the person that waits; or why there is none.
pub(super) async fn waiting(sent: &Sent<'_>, words: Words) -> Result<Result<Row, Rendered>, StoreError> {
    Ok(one(sent, words, &WAITING).await?.or(nothing::pending))
}

const WAITING: [Phase; 2] = [Phase::Draft, Phase::Pending];

/// What a person can mean.
enum Found {
    One(Box<Row>),
    /// Said with what to do.
    Unclear(Rendered),
    Nothing,
}

impl Found {
    fn or(self, nothing: impl FnOnce() -> Rendered) -> Result<Row, Rendered> {
        match self {
            Self::One(row) => Ok(*row),
            Self::Unclear(said) => Err(said),
            Self::Nothing => Err(nothing()),
        }
    }
}

async fn one(sent: &Sent<'_>, words: Words, phases: &[Phase]) -> Result<Found, StoreError> {
    if let Some(number) = sent.number(words) {
        let found = sent.gateway.engine.look_up(RequestNumber(number)).await?;
        return Ok(match found {
            Some(row) => Found::One(Box::new(row)),
            None => Found::Unclear(input::no_such_request(&number.to_string())),
        });
    }
    let mut rows = own(sent, phases).await?;
    Ok(match (rows.pop(), rows.is_empty()) {
        (None, _) => Found::Nothing,
        (Some(row), true) => Found::One(Box::new(row)),
        (Some(last), false) => {
            rows.push(last);
            let requests: Vec<_> = rows.into_iter().map(|row| row.request).collect();
            Found::Unclear(input::which_request(&requests))
        }
    })
}

async fn own(sent: &Sent<'_>, phases: &[Phase]) -> Result<Vec<Row>, StoreError> {
    let mine = Some(sent.actor.person.id);
    let mut rows = Vec::new();
    for phase in phases {
        rows.extend(sent.gateway.engine.list(*phase, mine, None).await?.rows);
    }
    Ok(rows)
}

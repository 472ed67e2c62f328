//! Lists of requests. One text per set of filters, so that each walks one index.

use super::{RequestFilter, Version, row::RequestRow};
use crate::{
    domain::{Instant, ids::UserId, request::Request, source::Source},
    store::{
        View,
        cell::{Cells, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    LIST = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms, asked_at,
            asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE number < $1 ORDER BY number DESC LIMIT $2";
    LIST_OF_REQUESTER = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms,
            asked_at, asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE number < $1 AND requester = $3 ORDER BY number DESC LIMIT $2";
    LIST_IN_PHASE = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms,
            asked_at, asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE number < $1 AND phase = $3 ORDER BY number DESC LIMIT $2";
    LIST_OF_REQUESTER_IN_PHASE = "SELECT id, number, version, requester, requester_name, targets, length_seconds,
            reason, terms, asked_at, asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE number < $1 AND requester = $3 AND phase = $4 ORDER BY number DESC LIMIT $2";
    OVERDUE = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms,
            asked_at, asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE answer_by IS NOT NULL AND answer_by <= $1 ORDER BY answer_by LIMIT $2";
    LAST_SOURCE = "SELECT id, source FROM requests WHERE requester = $1 AND source IS NOT NULL
        ORDER BY number DESC LIMIT 1";
}

impl View {
    /// At most `limit` requests, newest first. Without a phase, drafts are among them.
    pub async fn list_requests(
        &mut self,
        filter: RequestFilter,
        limit: u32,
    ) -> Result<Vec<(Request, Version)>> {
        let before = filter.before.unwrap_or(i64::MAX);
        let limit = i64::from(limit);
        let requester = filter.requester.map(|requester| requester.to_string());
        let phase = filter.phase.map(super::Phase::name);
        let rows = match (requester, phase) {
            (None, None) => run!(self, fetch_all::<RequestRow>, LIST, before, limit)?,
            (Some(requester), None) => run!(
                self,
                fetch_all::<RequestRow>,
                LIST_OF_REQUESTER,
                before,
                limit,
                requester
            )?,
            (None, Some(phase)) => run!(self, fetch_all::<RequestRow>, LIST_IN_PHASE, before, limit, phase)?,
            (Some(requester), Some(phase)) => run!(
                self,
                fetch_all::<RequestRow>,
                LIST_OF_REQUESTER_IN_PHASE,
                before,
                limit,
                requester,
                phase
            )?,
        };
        rows.into_iter().map(RequestRow::request).collect()
    }

    /// Drafts and pending requests whose time is over, oldest first.
    pub async fn overdue_requests(&mut self, now: Instant, limit: u32) -> Result<Vec<(Request, Version)>> {
        let rows = run!(
            self,
            fetch_all::<RequestRow>,
            OVERDUE,
            millis(now),
            i64::from(limit)
        )?;
        rows.into_iter().map(RequestRow::request).collect()
    }

    /// The source of the newest request of this person that had one.
    pub async fn last_source_of(&mut self, person: UserId) -> Result<Option<Source>> {
        let row = run!(
            self,
            fetch_optional::<(String, String)>,
            LAST_SOURCE,
            person.to_string()
        )?;
        row.map(|(id, source)| {
            let cell = Cells {
                table: "requests",
                id: &id,
            }
            .at("source");
            source.parse().map_err(|refusal| cell.bad(format!("{refusal:?}")))
        })
        .transpose()
    }
}

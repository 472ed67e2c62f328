//! Writing a request, and reading one.

use super::{Phase, Version, row::RequestRow};
use crate::{
    domain::{
        ids::{RequestId, RequestNumber},
        request::{Request, RequestState},
    },
    store::{
        StoreError, View, Work,
        answers::AnswerToken,
        cell::{clean, json, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    NEXT_NUMBER = "UPDATE counters SET value = value + 1 WHERE name = 'request' RETURNING value";
    INSERT = "INSERT INTO requests (id, number, version, requester, requester_name, targets, length_seconds, reason,
            terms, asked_at, asked_in, state, state_name, phase, source, answer_by, ends_at, extends, extension,
            starts_at)
        VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    SAVE = "UPDATE requests SET version = version + 1, state = $1, state_name = $2, phase = $3, source = $4,
            answer_by = $5, ends_at = $6, targets = $7, terms = $8, length_seconds = $9, narrowed = $10
        WHERE id = $11 AND version = $12";
    LOAD = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms, asked_at,
            asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE id = $1";
    LOAD_NUMBER = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms,
            asked_at, asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE number = $1";
}

/// The columns that copy facts of the state.
struct Copied {
    phase: &'static str,
    source: Option<String>,
    answer_by: Option<i64>,
    ends_at: Option<i64>,
}

impl Copied {
    fn of(request: &Request) -> Self {
        let (answer_by, ends_at) = match &request.state {
            RequestState::Draft { lapses_at, .. } => (Some(*lapses_at), None),
            RequestState::Pending { answer_by, .. } => (Some(*answer_by), None),
            RequestState::Approved { ends_at, .. }
            | RequestState::Settled { ends_at, .. }
            | RequestState::Scheduled { ends_at, .. } => (None, Some(*ends_at)),
            RequestState::Denied { .. }
            | RequestState::Withdrawn { .. }
            | RequestState::Lapsed { .. }
            | RequestState::NotStarted { .. } => (None, None),
        };
        Self {
            phase: Phase::of(&request.state).name(),
            source: request.source().map(|source| source.to_string()),
            answer_by: answer_by.map(millis),
            ends_at: ends_at.map(millis),
        }
    }
}

fn seconds(request: &Request) -> i64 {
    i64::try_from(request.length.get().as_secs()).unwrap_or(i64::MAX)
}

fn narrowed(request: &Request) -> Result<Option<String>> {
    let some = (!request.narrowed.is_empty()).then_some(&request.narrowed);
    some.map(json).transpose()
}

impl Work {
    /// The next number for people, from 1. Given back when the transaction is not committed.
    pub async fn next_request_number(&mut self) -> Result<RequestNumber> {
        let (number,) = run!(self, fetch_one::<(i64,)>, NEXT_NUMBER)?;
        Ok(RequestNumber(number))
    }

    /// Keeps a new request and, where its requester has an ephemeral answer, the way to edit that.
    pub async fn insert_request(&mut self, request: &Request, answer: Option<&AnswerToken>) -> Result<()> {
        let copied = Copied::of(request);
        run!(
            self,
            execute,
            INSERT,
            request.id.to_string(),
            request.number.0,
            request.requester.id.to_string(),
            clean(&request.requester.name).into_owned(),
            json(&request.targets)?,
            seconds(request),
            request
                .reason
                .as_ref()
                .map(|reason| clean(reason.as_str()).into_owned()),
            json(&request.terms)?,
            millis(request.asked_at),
            request.asked_in.to_string(),
            json(&request.state)?,
            request.state.name(),
            copied.phase,
            copied.source,
            copied.answer_by,
            copied.ends_at,
            request.extends.map(|extends| extends.request.to_string()),
            request.extends.as_ref().map(json).transpose()?,
            request.starts_at.map(millis),
        )?;
        match answer {
            Some(answer) => self.set_answer_token(request.id, answer).await,
            None => Ok(()),
        }
    }

    /// Keeps the request's new state, if nobody changed it since it was read.
    ///
    /// # Errors
    /// [`StoreError::LostRace`] if somebody did.
    pub async fn save_request(&mut self, request: &Request, read: Version) -> Result<()> {
        let copied = Copied::of(request);
        let touched = run!(
            self,
            execute,
            SAVE,
            json(&request.state)?,
            request.state.name(),
            copied.phase,
            copied.source,
            copied.answer_by,
            copied.ends_at,
            // An approver may have made it shorter; rules and JIT policies speak last when a draft is sent.
            json(&request.targets)?,
            json(&request.terms)?,
            seconds(request),
            narrowed(request)?,
            request.id.to_string(),
            read.0,
        )?;
        if touched == 1 {
            return Ok(());
        }
        Err(StoreError::LostRace {
            what: format!("request {}", request.number),
        })
    }
}

impl View {
    /// The request with this id.
    pub async fn load_request(&mut self, id: RequestId) -> Result<Option<(Request, Version)>> {
        run!(self, fetch_optional::<RequestRow>, LOAD, id.to_string())?
            .map(RequestRow::request)
            .transpose()
    }

    /// The request that people call by this number.
    pub async fn find_request(&mut self, number: RequestNumber) -> Result<Option<(Request, Version)>> {
        run!(self, fetch_optional::<RequestRow>, LOAD_NUMBER, number.0)?
            .map(RequestRow::request)
            .transpose()
    }
}

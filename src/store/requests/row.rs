//! A row of `requests`, and the request that it holds.

use std::time::Duration;

use sqlx::FromRow;

use super::Version;
use crate::{
    domain::{
        actor::Person,
        ids::{RequestId, RequestNumber},
        length::Length,
        request::Request,
        text::FreeText,
    },
    store::{cell::Cells, error::Result},
};

#[derive(Debug, FromRow)]
pub(super) struct RequestRow {
    id: String,
    number: i64,
    version: i64,
    requester: String,
    requester_name: String,
    targets: String,
    length_seconds: i64,
    reason: Option<String>,
    terms: String,
    asked_at: i64,
    asked_in: String,
    state: String,
    extension: Option<String>,
    narrowed: Option<String>,
    starts_at: Option<i64>,
}

impl RequestRow {
    pub(super) fn request(self) -> Result<(Request, Version)> {
        let cells = Cells {
            table: "requests",
            id: &self.id,
        };
        let seconds =
            u64::try_from(self.length_seconds).map_err(|error| cells.at("length_seconds").bad(error))?;
        let reason = match self.reason.as_deref() {
            None => None,
            Some(text) => {
                Some(FreeText::new(text).ok_or_else(|| cells.at("reason").bad("nothing in it can be read"))?)
            }
        };
        let request = Request {
            id: cells.at("id").parse::<RequestId>(&self.id)?,
            number: RequestNumber(self.number),
            requester: Person {
                id: cells.at("requester").parse(&self.requester)?,
                name: self.requester_name,
            },
            targets: cells.at("targets").json(&self.targets)?,
            length: Length::new(Duration::from_secs(seconds))
                .map_err(|error| cells.at("length_seconds").bad(error))?,
            reason,
            terms: cells.at("terms").json(&self.terms)?,
            asked_at: cells.at("asked_at").instant(self.asked_at)?,
            asked_in: cells.at("asked_in").parse(&self.asked_in)?,
            extends: match &self.extension {
                Some(text) => Some(cells.at("extension").json(text)?),
                None => None,
            },
            narrowed: match &self.narrowed {
                Some(text) => cells.at("narrowed").json(text)?,
                None => Vec::new(),
            },
            starts_at: match self.starts_at {
                Some(millis) => Some(cells.at("starts_at").instant(millis)?),
                None => None,
            },
            state: cells.at("state").json(&self.state)?,
        };
        Ok((request, Version(self.version)))
    }
}

//! The Activity Log of a subscription, with the few filters that it knows.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use crate::sandbox::azure::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{Model, activity::Activity},
};

use super::paging;

const PAGE_SIZE: usize = 100;

/// Newest first. An entry is there some minutes after the event.
pub(super) fn list(model: &Model, call: &Call, subscription: &str) -> Result<Answer> {
    let Some(filter) = call.query.get("$filter") else {
        return Err(refused(
            "The $filter query parameter with a start time is required.",
        ));
    };
    let terms = filter
        .split(" and ")
        .map(Term::parse)
        .collect::<Result<Vec<_>>>()?;
    let has_start = terms.iter().any(|term| matches!(term, Term::From(_)));
    if !has_start {
        return Err(refused("The filter needs a start time: eventTimestamp ge '…'."));
    }
    let readable = call.now - model.timing.activity_lag;
    let mut entries: Vec<&Activity> = model
        .activity
        .iter()
        .filter(|entry| entry.subscription.eq_ignore_ascii_case(subscription))
        .filter(|entry| entry.at <= readable && terms.iter().all(|term| term.fits(entry)))
        .collect();
    entries.reverse();
    paging::page(call, PAGE_SIZE, entries, |entry| -> Value { entry.document() })
}

enum Term {
    From(DateTime<Utc>),
    Until(DateTime<Utc>),
    Group(String),
    Resource(String),
    Provider(String),
    Correlation(String),
}

impl Term {
    fn parse(text: &str) -> Result<Self> {
        let mut words = text.split_whitespace();
        let (name, operator, value) = (words.next(), words.next(), words.next());
        let value = value
            .map(|value| value.trim_matches('\'').to_owned())
            .unwrap_or_default();
        let instant = || {
            // The Azure CLI leaves the zone away and means UTC.
            let zoned = DateTime::parse_from_rfc3339(&value).map(|at| at.with_timezone(&Utc));
            zoned
                .or_else(|_| value.parse::<NaiveDateTime>().map(|at| at.and_utc()))
                .map_err(|_| refused("A time stamp of the filter is not valid."))
        };
        let name = name.unwrap_or_default().to_ascii_lowercase();
        match (name.as_str(), operator.unwrap_or_default()) {
            ("eventtimestamp", "ge") => Ok(Self::From(instant()?)),
            ("eventtimestamp", "le") => Ok(Self::Until(instant()?)),
            ("resourcegroupname", "eq") => Ok(Self::Group(value)),
            ("resourceuri" | "resourceid", "eq") => Ok(Self::Resource(value)),
            ("resourceprovider", "eq") => Ok(Self::Provider(value)),
            ("correlationid", "eq") => Ok(Self::Correlation(value)),
            _ => Err(refused("The filter is not supported.")),
        }
    }

    fn fits(&self, entry: &Activity) -> bool {
        match self {
            Self::From(at) => entry.at >= *at,
            Self::Until(at) => entry.at <= *at,
            Self::Group(group) => entry.group.eq_ignore_ascii_case(group),
            Self::Resource(id) => entry.resource.eq_ignore_ascii_case(id),
            Self::Provider(name) => name.eq_ignore_ascii_case(entry.provider()),
            Self::Correlation(id) => entry.correlation.eq_ignore_ascii_case(id),
        }
    }
}

fn refused(text: &str) -> Refusal {
    Refusal::bad_request("BadRequest", text)
}

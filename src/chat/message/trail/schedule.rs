//! Lines about a later start.

use super::{DOORS, asked_by};
use crate::{
    chat::message::{phrase, schedule, when},
    domain::{Instant, record::Fact, request::NotStarted},
};

/// What the line of a request says that has a later start.
pub(super) fn to_start(starts_at: Option<Instant>) -> Option<String> {
    starts_at.map(|starts_at| format!("to start {}", when::full(starts_at)))
}

pub(super) fn parts(fact: &Fact) -> Vec<String> {
    match fact {
        Fact::Started {
            request,
            doors,
            source,
            ends_at,
        } => {
            let doors = phrase::doors_plain(doors.iter().map(|door| (&door.vm, door.port)), DOORS);
            let mut parts = vec![
                "start".to_owned(),
                format!("{doors} from {source} until {}", when::time(*ends_at)),
                "may still have it".to_owned(),
            ];
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::NotStarted {
            request,
            starts_at,
            why,
        } => {
            let what = match why {
                NotStarted::CalledOff { .. } => "called off",
                _ => "not started",
            };
            let mut parts = vec![
                what.to_owned(),
                format!("to start {}", when::full(*starts_at)),
                schedule::not_started(why).trim_end_matches('.').to_owned(),
            ];
            parts.extend(asked_by(request, &[]));
            parts
        }
        _ => Vec::new(),
    }
}

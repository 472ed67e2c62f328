//! Why something cannot start when it is to start.

use super::rules::{door, name, why as refused};
use crate::{
    chat::message::{hours, when},
    domain::Instant,
    policy::Refusal,
};

pub(super) fn why(starts_at: Instant, why: &Refusal) -> String {
    match why {
        Refusal::OutsideHours {
            door: at,
            rule,
            hours,
            next,
        } => format!(
            "The rule {} lets you have {} only at certain hours: {}. The start that you asked for, {}, is not among them.{}",
            name(rule),
            door(at),
            hours::phrase(hours),
            when::full(starts_at),
            next.map_or_else(String::new, |next| format!(
                " Choose a start from {}.",
                when::full(next)
            ))
        ),
        why => format!(
            "For the start that you asked for, {}: {}",
            when::full(starts_at),
            refused(why)
        ),
    }
}

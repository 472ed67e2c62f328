//! What rules decide alone, without a person, and why they do not.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::{hours::Hours, ids::RuleName, length::Length};

/// What a rule that may approve alone did with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alone", rename_all = "snake_case")]
pub enum Alone {
    /// All its conditions held, and those of every other rule involved.
    Approved,
    NotApproved {
        why: NotAlone,
    },
    /// It was not asked: whoever asked for the access opened it at once, as the rule allows.
    BrokeGlass {
        /// Whether it opens although a freeze is on.
        in_freeze: bool,
    },
}

/// The condition that did not hold: people must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NotAlone {
    /// It does so for other people.
    OtherPeople,
    /// It does so for sources in these networks.
    SourceOutside { within: Vec<Ipv4Net> },
    /// It did so for this person as often as it may.
    TooOften { at_most: u32, per: Length },
    /// A freeze was on.
    Frozen,
    /// Another rule is involved, which does not.
    AnotherRule { rule: RuleName },
    /// An approver would have to look at it twice, so somebody must look at it once.
    SecondLook,
    /// It does so at these hours.
    OtherHours { hours: Hours },
}

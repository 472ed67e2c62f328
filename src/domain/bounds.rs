//! What narrows the rule of one request besides its approvers.

use serde::{Deserialize, Serialize};

use super::{hours::Hours, length::Length};

/// The hours in which the rule holds, and the stricter limits in it that apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bounds {
    /// `None`: at any hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// Nobody was asked for a reason.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reason_unasked: bool,
}

/// A stricter limit within a rule, and why it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// What the rule says after "because".
    pub because: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_for: Option<Length>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<u8>,
    /// Whether there must be a reason.
    #[serde(default)]
    pub reason: bool,
}

impl Bounds {
    /// Whether nothing narrows it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

//! Requests ⇄ rows.

pub(super) mod extensions;
pub(super) mod list;
mod row;
pub(super) mod write;

use crate::domain::{ids::UserId, request::RequestState};

/// The version of a row as it was read; a save succeeds only while it is still that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub(super) i64);

/// Where a request stands in people's eyes: what lists are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Only the requester knows of it.
    Draft,
    /// Waits for an answer.
    Pending,
    /// Approved, and not all windows have ended.
    Active,
    Past,
}

impl Phase {
    /// The phase of a state.
    pub fn of(state: &RequestState) -> Self {
        match state {
            RequestState::Draft { .. } => Self::Draft,
            RequestState::Pending { .. } => Self::Pending,
            RequestState::Approved { .. } | RequestState::Scheduled { .. } => Self::Active,
            RequestState::Denied { .. }
            | RequestState::Withdrawn { .. }
            | RequestState::Lapsed { .. }
            | RequestState::Settled { .. }
            | RequestState::NotStarted { .. } => Self::Past,
        }
    }

    pub(in crate::store) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Past => "past",
        }
    }
}

/// Which requests a list shows; newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestFilter {
    pub requester: Option<UserId>,
    pub phase: Option<Phase>,
    /// Only numbers below this one: the next page.
    pub before: Option<i64>,
}

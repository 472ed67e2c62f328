//! Where a request stands as a whole: one word for the title of a card, worked out from it and its windows.
//!
//! "Open" is only said of windows that Azure reported as open; as long as one is missing, it is "partly open".

use serenity::all::Colour;

use crate::domain::{
    freeze::Freeze,
    request::{Request, RequestState},
    window::{Window, WindowState},
};

/// Where a request stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Draft,
    Pending,
    /// Approved, and a freeze keeps Azure from being asked.
    Held,
    Opening,
    Stuck,
    PartlyOpen,
    Open,
    Closing,
    Unconfirmed,
    Closed,
    Failed,
    Denied,
    Withdrawn,
    Lapsed,
    /// Approved, and it waits for its start.
    Scheduled,
    NotStarted,
}

impl Phase {
    /// The phase of `request`, all of whose windows are `windows`.
    pub(super) fn of(request: &Request, windows: &[Window], freeze: Option<&Freeze>) -> Self {
        let freeze = freeze.filter(|_| !request.opens_in_freeze());
        match &request.state {
            RequestState::Draft { .. } => Self::Draft,
            RequestState::Pending { .. } => Self::Pending,
            RequestState::Denied { .. } => Self::Denied,
            RequestState::Withdrawn { .. } => Self::Withdrawn,
            RequestState::Lapsed { .. } => Self::Lapsed,
            RequestState::Scheduled { .. } => Self::Scheduled,
            RequestState::NotStarted { .. } => Self::NotStarted,
            RequestState::Approved { .. } if windows.is_empty() => Self::Opening,
            RequestState::Approved { .. } | RequestState::Settled { .. } => Self::of_windows(windows, freeze),
        }
    }

    fn of_windows(windows: &[Window], freeze: Option<&Freeze>) -> Self {
        let any = |test: fn(&WindowState) -> bool| windows.iter().any(|window| test(&window.state));
        let all = |test: fn(&WindowState) -> bool| windows.iter().all(|window| test(&window.state));
        let open = |state: &WindowState| matches!(state, WindowState::Open { .. });
        if any(|state| {
            matches!(
                state,
                WindowState::Closing {
                    unconfirmed_at: Some(_),
                    ..
                }
            )
        }) {
            Self::Unconfirmed
        } else if any(open) {
            if all(open) { Self::Open } else { Self::PartlyOpen }
        } else if any(|state| {
            matches!(
                state,
                WindowState::Opening {
                    stuck_at: Some(_),
                    ..
                }
            )
        }) {
            Self::Stuck
        } else if any(|state| {
            matches!(
                state,
                WindowState::Opening {
                    asked_at: Some(_),
                    ..
                }
            )
        }) {
            Self::Opening
        } else if any(|state| matches!(state, WindowState::Opening { .. })) {
            if freeze.is_some() {
                Self::Held
            } else {
                Self::Opening
            }
        } else if any(|state| matches!(state, WindowState::Closing { .. })) {
            Self::Closing
        } else if !windows.is_empty() && all(|state| matches!(state, WindowState::Failed { .. })) {
            Self::Failed
        } else {
            Self::Closed
        }
    }

    /// The state in words, for a title: no reader depends on the colour.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Draft => "waiting for its source",
            Self::Pending => "waiting for an answer",
            Self::Held => "approved, held back by a freeze",
            Self::Opening => "approved, opening",
            Self::Stuck => "still opening, Azure takes long",
            Self::PartlyOpen => "partly open",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Unconfirmed => "end not confirmed by Azure",
            Self::Closed => "closed",
            Self::Failed => "failed, not opened",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed, not answered in time",
            Self::Scheduled => "approved, waits for its start",
            Self::NotStarted => "approved, not opened",
        }
    }

    /// A colour that goes with the words.
    pub(super) fn colour(self) -> Colour {
        match self {
            Self::Draft | Self::Pending | Self::Held | Self::Scheduled => Colour::new(0x00d2_9922),
            Self::Opening | Self::Closing => Colour::new(0x0038_8bfd),
            Self::Open | Self::PartlyOpen => Colour::new(0x002e_a043),
            Self::Stuck | Self::Unconfirmed | Self::Failed | Self::Denied => Colour::new(0x00da_3633),
            Self::Closed | Self::Withdrawn | Self::Lapsed | Self::NotStarted => Colour::new(0x006e_7681),
        }
    }

    /// Whether something can still be closed.
    pub(super) fn can_close(self) -> bool {
        matches!(
            self,
            Self::Held | Self::Opening | Self::Stuck | Self::PartlyOpen | Self::Open
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::message::sample;

    #[test]
    fn open_is_said_only_when_every_window_is_open() {
        let request = sample::approved(&["web-01", "web-02"]);
        let opening = sample::windows(&request);
        let phase = |windows: &[Window]| Phase::of(&request, windows, None);
        assert_eq!(phase(&opening), Phase::Opening);

        let mut one = opening.clone();
        one[0].state = sample::open();
        assert_eq!(phase(&one), Phase::PartlyOpen);

        let mut both = one.clone();
        both[1].state = sample::open();
        assert_eq!(phase(&both), Phase::Open);

        let mut one_failed = both.clone();
        one_failed[1].state = sample::failed();
        assert_eq!(phase(&one_failed), Phase::PartlyOpen);

        assert_eq!(
            Phase::of(&request, &opening, Some(&sample::freeze())),
            Phase::Held
        );
        assert_eq!(
            Phase::of(&request, &one, Some(&sample::freeze())),
            Phase::PartlyOpen
        );
    }
}

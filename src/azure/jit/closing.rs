//! Closing a window early: there is no such call, so a newer, shorter request takes the window's place.
//!
//! The way is inferred from the enum value `NewerRequestInitiated`; the shortest length that Azure takes is not
//! documented, so a refusal of the short one is answered with the policy's own minimum of five minutes.

use std::net::Ipv4Addr;

use chrono::TimeDelta;
use ipnet::Ipv4Net;

use super::initiate::InitiatePort;
use crate::domain::{Instant, source::Source, vm::AllowedSources, window::Window};

/// An address that nobody has (RFC 5737): what it may reach, nobody reaches.
const NOBODY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// How long the request is that takes the window's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseLength {
    /// One minute: tried first.
    Short,
    /// Five minutes, the least that a JIT policy can name: after Azure refused the short one with 400.
    Minimum,
}

impl CloseLength {
    fn delta(self) -> TimeDelta {
        match self {
            Self::Short => TimeDelta::minutes(1),
            Self::Minimum => TimeDelta::minutes(5),
        }
    }
}

/// What to send to close `window` early, or `None` where its own end comes as soon.
///
/// Lets in a source that no one uses, or, where the JIT policy allows no other, the window's own; never ends
/// later than the window (G8).
pub fn closing_request(
    window: &Window,
    allowed: &AllowedSources,
    length: CloseLength,
    now: Instant,
) -> Option<InitiatePort> {
    let nobody = Ipv4Net::from(NOBODY);
    let harmless = Source::new(nobody).ok().filter(|_| allowed.contain(nobody));
    let ends_at = window.ends_at.min(now + length.delta());
    // With the window's own source nothing is won unless the end comes earlier.
    let wins = ends_at > now && (harmless.is_some() || ends_at < window.ends_at);
    wins.then(|| InitiatePort {
        source: harmless.unwrap_or(window.source),
        ends_at,
        ..InitiatePort::from(window)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{azure::jit::testing::window, clock::Instant};

    fn plan(minutes_left: i64, allowed: &AllowedSources, length: CloseLength) -> Option<(String, i64)> {
        let window = window();
        let now: Instant = window.ends_at - TimeDelta::minutes(minutes_left);
        closing_request(&window, allowed, length, now)
            .map(|port| (port.source.to_string(), (port.ends_at - now).num_seconds()))
    }

    #[test]
    fn a_source_that_no_one_uses_takes_the_place_of_the_window() {
        let nobody = |seconds| Some(("192.0.2.1".to_owned(), seconds));
        assert_eq!(plan(60, &AllowedSources::Any, CloseLength::Short), nobody(60));
        assert_eq!(plan(60, &AllowedSources::Any, CloseLength::Minimum), nobody(300));
        assert_eq!(plan(2, &AllowedSources::Any, CloseLength::Minimum), nobody(120));
        assert_eq!(plan(0, &AllowedSources::Any, CloseLength::Short), None);
        assert_eq!(plan(-5, &AllowedSources::Any, CloseLength::Short), None);
    }

    #[test]
    fn a_narrow_policy_leaves_only_the_windows_own_source() {
        let narrow = AllowedSources::Only(vec!["198.51.100.0/24".parse().unwrap()]);
        let own = |seconds| Some(("198.51.100.7".to_owned(), seconds));
        assert_eq!(plan(60, &narrow, CloseLength::Short), own(60));
        assert_eq!(plan(60, &narrow, CloseLength::Minimum), own(300));
        assert_eq!(plan(1, &narrow, CloseLength::Short), None);
        assert_eq!(plan(4, &narrow, CloseLength::Minimum), None);
    }

    proptest! {
        #[test]
        fn a_close_never_reaches_beyond_the_window(seconds in -1000_i64..100_000, any: bool, short: bool) {
            let window = window();
            let now = window.ends_at - TimeDelta::seconds(seconds);
            let allowed = if any { AllowedSources::Any } else { AllowedSources::Only(Vec::new()) };
            let length = if short { CloseLength::Short } else { CloseLength::Minimum };
            if let Some(port) = closing_request(&window, &allowed, length, now) {
                prop_assert!(port.ends_at <= window.ends_at && port.ends_at > now);
                prop_assert!(port.source == window.source || port.source.net().addr() == NOBODY);
                prop_assert_eq!((&port.vm, port.port), (&window.vm, window.port));
            }
        }
    }
}

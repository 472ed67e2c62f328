//! The address that the bot's page sees of a requester, and the one-time links that lead there.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use super::{
    Instant,
    request::{Request, RequestState},
};

/// The secret part of a link. Whoever has it can name the source of one draft, so it prints nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

/// A text that is no token: wrong in length or in one of its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoToken;

impl LinkToken {
    /// 24 bytes as base64url (RFC 4648, section 5).
    pub const CHARS: usize = 32;

    /// The text that stands in the link, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for LinkToken {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let fits = text.len() == Self::CHARS
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        fits.then(|| Self(text.to_owned())).ok_or(NoToken)
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken([not shown])")
    }
}

/// What a page sees of its visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    V4(Ipv4Addr),
    /// Azure JIT does not take it.
    V6(Ipv6Addr),
    /// A proxy stands in between and does not say who comes.
    Unclear,
}

impl From<IpAddr> for Seen {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkOver {
    /// It was never made, or so long ago that it is forgotten.
    Unknown,
    /// The request has its source, through this link or in another way.
    Used,
    Withdrawn,
    /// The draft's time is over.
    Lapsed,
}

impl LinkOver {
    /// Why a link to `request` leads nowhere at `now`; `None`: the draft waits for its source.
    pub fn of(request: &Request, now: Instant) -> Option<Self> {
        match &request.state {
            RequestState::Draft { lapses_at, .. } => (now >= *lapses_at).then_some(Self::Lapsed),
            RequestState::Withdrawn { source: None, .. } => Some(Self::Withdrawn),
            RequestState::Lapsed { source: None, .. } => Some(Self::Lapsed),
            RequestState::Pending { .. }
            | RequestState::Approved { .. }
            | RequestState::Denied { .. }
            | RequestState::Settled { .. }
            | RequestState::Scheduled { .. }
            | RequestState::NotStarted { .. }
            | RequestState::Withdrawn { .. }
            | RequestState::Lapsed { .. } => Some(Self::Used),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_whole_token_is_read_and_it_prints_nowhere() {
        let text = "abcdefghijklmnopqrstuvwxyzABC-_9";
        let token: LinkToken = text.parse().unwrap();
        assert_eq!(token.expose(), text);
        assert_eq!(format!("{token:?}"), "LinkToken([not shown])");
        for wrong in [
            "",
            "abcdefghijklmnopqrstuvwxyzABC-_",
            "abcdefghijklmnopqrstuvwxyzABC-_99",
            "abcdefghijklmnopqrstuvwxyzABC-_=",
            "abcdefghijklmnopqrstuvwxyzABC/+9",
            "abcdefghijklmnopqrstuvwxyzABC-é",
            " abcdefghijklmnopqrstuvwxyzABC-_",
        ] {
            assert_eq!(wrong.parse::<LinkToken>(), Err(NoToken), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn ipv4_that_came_as_ipv6_is_ipv4(address in any::<Ipv4Addr>()) {
            prop_assert_eq!(Seen::from(IpAddr::V6(address.to_ipv6_mapped())), Seen::V4(address));
            prop_assert_eq!(Seen::from(IpAddr::V4(address)), Seen::V4(address));
        }
    }
}

//! How often one visitor may load the page.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// A person loads it a few times; a guesser would need 2^191 visits.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();
const BURST: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Above this many visitors, those who have been quiet are forgotten.
const VISITORS_MAX: usize = 10_000;

/// Counts visits. Time is real time: this guards the process, not the world.
pub(super) struct Pace(DefaultKeyedRateLimiter<IpAddr>);

impl Default for Pace {
    fn default() -> Self {
        Self(RateLimiter::keyed(
            Quota::per_minute(PER_MINUTE).allow_burst(BURST),
        ))
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("visitors", &self.0.len()).finish()
    }
}

impl Pace {
    /// Whether this visitor may load the page once more.
    pub(super) fn admits(&self, visitor: IpAddr) -> bool {
        if self.0.len() > VISITORS_MAX {
            self.0.retain_recent();
            self.0.shrink_to_fit();
        }
        self.0.check_key(&whole(visitor)).is_ok()
    }
}

/// One customer has a whole /64 of IPv6.
fn whole(visitor: IpAddr) -> IpAddr {
    match visitor.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let bits = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(bits))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hurries_waits_and_others_do_not() {
        let pace = Pace::default();
        let visits = |visitor: &str| {
            let visitor = visitor.parse().unwrap();
            (0..25).filter(|_| pace.admits(visitor)).count()
        };
        assert_eq!(visits("198.51.100.7"), 20);
        assert_eq!(visits("198.51.100.8"), 20);
        assert_eq!(visits("2001:db8::1"), 20);
        assert_eq!(visits("2001:db8::ffff"), 0, "the same /64");
        assert_eq!(visits("::ffff:198.51.100.7"), 0, "the same visitor");
    }
}

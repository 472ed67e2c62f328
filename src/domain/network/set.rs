//! Sets of IPv4 addresses.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// Ranges with both ends in them, in order, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<(u32, u32)>);

impl Set {
    pub(super) fn all() -> Self {
        Self(vec![(0, u32::MAX)])
    }

    pub(super) fn of(net: Ipv4Net) -> Self {
        Self(vec![(u32::from(net.network()), u32::from(net.broadcast()))])
    }

    /// The networks of RFC 1918 and RFC 6598, which stand for what lies inside.
    pub(super) fn private() -> Self {
        let [a, b, c, d] = [
            (Ipv4Addr::new(10, 0, 0, 0), 8),
            (Ipv4Addr::new(100, 64, 0, 0), 10),
            (Ipv4Addr::new(172, 16, 0, 0), 12),
            (Ipv4Addr::new(192, 168, 0, 0), 16),
        ]
        .map(|(address, prefix)| {
            let first = u32::from(address);
            (first, first | (u32::MAX >> prefix))
        });
        Self(vec![a, b, c, d])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn size(&self) -> u64 {
        self.0.iter().map(|(low, high)| u64::from(high - low) + 1).sum()
    }

    #[cfg(test)]
    pub(super) fn contains(&self, address: Ipv4Addr) -> bool {
        let number = u32::from(address);
        self.0.iter().any(|(low, high)| (*low..=*high).contains(&number))
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let mut found = Vec::new();
        for (low, high) in &self.0 {
            for (other_low, other_high) in &other.0 {
                let (low, high) = (*low.max(other_low), *high.min(other_high));
                if low <= high {
                    found.push((low, high));
                }
            }
        }
        Self::joined(found)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self::joined(self.0.iter().chain(&other.0).copied().collect())
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        self.and(&other.rest())
    }

    fn rest(&self) -> Self {
        let mut found = Vec::new();
        let mut next = Some(0_u32);
        for (low, high) in &self.0 {
            if let Some(from) = next
                && from < *low
            {
                found.push((from, low - 1));
            }
            next = high.checked_add(1);
        }
        found.extend(next.map(|from| (from, u32::MAX)));
        Self(found)
    }

    fn joined(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match joined.last_mut() {
                Some((_, end)) if end.checked_add(1).is_none_or(|next| low <= next) => *end = high.max(*end),
                _ => joined.push((low, high)),
            }
        }
        Self(joined)
    }
}

//! The source of an access: from where it is allowed.
//!
//! Parsing is strict and canonical. What a rule allows is judged in `policy`; what can never be a source is
//! refused here, so that no value of this type can mean "everybody".

use std::{fmt, net::Ipv4Addr, str::FromStr};

use ipnet::Ipv4Net;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One IPv4 network in canonical form (no host bits): `198.51.100.7/32` or `198.51.100.0/24`.
///
/// IPv4 only, because Azure JIT refuses IPv6 sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(Ipv4Net);

/// Why a text is no source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceRefusal {
    /// Not an IPv4 address or network.
    Unreadable {
        text: String,
    },
    /// Azure JIT does not take IPv6.
    Ipv6,
    /// `*`, `0.0.0.0/0` and the like.
    Any,
    /// A service tag such as `Internet` or `AzureCloud`.
    ServiceTag {
        text: String,
    },
    Loopback,
    LinkLocal,
    Multicast,
    /// 0.0.0.0/8, 240.0.0.0/4, the broadcast address, other ranges that no client sends from, and any network
    /// that holds an impossible range.
    Reserved,
    /// A network with host bits, such as `198.51.100.7/24`; `meant` is the network around it.
    HostBits {
        meant: Ipv4Net,
    },
}

/// What is unusual about a source: a rule may allow it, and a card says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unusual {
    /// RFC 1918.
    Private,
    /// Carrier-grade NAT, RFC 6598: shared by many customers.
    CarrierNat,
    /// RFC 5737: for examples, never routed.
    Documentation,
    /// More than one address.
    Network { addresses: u32 },
}

impl Source {
    /// The network.
    pub fn net(self) -> Ipv4Net {
        self.0
    }

    /// The source that is exactly `net`, canonical and possible.
    pub fn new(net: Ipv4Net) -> Result<Self, SourceRefusal> {
        if net.prefix_len() == 0 {
            return Err(SourceRefusal::Any);
        }
        if net.addr() != net.network() {
            return Err(SourceRefusal::HostBits { meant: net.trunc() });
        }
        let ranges = impossible();
        if let Some((_, refusal)) = ranges.iter().find(|(range, _)| range.contains(&net)) {
            return Err(refusal.clone());
        }
        // A wide network is refused when any part of it is impossible, or 0.0.0.0/1 would slip through.
        if ranges.iter().any(|(range, _)| net.contains(range)) {
            return Err(SourceRefusal::Reserved);
        }
        Ok(Self(net))
    }

    /// What a reader should know about this source.
    pub fn unusual(self) -> Vec<Unusual> {
        let mut found = Vec::new();
        let touches = |ranges: &[Ipv4Net]| {
            ranges
                .iter()
                .any(|range| range.contains(&self.0) || self.0.contains(range))
        };
        if touches(&private()) {
            found.push(Unusual::Private);
        }
        if touches(&[net(100, 64, 0, 0, 10)]) {
            found.push(Unusual::CarrierNat);
        }
        if touches(&documentation()) {
            found.push(Unusual::Documentation);
        }
        if self.0.prefix_len() < 32 {
            // At most 2^31: a prefix of length zero is no source.
            let addresses = 1_u32
                .checked_shl(32 - u32::from(self.0.prefix_len()))
                .unwrap_or(u32::MAX);
            found.push(Unusual::Network { addresses });
        }
        found
    }
}

impl FromStr for Source {
    type Err = SourceRefusal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if matches!(text, "*" | "any" | "Any" | "ANY" | "0/0" | "::/0") {
            return Err(SourceRefusal::Any);
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Self::new(net_of(address));
        }
        if let Ok(net) = text.parse::<Ipv4Net>() {
            return Self::new(net);
        }
        let head = text.split(['/', '%']).next().unwrap_or(text);
        if head
            .trim_matches(['[', ']'])
            .parse::<std::net::Ipv6Addr>()
            .is_ok()
        {
            return Err(SourceRefusal::Ipv6);
        }
        let shown: String = text.chars().take(60).collect();
        let word = |char: char| char.is_ascii_alphanumeric() || char == '.';
        if text.starts_with(|char: char| char.is_ascii_alphabetic())
            && !text.contains('.')
            && text.chars().all(word)
        {
            return Err(SourceRefusal::ServiceTag { text: shown });
        }
        Err(SourceRefusal::Unreadable { text: shown })
    }
}

impl fmt::Display for Source {
    /// A single address without its `/32`, which is how Azure shows it and people write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == 32 {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let net = Ipv4Net::deserialize(deserializer)?;
        Self::new(net).map_err(|_| de::Error::custom("no possible source"))
    }
}

/// RFC 1918.
pub fn private() -> [Ipv4Net; 3] {
    [
        net(10, 0, 0, 0, 8),
        net(172, 16, 0, 0, 12),
        net(192, 168, 0, 0, 16),
    ]
}

/// RFC 5737.
pub fn documentation() -> [Ipv4Net; 3] {
    [
        net(192, 0, 2, 0, 24),
        net(198, 51, 100, 0, 24),
        net(203, 0, 113, 0, 24),
    ]
}

/// The IANA special-purpose registry's ranges that no client sends from.
fn impossible() -> [(Ipv4Net, SourceRefusal); 8] {
    [
        (net(127, 0, 0, 0, 8), SourceRefusal::Loopback),
        (net(169, 254, 0, 0, 16), SourceRefusal::LinkLocal),
        (net(224, 0, 0, 0, 4), SourceRefusal::Multicast),
        (net(0, 0, 0, 0, 8), SourceRefusal::Reserved),
        (net(192, 0, 0, 0, 24), SourceRefusal::Reserved),
        (net(192, 88, 99, 0, 24), SourceRefusal::Reserved),
        (net(198, 18, 0, 0, 15), SourceRefusal::Reserved),
        (net(240, 0, 0, 0, 4), SourceRefusal::Reserved),
    ]
}

fn net(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    // The prefixes above are all at most 32, so the fall-back, the narrowest network, is never taken.
    Ipv4Net::new(Ipv4Addr::new(a, b, c, d), prefix).unwrap_or_else(|_| net_of(Ipv4Addr::new(a, b, c, d)))
}

fn net_of(address: Ipv4Addr) -> Ipv4Net {
    Ipv4Net::from(address)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<String, SourceRefusal> {
        text.parse::<Source>().map(|source| source.to_string())
    }

    #[test]
    fn addresses_and_networks_are_read_canonically() {
        assert_eq!(parse(" 198.51.100.7 "), Ok("198.51.100.7".to_owned()));
        assert_eq!(parse("198.51.100.7/32"), Ok("198.51.100.7".to_owned()));
        assert_eq!(parse("198.51.100.0/24"), Ok("198.51.100.0/24".to_owned()));
        assert!(
            matches!(parse("198.51.100.7/24"), Err(SourceRefusal::HostBits { meant }) if meant.to_string() == "198.51.100.0/24")
        );
    }

    #[test]
    fn what_can_never_be_a_source_is_refused() {
        use SourceRefusal::*;
        for (text, refusal) in [
            ("*", Any),
            ("any", Any),
            ("0.0.0.0/0", Any),
            ("::/0", Any),
            ("2001:db8::1", Ipv6),
            ("[2001:db8::1]", Ipv6),
            ("2001:db8::/32", Ipv6),
            ("fe80::1%eth0", Ipv6),
            ("127.0.0.1", Loopback),
            ("169.254.169.254", LinkLocal),
            ("224.0.0.1", Multicast),
            ("0.0.0.1", Reserved),
            ("255.255.255.255", Reserved),
            ("0.0.0.0/1", Reserved),
            ("128.0.0.0/1", Reserved),
            (
                "Internet",
                ServiceTag {
                    text: "Internet".into(),
                },
            ),
            (
                "AzureCloud",
                ServiceTag {
                    text: "AzureCloud".into(),
                },
            ),
        ] {
            assert_eq!(parse(text), Err(refusal), "{text}");
        }
        for text in [
            "",
            "198.51.100",
            "198.51.100.256",
            "198.51.100.7/33",
            "0198.51.100.7",
            "198.51.100.7 203.0.113.9",
            "1.2.3.4,5.6.7.8",
            "host.example.com",
            "0x7f000001",
            "3325256711",
        ] {
            assert!(
                matches!(parse(text), Err(SourceRefusal::Unreadable { .. })),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_canonical_and_narrower_than_everything(text in "[0-9./*:a-zA-Z]{0,20}") {
            if let Ok(source) = text.parse::<Source>() {
                prop_assert!(source.net().prefix_len() > 0);
                prop_assert_eq!(source.net().addr(), source.net().network());
                prop_assert_eq!(source.to_string().parse::<Source>(), Ok(source));
            }
        }
    }
}

//! From which address a visitor comes, as far as it can be believed.
//!
//! What a header says counts only if the peer is a proxy that the configuration trusts, and only as far as trusted
//! proxies wrote it: from the right, the first address that is no trusted proxy is the visitor. A trusted proxy's own
//! address is never the visitor's, so behind one nobody inside a trusted network is seen at all.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// No chain of proxies is longer; who sends more wants to keep us busy.
const HOPS_MAX: usize = 32;
/// Longer than any chain of that many hops.
const BYTES_MAX: usize = 4096;

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visitor {
    /// IPv4 that came as IPv6 (`::ffff:a.b.c.d`) is IPv4 here.
    At(IpAddr),
    /// The trusted proxy says nothing of it, nothing that can be read, or names only trusted proxies.
    Unclear,
}

/// The visitor behind `peer`.
pub(super) fn visitor(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Visitor {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return Visitor::At(peer);
    }
    let found = [
        chain(headers, &X_FORWARDED_FOR, address),
        chain(headers, &header::FORWARDED, forwarded_for),
    ]
    .map(|chain| chain.map(|chain| right_most_untrusted(&chain, trusted)));
    match found {
        [Some(one), None] | [None, Some(one)] => one,
        // A proxy writes one of them and may let the other through as the visitor wrote it.
        [Some(one), Some(other)] if one == other => one,
        _ => Visitor::Unclear,
    }
}

/// Whether it says that it came through a proxy, whoever says so.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&address))
}

/// The entries of a list header, nearest proxy first; several lines of it are one list (RFC 9110, section 5.3). An
/// entry that cannot be read is `None`. No header at all gives no list.
fn chain(
    headers: &HeaderMap,
    name: &HeaderName,
    read: impl Fn(&str) -> Option<IpAddr>,
) -> Option<Vec<Option<IpAddr>>> {
    let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    if lines.is_empty() {
        return None;
    }
    if lines.iter().map(|line| line.len()).sum::<usize>() > BYTES_MAX {
        return Some(vec![None]);
    }
    let mut entries = Vec::new();
    for line in lines.into_iter().rev() {
        match line.to_str() {
            Ok(line) => entries.extend(line.rsplit(',').map(|entry| read(entry.trim()))),
            Err(_) => entries.push(None),
        }
        if entries.len() > HOPS_MAX {
            entries.truncate(HOPS_MAX);
            entries.push(None);
            break;
        }
    }
    Some(entries)
}

fn right_most_untrusted(chain: &[Option<IpAddr>], trusted: &[IpNet]) -> Visitor {
    for entry in chain {
        match entry {
            None => return Visitor::Unclear,
            Some(address) if is_trusted(*address, trusted) => {}
            Some(address) => return Visitor::At(*address),
        }
    }
    // All of them are proxies that we trust, and none of them is a visitor.
    Visitor::Unclear
}

/// The `for` of one element of `Forwarded` (RFC 7239). Hidden names and `unknown` are no addresses.
///
/// A comma or semicolon inside quotes would cut an element in two; no address has one, so that only makes it unreadable.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in element.split(';') {
        let (name, value) = pair.trim().split_once('=')?;
        if name.eq_ignore_ascii_case("for") {
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let value = match quoted {
                Some(value) => value,
                // Brackets and colons must stand in quotes (RFC 7239, section 4).
                None if value.contains([':', '[', ']', '"']) => return None,
                None => value,
            };
            if found.replace(address(value)?).is_some() {
                return None;
            }
        }
    }
    found
}

/// `a.b.c.d`, `a.b.c.d:port`, IPv6 alone, or in brackets with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::V6)
    };
    bare.or_else(with_port)
        .or_else(in_brackets)
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const TRUSTED: [&str; 3] = ["10.0.0.0/8", "fd00::/8", "127.0.0.0/8"];

    fn trusted() -> Vec<IpNet> {
        TRUSTED.iter().map(|net| net.parse().unwrap()).collect()
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                )
            })
            .collect()
    }

    fn seen(peer: &str, lines: &[(&'static str, &str)]) -> String {
        match visitor(peer.parse().unwrap(), &headers(lines), &trusted()) {
            Visitor::At(address) => address.to_string(),
            Visitor::Unclear => "unclear".to_owned(),
        }
    }

    const XFF: &str = "x-forwarded-for";
    const FWD: &str = "forwarded";

    #[rstest]
    // Nobody in between.
    #[case("198.51.100.7", &[], "198.51.100.7")]
    #[case("2001:db8::7", &[], "2001:db8::7")]
    #[case("::ffff:198.51.100.7", &[], "198.51.100.7")]
    // Who is not trusted says nothing about others.
    #[case("198.51.100.7", &[(XFF, "203.0.113.9")], "198.51.100.7")]
    #[case("198.51.100.7", &[(XFF, "10.0.0.1")], "198.51.100.7")]
    #[case("198.51.100.7", &[(FWD, "for=203.0.113.9")], "198.51.100.7")]
    #[case("2001:db8::7", &[(XFF, "203.0.113.9"), (FWD, "for=203.0.113.9")], "2001:db8::7")]
    #[case("::ffff:198.51.100.7", &[(XFF, "203.0.113.9")], "198.51.100.7")]
    // A trusted proxy does.
    #[case("10.0.0.1", &[(XFF, "198.51.100.7")], "198.51.100.7")]
    #[case("::ffff:10.0.0.1", &[(XFF, "198.51.100.7")], "198.51.100.7")]
    #[case("fd00::1", &[(XFF, "198.51.100.7")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "2001:db8::7")], "2001:db8::7")]
    #[case("10.0.0.1", &[(XFF, "::ffff:198.51.100.7")], "198.51.100.7")]
    // The right-most that is no proxy of ours, whatever was written before it.
    #[case("10.0.0.1", &[(XFF, "203.0.113.9, 198.51.100.7")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "203.0.113.9, 198.51.100.7, 10.0.0.2")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "203.0.113.9,198.51.100.7 ,fd00::2 , 10.9.9.9")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "<script>, 198.51.100.7")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "203.0.113.9"), (XFF, "198.51.100.7")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "203.0.113.9"), (XFF, "198.51.100.7"), (XFF, "10.0.0.2, 10.0.0.3")], "198.51.100.7")]
    // Everybody is trusted: a proxy is nobody's address, and who sits beside one names no other.
    #[case("10.0.0.1", &[(XFF, "10.0.0.9, 10.0.0.2")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "10.0.0.9")], "unclear")]
    #[case("127.0.0.1", &[(XFF, "127.0.0.1")], "unclear")]
    #[case("10.0.0.1", &[(FWD, "for=10.0.0.9")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7"), (FWD, "for=10.0.0.9")], "unclear")]
    // With ports.
    #[case("10.0.0.1", &[(XFF, "198.51.100.7:51514")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "[2001:db8::7]:51514")], "2001:db8::7")]
    #[case("10.0.0.1", &[(XFF, "[2001:db8::7]")], "2001:db8::7")]
    // Nothing that can be believed: never the proxy's own address.
    #[case("10.0.0.1", &[], "unclear")]
    #[case("10.0.0.1", &[(XFF, "")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7,")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7, unknown")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7, 999.1.1.1")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.007")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7:")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7:99999")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.0/24")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "fe80::1%eth0")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7 203.0.113.9")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "[198.51.100.7]")], "unclear")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7"), (XFF, "é")], "unclear")]
    // RFC 7239.
    #[case("10.0.0.1", &[(FWD, "for=198.51.100.7")], "198.51.100.7")]
    #[case("10.0.0.1", &[(FWD, "For=198.51.100.7;proto=https;by=10.0.0.1")], "198.51.100.7")]
    #[case("10.0.0.1", &[(FWD, "for=203.0.113.9, for=\"198.51.100.7:443\"")], "198.51.100.7")]
    #[case("10.0.0.1", &[(FWD, "for=\"[2001:db8::7]:4711\"")], "2001:db8::7")]
    #[case("10.0.0.1", &[(FWD, "for=198.51.100.7, for=10.0.0.2")], "198.51.100.7")]
    #[case("10.0.0.1", &[(FWD, "for=_hidden")], "unclear")]
    #[case("10.0.0.1", &[(FWD, "for=unknown")], "unclear")]
    #[case("10.0.0.1", &[(FWD, "for=[2001:db8::7]")], "unclear")]
    #[case("10.0.0.1", &[(FWD, "for=198.51.100.7;for=203.0.113.9")], "unclear")]
    #[case("10.0.0.1", &[(FWD, "proto=https")], "unclear")]
    #[case("10.0.0.1", &[(FWD, "for=\"198.51.100.7, 203.0.113.9\"")], "unclear")]
    // Both: the proxy writes one of them, and nobody knows which.
    #[case("10.0.0.1", &[(XFF, "198.51.100.7"), (FWD, "for=198.51.100.7")], "198.51.100.7")]
    #[case("10.0.0.1", &[(XFF, "198.51.100.7"), (FWD, "for=203.0.113.9")], "unclear")]
    fn the_visitor_is_found(
        #[case] peer: &str,
        #[case] lines: &[(&'static str, &str)],
        #[case] expected: &str,
    ) {
        assert_eq!(seen(peer, lines), expected);
    }

    #[test]
    fn a_flood_of_hops_is_not_followed() {
        let many = vec!["10.0.0.2"; 500].join(",");
        assert_eq!(
            seen("10.0.0.1", &[(XFF, &format!("198.51.100.7,{many}"))]),
            "unclear"
        );
        let lines: Vec<_> = std::iter::once((XFF, "198.51.100.7"))
            .chain(std::iter::repeat_n((XFF, "10.0.0.2"), 40))
            .collect();
        assert_eq!(seen("10.0.0.1", &lines), "unclear");
        assert_eq!(seen("10.0.0.1", &lines[..30]), "198.51.100.7");
    }

    #[test]
    fn either_header_is_enough_to_be_forwarded() {
        assert!(is_forwarded(&headers(&[(XFF, "198.51.100.7")])));
        assert!(is_forwarded(&headers(&[(FWD, "for=x")])));
        assert!(is_forwarded(&headers(&[(XFF, "")])));
        assert!(!is_forwarded(&headers(&[("x-real-ip", "198.51.100.7")])));
        assert!(!is_forwarded(&headers(&[])));
    }

    /// Of which many lie in the trusted networks.
    fn any_address() -> impl Strategy<Value = IpAddr> {
        prop_oneof![
            any::<IpAddr>(),
            any::<[u8; 3]>().prop_map(|[b, c, d]| IpAddr::from([10, b, c, d])),
            any::<u16>().prop_map(|last| IpAddr::from([0xfd00, 0, 0, 0, 0, 0, 0, last])),
        ]
    }

    fn any_line() -> impl Strategy<Value = (&'static str, String)> {
        let entry = prop_oneof![
            any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
            any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string()),
            any::<(std::net::Ipv4Addr, u16)>().prop_map(|(address, port)| format!("{address}:{port}")),
            any::<std::net::Ipv4Addr>().prop_map(|address| format!("for={address}")),
            any::<std::net::Ipv6Addr>().prop_map(|address| format!("for=\"[{address}]\"")),
            "[ -~]{0,30}",
        ];
        let line = prop::collection::vec(entry, 0..5).prop_map(|entries| entries.join(", "));
        (prop_oneof![Just(XFF), Just(FWD)], line)
    }

    fn map(lines: &[(&'static str, String)]) -> HeaderMap {
        let lines: Vec<_> = lines.iter().map(|(name, line)| (*name, line.as_str())).collect();
        headers(&lines)
    }

    proptest! {
        /// No header of an untrusted peer ever changes the answer.
        #[test]
        fn who_is_not_trusted_cannot_say_who_they_are(
            peer in any::<IpAddr>(), lines in prop::collection::vec(any_line(), 0..6)
        ) {
            prop_assume!(!is_trusted(peer.to_canonical(), &trusted()));
            let lines = map(&lines);
            prop_assert_eq!(visitor(peer, &lines, &trusted()), Visitor::At(peer.to_canonical()));
            prop_assert_eq!(visitor(peer, &lines, &[]), Visitor::At(peer.to_canonical()));
        }

        /// Behind a proxy that appends what it sees, a visitor can write what they want and are seen where they are, or
        /// not at all. Who comes from among the trusted proxies is never seen there.
        #[test]
        fn behind_a_proxy_that_appends_nobody_is_somebody_else(
            from in any_address(), mut lines in prop::collection::vec(any_line(), 0..6)
        ) {
            lines.push((XFF, from.to_string()));
            let seen = visitor("10.0.0.1".parse().unwrap(), &map(&lines), &trusted());
            if is_trusted(from.to_canonical(), &trusted()) {
                // It counts as a proxy that speaks for another, so what stands before it may be believed.
                let is_a_proxy = matches!(seen, Visitor::At(address) if is_trusted(address, &trusted()));
                prop_assert!(!is_a_proxy, "{:?}", seen);
                let alone = map(&[(XFF, from.to_string()), (XFF, from.to_string())]);
                let seen = visitor("10.0.0.1".parse().unwrap(), &alone, &trusted());
                prop_assert_eq!(seen, Visitor::Unclear);
                return Ok(());
            }
            prop_assert!(
                seen == Visitor::At(from.to_canonical()) || seen == Visitor::Unclear,
                "{:?}", seen
            );
            lines.retain(|(name, _)| *name == XFF);
            let seen = visitor("10.0.0.1".parse().unwrap(), &map(&lines), &trusted());
            prop_assert_eq!(seen, Visitor::At(from.to_canonical()));
        }
    }
}

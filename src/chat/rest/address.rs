//! Which hosts may be spoken to: Discord itself, or this machine.
//!
//! A mistyped address must never receive the bot token, and a sandbox must never reach the real gateway.

use std::fmt;

use url::{Host, Url};

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither Discord nor loopback.
    #[error("the host {host:?} is neither discord.com nor on this machine")]
    ForeignHost {
        /// The host as it was given; empty when there was none.
        host: String,
    },
    /// Discord is spoken to over TLS, on its own port, or not at all.
    #[error("discord.com is reached by https on its standard port only")]
    NotSecure,
    /// Only `http` and `https` (for the gateway: `ws` and `wss`).
    #[error("the scheme {scheme:?} cannot be used here")]
    Scheme {
        /// The scheme as it was given.
        scheme: String,
    },
    /// Credentials, a query or a fragment in the address.
    #[error("the address must not carry a user name, a password, a query or a fragment")]
    Decorated,
    /// Not an address at all.
    #[error("the address cannot be read")]
    Unreadable,
}

/// The checked base of all REST addresses.
#[derive(Clone)]
pub(super) struct ApiAddress {
    base: Url,
    loopback: bool,
}

impl ApiAddress {
    pub(super) fn parse(base: Url) -> Result<Self, AddressError> {
        undecorated(&base)?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(AddressError::Scheme {
                scheme: base.scheme().to_owned(),
            });
        }
        let loopback = is_loopback(&base);
        if !loopback {
            if base.host_str() != Some("discord.com") {
                return Err(foreign(&base));
            }
            if base.scheme() != "https" || base.port().is_some() {
                return Err(AddressError::NotSecure);
            }
        }
        Ok(Self { base, loopback })
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The base without Discord's `/api/v10`.
    pub(super) fn origin(&self) -> String {
        let base = self.base.as_str().trim_end_matches('/');
        base.strip_suffix("/api/v10").unwrap_or(base).to_owned()
    }

    /// The base with `segments` after it, each percent-encoded as a whole.
    pub(super) fn with<'a>(&self, segments: impl Iterator<Item = &'a str>) -> Url {
        let mut url = self.base.clone();
        // Fails only for addresses that have no host, and `parse` has seen one.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Reads the gateway's address as Discord gave it, and refuses one that belongs to another world.
    pub(super) fn gateway(&self, answer: &str) -> Result<Url, AddressError> {
        let url = Url::parse(answer).map_err(|_| AddressError::Unreadable)?;
        if !matches!(url.scheme(), "ws" | "wss") {
            return Err(AddressError::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        undecorated(&url)?;
        if self.loopback {
            return if is_loopback(&url) {
                Ok(url)
            } else {
                Err(foreign(&url))
            };
        }
        let is_discord = url
            .host_str()
            .is_some_and(|host| host == "discord.gg" || host.ends_with(".discord.gg"));
        if !is_discord {
            return Err(foreign(&url));
        }
        if url.scheme() != "wss" {
            return Err(AddressError::NotSecure);
        }
        Ok(url)
    }
}

impl fmt::Debug for ApiAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        // RFC 6761, 6.3: this name is always loopback.
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn undecorated(url: &Url) -> Result<(), AddressError> {
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain {
        Ok(())
    } else {
        Err(AddressError::Decorated)
    }
}

fn foreign(url: &Url) -> AddressError {
    AddressError::ForeignHost {
        host: url.host_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parse(text: &str) -> Result<ApiAddress, AddressError> {
        ApiAddress::parse(Url::parse(text).unwrap())
    }

    #[rstest]
    #[case("https://discord.com/api/v10", false)]
    #[case("http://127.0.0.1:8787/api/v10", true)]
    #[case("http://[::1]:8787/api/v10", true)]
    #[case("https://localhost:8443/api/v10/", true)]
    fn discord_and_loopback_are_accepted(#[case] text: &str, #[case] loopback: bool) {
        assert_eq!(parse(text).unwrap().is_loopback(), loopback);
    }

    #[rstest]
    #[case("https://discord.com.evil.example/api/v10")]
    #[case("https://evil.example/discord.com")]
    #[case("http://127.0.0.1.evil.example/api")]
    #[case("http://10.0.0.1/api")]
    #[case("http://0.0.0.0:8787/api")]
    fn foreign_hosts_are_refused(#[case] text: &str) {
        assert!(matches!(parse(text), Err(AddressError::ForeignHost { .. })));
    }

    #[rstest]
    #[case("http://discord.com/api/v10", AddressError::NotSecure)]
    #[case("https://discord.com:8443/api/v10", AddressError::NotSecure)]
    #[case("https://me:word@discord.com/api/v10", AddressError::Decorated)]
    #[case("https://discord.com/api/v10?a=b", AddressError::Decorated)]
    #[case("ftp://discord.com/api/v10", AddressError::Scheme { scheme: "ftp".into() })]
    fn odd_addresses_are_refused(#[case] text: &str, #[case] why: AddressError) {
        assert_eq!(parse(text).unwrap_err(), why);
    }

    #[rstest]
    #[case("https://discord.com/api/v10", "wss://gateway.discord.gg", true)]
    #[case("https://discord.com/api/v10", "ws://gateway.discord.gg", false)]
    #[case("https://discord.com/api/v10", "wss://evil-discord.gg", false)]
    #[case("https://discord.com/api/v10", "ws://127.0.0.1:8787", false)]
    #[case("http://127.0.0.1:8787/api/v10", "ws://127.0.0.1:8787", true)]
    #[case("http://127.0.0.1:8787/api/v10", "wss://gateway.discord.gg", false)]
    #[case("http://127.0.0.1:8787/api/v10", "http://127.0.0.1:8787", false)]
    #[case("http://127.0.0.1:8787/api/v10", "not an address", false)]
    fn the_gateway_belongs_to_the_same_world(#[case] api: &str, #[case] gateway: &str, #[case] good: bool) {
        assert_eq!(parse(api).unwrap().gateway(gateway).is_ok(), good);
    }

    #[test]
    fn a_hostile_segment_cannot_leave_its_place() {
        let url = parse("http://127.0.0.1/api/v10/")
            .unwrap()
            .with(["a/../b?c#d", "✅"].into_iter());
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1/api/v10/a%2F..%2Fb%3Fc%23d/%E2%9C%85"
        );
    }
}

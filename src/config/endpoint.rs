//! Addresses of services in place of the real ones: on this machine only, so that no token leaves for a stranger.

use url::{Host, Url};

use super::problem::Problems;

/// Reads the address at `key`; `real` are the hosts of the real service.
pub(super) fn address(key: &str, text: &str, real: &[&str], problems: &mut Problems) -> Option<Url> {
    let url: Url = problems.parsed(key, text)?;
    let wrong = if !matches!(url.scheme(), "http" | "https") {
        "an address begins with https://, or with http:// on this machine"
    } else if !url.username().is_empty() || url.password().is_some() {
        "an address must not hold a user name or a password"
    } else if url.query().is_some() || url.fragment().is_some() {
        "an address must not have a query or a fragment"
    } else if is_loopback(&url) || is_real(&url, real) {
        return Some(url);
    } else {
        "only the real service or an address of this machine (127.0.0.1, ::1, localhost) may stand here, \
         because the bot sends its credentials there"
    };
    problems.at(key, wrong);
    None
}

fn is_real(url: &Url, hosts: &[&str]) -> bool {
    url.scheme() == "https" && url.port().is_none() && hosts.iter().any(|host| url.host_str() == Some(host))
}

/// Whether the address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

//! `[http]`: health, metrics, and the page on which people give their address.

use std::net::{Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Deserialize;
use url::{Host, Url};

use super::{
    problem::Problems,
    word::{List, each, if_written},
};

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Health and metrics over HTTP, and the page on which people give their address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HttpInput {
    /// Address and port; left out, "127.0.0.1:8080". Nothing there asks who reads it.
    listen: Option<String>,
    /// Where people reach the page on which they give their address; left out, there is no such page.
    public_url: Option<String>,
    /// The same page under a name that has only an IPv4 address, for visitors who come by IPv6.
    ipv4_url: Option<String>,
    /// The proxies in front of the page, whose word about a visitor's address is believed.
    #[schemars(with = "Vec<String>", extend("default" = []))]
    trusted_proxies: List,
}

/// Health and metrics over HTTP, and the page on which people give their address.
#[derive(Debug, Clone)]
pub struct Http {
    pub listen: SocketAddr,
    /// `None`: nobody is sent to a page.
    pub page: Option<PublicPage>,
    /// Canonical: what is IPv4 stands as IPv4.
    pub trusted_proxies: Vec<IpNet>,
}

/// Where people reach the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPage {
    /// Ends with a slash.
    pub public_url: Url,
    /// Ends with a slash.
    pub ipv4_url: Option<Url>,
}

impl PublicPage {
    /// The page of one link, under `url`, which is one of the two.
    pub fn link(url: &Url, secret: &str) -> Option<Url> {
        url.join(&format!("address/{secret}")).ok()
    }
}

impl HttpInput {
    pub(super) fn check(self, problems: &mut Problems) -> Option<Http> {
        let listen = match &self.listen {
            Some(text) => problems.parsed("http.listen", text),
            None => Some(LISTEN),
        };
        let trusted_proxies = each("http.trusted_proxies", &self.trusted_proxies, problems, proxy);
        let ipv4_url = self
            .ipv4_url
            .as_deref()
            .map(|text| address("http.ipv4_url", text, problems));
        let public_url = self
            .public_url
            .as_deref()
            .map(|text| address("http.public_url", text, problems));
        if ipv4_url.is_some() && public_url.is_none() {
            problems.at(
                "http.ipv4_url",
                "without public_url there is no page, so this leads nowhere; set public_url, too",
            );
        }
        // The bot speaks no TLS, so somebody else does, and that is whom every visitor would seem to be.
        if let Some(Some(url)) = &public_url
            && url.scheme() == "https"
            && self.trusted_proxies.is_empty()
        {
            problems.at(
                "http.public_url",
                "an https address is served by a proxy in front of the bot; name its address in trusted_proxies, or the \
                 page would take it for the visitor's",
            );
        }
        let ipv4_url = if_written(ipv4_url)?;
        Some(Http {
            listen: listen?,
            page: if_written(public_url)?.map(|public_url| PublicPage { public_url, ipv4_url }),
            trusted_proxies,
        })
    }
}

/// Reads an address under which people reach the page.
fn address(key: &str, text: &str, problems: &mut Problems) -> Option<Url> {
    let mut url: Url = problems.parsed(key, text)?;
    let wrong = if !matches!(url.scheme(), "http" | "https") {
        "the page's address begins with https://"
    } else if !url.username().is_empty() || url.password().is_some() {
        "an address must not hold a user name or a password"
    } else if url.query().is_some() || url.fragment().is_some() {
        "an address must not have a query or a fragment"
    } else if url.as_str().len() > 300 {
        "the address is too long for a button in Discord; use one of at most 300 characters"
    } else if url.scheme() == "http" && !is_loopback(&url) {
        "the page's address must begin with https://, because whoever reads the link on its way could use it; only on \
         this machine (127.0.0.1, ::1, localhost) http:// will do"
    } else {
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        return Some(url);
    };
    problems.at(key, wrong);
    None
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Reads one address or network of proxies.
fn proxy(key: &str, text: &str, problems: &mut Problems) -> Option<IpNet> {
    let text = text.trim();
    let net = match text.parse::<std::net::IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => {
            match text.parse::<IpNet>() {
                Ok(net) => net,
                Err(_) => {
                    problems.at(
                    key,
                    format!("{text:?} is no address and no network; write one like \"10.0.0.0/8\" or \"fd00::/8\""),
                );
                    return None;
                }
            }
        }
    };
    let wrong = if net.prefix_len() == 0 {
        "this would trust everybody, so that each visitor could name any address; write the proxy's own"
    } else if net.addr() != net.network() {
        "this is an address with the length of a network; write the address alone, or the network"
    } else if matches!(net, IpNet::V6(net) if net.addr().to_ipv4_mapped().is_some()) {
        "this is IPv4 written as IPv6; write it as IPv4"
    } else {
        return Some(net);
    };
    problems.at(key, wrong);
    None
}

//! What the page says on which a requester shows their address: plain text in parts, which `http` puts into HTML.
//!
//! Nothing here is markdown. Names of people and machines are cleaned of what would hide or turn text around; that none
//! of it becomes HTML is the page's part.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;
use url::Url;

use super::limit::{joined, listed};
use crate::{
    domain::{
        Instant,
        address::LinkOver,
        request::{Request, RequestState},
        source::{Source, SourceRefusal, Unusual},
        text::FreeText,
    },
    policy::Refusal,
};

/// A page, before it is HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub title: String,
    /// Names and values, in the order in which they are read.
    pub facts: Vec<(&'static str, String)>,
    pub paragraphs: Vec<String>,
    pub offer: Option<Offer>,
    /// Another page, and what it is called.
    pub way: Option<(String, Url)>,
}

/// The button that takes an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub address: Ipv4Addr,
    pub label: String,
}

impl Sheet {
    fn new(title: impl Into<String>, paragraphs: impl IntoIterator<Item = String>) -> Self {
        Self {
            title: title.into(),
            facts: Vec::new(),
            paragraphs: paragraphs.into_iter().collect(),
            offer: None,
            way: None,
        }
    }

    fn about(mut self, request: &Request, address: Option<String>) -> Self {
        self.facts = facts(request, address);
        self
    }
}

/// What nobody should be sent away without.
const STILL_GOOD: &str = "Nothing was taken, and this link can be used again until its time is over.";
const TYPE_IT: &str =
    "Type the right address instead: the message of the request in Discord has a button for it.";

/// The address can be taken; `moved`: it is another one than the page showed before.
pub fn confirm(request: &Request, source: Source, moved: bool) -> Sheet {
    let address = source.net().addr();
    let mut paragraphs = Vec::new();
    if moved {
        paragraphs.push(
            "Your address has changed since this page was shown, so nothing was taken. Look at the new one, and press \
             the button again."
                .to_owned(),
        );
    }
    paragraphs.push(format!(
        "The request is to let in {address}, and no other address. Press the button only if you connect to \
         the machine from this device, or from the same network."
    ));
    paragraphs.extend(source.unusual().into_iter().filter_map(caution));
    paragraphs.push("If you did not ask for this, close the page: nothing has happened.".to_owned());
    let mut sheet = Sheet::new("Is this your address?", paragraphs).about(request, Some(address.to_string()));
    sheet.offer = Some(Offer {
        address,
        label: format!("Use {address}"),
    });
    sheet
}

/// What a visitor should know of an address that the rules allow.
fn caution(unusual: Unusual) -> Option<String> {
    match unusual {
        Unusual::Private => Some(
            "This is a private address of your network. The rule allows it; it works only where the machine is reached \
             from inside that network, for example through an office line or a VPN."
                .to_owned(),
        ),
        Unusual::CarrierNat => Some(
            "This is a shared address of your provider's inner network (RFC 6598). The rule allows it, but the machine may \
             see you under another one."
                .to_owned(),
        ),
        // Only where a rule names such a range: an example or the sandbox.
        Unusual::Documentation | Unusual::Network { .. } => None,
    }
}

/// The address was taken, and the request is on its way.
pub fn sent(request: &Request, address: Ipv4Addr) -> Sheet {
    Sheet::new(
        format!("Request {} was sent", request.number),
        [
            format!("It is on its way, and {address} stands in it as your address."),
            "You can close this page. The message in Discord goes on by itself: it says what is decided, and how to \
             connect. This link is used up."
                .to_owned(),
        ],
    )
}

/// The link leads nowhere; this tells nothing of any request.
pub fn over(why: LinkOver) -> Sheet {
    let (title, what, next) = match why {
        LinkOver::Unknown => (
            "This link is not known",
            "Perhaps it was cut off when it was copied, or it is an old one.",
            "Links of Portcullis stand in the answer to /jit request, and are good for 15 minutes. Open the one in your \
             newest answer, or ask again.",
        ),
        LinkOver::Used => (
            "This link is used up",
            "The request has its address already; a link names it once.",
            "Look into Discord for how the request stands. If it was not you who named the address, withdraw the request \
             there, or close it if it is open already, and tell an administrator of Portcullis at once.",
        ),
        LinkOver::Withdrawn => (
            "This request was withdrawn",
            "Whoever asked took it back, so no address is needed any more. Nothing was opened.",
            "If you still need access, ask again with /jit request in Discord.",
        ),
        LinkOver::Lapsed => (
            "The time of this link is over",
            "A request waits 15 minutes for its address. Nothing was asked, and nothing was opened.",
            "If you still need access, ask again with /jit request in Discord.",
        ),
    };
    Sheet::new(title, [what.to_owned(), next.to_owned()])
}

/// The visitor comes by IPv6.
pub fn ipv6(request: &Request, address: Ipv6Addr, ipv4: Option<Url>) -> Sheet {
    let why = "This page sees an IPv6 address, and Azure's just-in-time access takes only IPv4.".to_owned();
    let next = if ipv4.is_some() {
        "The link below opens this page by IPv4, if your network has that, and shows the address that Azure can use."
    } else {
        "Open this link again from a network that has IPv4, for example with IPv6 switched off for a moment."
    };
    let mut sheet = Sheet::new(
        "Azure needs an IPv4 address",
        [why, next.to_owned(), TYPE_IT.to_owned(), STILL_GOOD.to_owned()],
    )
    .about(request, Some(address.to_string()));
    sheet.way = ipv4.map(|url| ("Show my IPv4 address".to_owned(), url));
    sheet
}

/// Nobody tells the page who its visitor is.
pub fn unclear(request: &Request) -> Sheet {
    Sheet::new(
        "This page cannot see your address",
        [
            "A proxy stands in front of Portcullis and does not say, in a way that can be believed, from where you come."
                .to_owned(),
            "Tell an administrator of Portcullis. Until then, type the address: the message of the request in Discord \
             has a button for it."
                .to_owned(),
            STILL_GOOD.to_owned(),
        ],
    )
    .about(request, None)
}

/// The visitor's address can never be a source.
pub fn impossible(request: &Request, address: Ipv4Addr, why: &SourceRefusal) -> Sheet {
    let what = match why {
        SourceRefusal::Loopback => {
            "This is a loopback address: either you sit at the machine on which Portcullis runs, or a proxy stands in front \
             of it that its configuration does not name (trusted_proxies). If you are not at that machine, tell an \
             administrator of Portcullis."
        }
        SourceRefusal::LinkLocal => "This is a link-local address, which never leaves its own network.",
        _ => "This is a reserved address, from which nobody connects through the Internet.",
    };
    Sheet::new(
        "This address cannot be used",
        [what.to_owned(), TYPE_IT.to_owned(), STILL_GOOD.to_owned()],
    )
    .about(request, Some(address.to_string()))
}

/// The rules refuse the address.
pub fn refused(request: &Request, source: Source, why: &Refusal) -> Sheet {
    let Some((what, next)) = refusal(why) else {
        return changed(request);
    };
    Sheet::new(
        "This address is not allowed",
        [what, next, TYPE_IT.to_owned(), STILL_GOOD.to_owned()],
    )
    .about(request, Some(source.to_string()))
}

/// Why an address is refused, and what to do; `None`: the refusal is not about the address.
fn refusal(why: &Refusal) -> Option<(String, String)> {
    Some(match why {
        Refusal::SourceNotWithin { within, rule, .. } => (
            format!(
                "The rule {} allows access only from {}.",
                plain(&rule.0),
                networks(within)
            ),
            "Connect from one of these networks, for example through the VPN, and open this link again."
                .to_owned(),
        ),
        Refusal::JitSourceOutside { allowed, .. } => (
            format!(
                "Azure's JIT policy for the machine allows access only from {}.",
                networks(allowed)
            ),
            "Connect from one of these networks, for example through the VPN, and open this link again."
                .to_owned(),
        ),
        Refusal::SourcePrivate { source, rule } => (
            if source.unusual().contains(&Unusual::CarrierNat) {
                format!(
                    "This is a shared address of a provider's inner network (RFC 6598), which the rule {} does not allow: \
                     many people may be behind it, and the machine may not see you under it.",
                    plain(&rule.0)
                )
            } else {
                format!(
                    "This is a private address, which the rule {} does not allow: you and Portcullis are in the same \
                     network or VPN, so this page does not see the address that the Internet sees.",
                    plain(&rule.0)
                )
            },
            "Open this link again from outside that network or VPN, if you connect from there.".to_owned(),
        ),
        Refusal::SourceDocumentation { rule, .. } => (
            format!(
                "This is an address for examples (RFC 5737), from which nobody can connect, and the rule {} does not name \
                 it.",
                plain(&rule.0)
            ),
            "Open this link again from the network from which you connect.".to_owned(),
        ),
        _ => return None,
    })
}

/// The rules, or the machine, do not allow the request any more, whatever the address.
pub fn changed(request: &Request) -> Sheet {
    Sheet::new(
        "This request cannot be sent any more",
        [
            "Since it was asked, the rules have changed, or the machine, or what you may ask for. It is not about your \
             address."
                .to_owned(),
            "Ask again with /jit request in Discord: the answer says what is missing. Nothing was taken, and nothing was \
             opened."
                .to_owned(),
        ],
    )
    .about(request, None)
}

/// Discord was asked for the requester's roles and did not answer.
pub fn untold(request: &Request) -> Sheet {
    Sheet::new(
        "Discord does not answer",
        [
            "Portcullis asks Discord for your roles before it sends a request, and got no answer.".to_owned(),
            "Load this page again in a minute.".to_owned(),
            STILL_GOOD.to_owned(),
        ],
    )
    .about(request, None)
}

/// The requester has left the server.
pub fn gone(request: &Request) -> Sheet {
    Sheet::new(
        "You are not a member of the server any more",
        [
            "Portcullis asked Discord for your roles before it sends a request, and you have none there.".to_owned(),
            "If you should be a member, ask somebody of the team to invite you. Then this link works again, until its time is \
             over."
                .to_owned(),
        ],
    )
    .about(request, None)
}

/// Somebody loads pages too fast.
pub fn too_fast() -> Sheet {
    Sheet::new(
        "Too many visits",
        ["From your address this page was loaded too often in a short time. Wait a minute, and load it again.".to_owned()],
    )
}

/// A confirmation that did not come from the page itself.
pub fn foreign() -> Sheet {
    Sheet::new(
        "This did not come from this page",
        [
            "Another site sent you here. Nothing was taken.".to_owned(),
            "Open the link in Discord, and press the button on the page that it shows.".to_owned(),
        ],
    )
}

/// A confirmation in which nothing can be read.
pub fn unreadable() -> Sheet {
    Sheet::new(
        "This could not be read",
        [
            "What your browser sent is not what the button of this page sends. Nothing was taken.".to_owned(),
            "Open the link in Discord again, and press the button on the page that it shows.".to_owned(),
        ],
    )
}

/// Something else than looking or confirming.
pub fn wrong_method() -> Sheet {
    Sheet::new(
        "This page does nothing of that kind",
        [
            "It shows an address, and its button takes it. Nothing was taken.".to_owned(),
            "Open the link in Discord, and press the button on the page that it shows.".to_owned(),
        ],
    )
}

/// A fault of ours.
pub fn trouble() -> Sheet {
    Sheet::new(
        "Something went wrong here",
        [
            "Portcullis could not look this up. Nothing was taken, and the link can still be used."
                .to_owned(),
            "Load this page again in a minute. If it stays so, tell an administrator of Portcullis."
                .to_owned(),
        ],
    )
}

fn facts(request: &Request, address: Option<String>) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Request", request.number.to_string()),
        ("Asked by", plain(&request.requester.name)),
        ("Asked for", doors(request)),
        ("How long", request.length.to_string()),
    ];
    facts.extend(address.map(|address| ("Your address, as this page sees it", address)));
    if let RequestState::Draft { lapses_at, .. } = &request.state {
        facts.push(("This link ends", until(*lapses_at)));
    }
    facts
}

/// Without a script a page cannot know its reader's time zone.
fn until(at: Instant) -> String {
    at.format("%H:%M UTC").to_string()
}

fn doors(request: &Request) -> String {
    let parts: Vec<_> = request
        .targets
        .iter()
        .map(|target| {
            let ports: Vec<_> = target.ports.iter().map(|entry| entry.port.to_string()).collect();
            format!("{} on {}", listed(&ports, 200), plain(target.vm.name()))
        })
        .collect();
    listed(&parts, 600)
}

fn networks(networks: &[Ipv4Net]) -> String {
    let parts: Vec<_> = networks.iter().map(Ipv4Net::to_string).collect();
    joined(&parts, ", ", 600)
}

/// A text of a person or of Azure on one line, without what would hide or turn around other text.
fn plain(raw: &str) -> String {
    FreeText::new(raw).map_or_else(
        || "(unreadable)".to_owned(),
        |text| text.as_str().chars().take(100).collect(),
    )
}

#[cfg(test)]
mod tests;

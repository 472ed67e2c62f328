use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::{chat::message::sample, domain::ids::RuleName};

/// A sheet as it is read from top to bottom.
fn read(sheet: &Sheet) -> String {
    let mut lines = vec![format!("# {}", sheet.title)];
    lines.extend(sheet.facts.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(sheet.paragraphs.iter().cloned());
    lines.extend(sheet.offer.iter().map(|offer| format!("[{}]", offer.label)));
    lines.extend(sheet.way.iter().map(|(label, url)| format!("[{label}]({url})")));
    lines.join("\n")
}

fn source(text: &str) -> Source {
    text.parse().unwrap()
}

fn rule() -> RuleName {
    RuleName("production".into())
}

#[test]
fn the_address_is_shown_before_it_is_taken() {
    let draft = sample::draft();
    assert_snapshot!(read(&confirm(&draft, source("8.8.4.7"), false)), @r"
        # Is this your address?
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 8.8.4.7
        This link ends: 08:15 UTC
        The request is to let in 8.8.4.7, and no other address. Press the button only if you connect to the machine from this device, or from the same network.
        If you did not ask for this, close the page: nothing has happened.
        [Use 8.8.4.7]
        ");
    assert_snapshot!(confirm(&draft, source("8.8.4.7"), true).paragraphs.remove(0), @r"Your address has changed since this page was shown, so nothing was taken. Look at the new one, and press the button again.");
    assert_snapshot!(confirm(&draft, source("10.1.2.3"), false).paragraphs.remove(1), @r"This is a private address of your network. The rule allows it; it works only where the machine is reached from inside that network, for example through an office line or a VPN.");
    assert_snapshot!(confirm(&draft, source("100.64.1.2"), false).paragraphs.remove(1), @r"This is a shared address of your provider's inner network (RFC 6598). The rule allows it, but the machine may see you under another one.");
    assert_snapshot!(read(&sent(&draft, "8.8.4.7".parse().unwrap())), @r"
        # Request 17 was sent
        It is on its way, and 8.8.4.7 stands in it as your address.
        You can close this page. The message in Discord goes on by itself: it says what is decided, and how to connect. This link is used up.
        ");
}

#[test]
fn an_address_that_cannot_be_taken_is_explained() {
    let draft = sample::draft();
    let way = Url::parse("https://v4.example.org/address/x").unwrap();
    assert_snapshot!(read(&ipv6(&draft, "2001:db8::7".parse().unwrap(), Some(way))), @r"
        # Azure needs an IPv4 address
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 2001:db8::7
        This link ends: 08:15 UTC
        This page sees an IPv6 address, and Azure's just-in-time access takes only IPv4.
        The link below opens this page by IPv4, if your network has that, and shows the address that Azure can use.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        [Show my IPv4 address](https://v4.example.org/address/x)
        ");
    assert_snapshot!(ipv6(&draft, "2001:db8::7".parse().unwrap(), None).paragraphs.remove(1), @r"Open this link again from a network that has IPv4, for example with IPv6 switched off for a moment.");
    assert_snapshot!(read(&unclear(&draft)), @r"
        # This page cannot see your address
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        This link ends: 08:15 UTC
        A proxy stands in front of Portcullis and does not say, in a way that can be believed, from where you come.
        Tell an administrator of Portcullis. Until then, type the address: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    let loopback = "127.0.0.1".parse().unwrap();
    assert_snapshot!(read(&impossible(&draft, loopback, &SourceRefusal::Loopback)), @r"
        # This address cannot be used
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 127.0.0.1
        This link ends: 08:15 UTC
        This is a loopback address: either you sit at the machine on which Portcullis runs, or a proxy stands in front of it that its configuration does not name (trusted_proxies). If you are not at that machine, tell an administrator of Portcullis.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    assert_snapshot!(read(&untold(&draft)), @r"
        # Discord does not answer
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        This link ends: 08:15 UTC
        Portcullis asks Discord for your roles before it sends a request, and got no answer.
        Load this page again in a minute.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    assert_snapshot!(read(&gone(&draft)), @r"
        # You are not a member of the server any more
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        This link ends: 08:15 UTC
        Portcullis asked Discord for your roles before it sends a request, and you have none there.
        If you should be a member, ask somebody of the team to invite you. Then this link works again, until its time is over.
        ");
    assert_snapshot!(read(&changed(&draft)), @r"
        # This request cannot be sent any more
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        This link ends: 08:15 UTC
        Since it was asked, the rules have changed, or the machine, or what you may ask for. It is not about your address.
        Ask again with /jit request in Discord: the answer says what is missing. Nothing was taken, and nothing was opened.
        ");
}

#[test]
fn what_the_rule_says_of_the_address_is_told_with_the_next_step() {
    let draft = sample::draft();
    let told = |text: &str, why: Refusal| read(&refused(&draft, source(text), &why));
    let within: Vec<Ipv4Net> = vec![
        "198.51.100.0/24".parse().unwrap(),
        "203.0.113.0/24".parse().unwrap(),
    ];
    let outside = Refusal::SourceNotWithin {
        source: source("8.8.4.7"),
        within: within.clone(),
        rule: rule(),
    };
    assert_snapshot!(told("8.8.4.7", outside), @r"
        # This address is not allowed
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 8.8.4.7
        This link ends: 08:15 UTC
        The rule production allows access only from 198.51.100.0/24, 203.0.113.0/24.
        Connect from one of these networks, for example through the VPN, and open this link again.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    let door = draft.doors().next().unwrap();
    let outside = Refusal::JitSourceOutside {
        source: source("8.8.4.7"),
        allowed: within,
        door: door.clone(),
    };
    assert_snapshot!(told("8.8.4.7", outside), @r"
        # This address is not allowed
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 8.8.4.7
        This link ends: 08:15 UTC
        Azure's JIT policy for the machine allows access only from 198.51.100.0/24, 203.0.113.0/24.
        Connect from one of these networks, for example through the VPN, and open this link again.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    let private = |text: &str| {
        let why = Refusal::SourcePrivate {
            source: source(text),
            rule: rule(),
        };
        told(text, why)
    };
    assert_snapshot!(private("10.1.2.3"), @r"
        # This address is not allowed
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 10.1.2.3
        This link ends: 08:15 UTC
        This is a private address, which the rule production does not allow: you and Portcullis are in the same network or VPN, so this page does not see the address that the Internet sees.
        Open this link again from outside that network or VPN, if you connect from there.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    assert_snapshot!(private("100.64.0.9"), @r"
        # This address is not allowed
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 100.64.0.9
        This link ends: 08:15 UTC
        This is a shared address of a provider's inner network (RFC 6598), which the rule production does not allow: many people may be behind it, and the machine may not see you under it.
        Open this link again from outside that network or VPN, if you connect from there.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    let example = Refusal::SourceDocumentation {
        source: source("192.0.2.7"),
        rule: rule(),
    };
    assert_snapshot!(told("192.0.2.7", example), @r"
        # This address is not allowed
        Request: 17
        Asked by: alice
        Asked for: SSH 22 on web-01
        How long: 1h
        Your address, as this page sees it: 192.0.2.7
        This link ends: 08:15 UTC
        This is an address for examples (RFC 5737), from which nobody can connect, and the rule production does not name it.
        Open this link again from the network from which you connect.
        Type the right address instead: the message of the request in Discord has a button for it.
        Nothing was taken, and this link can be used again until its time is over.
        ");
    // Whatever is not about the address says so.
    let gone = Refusal::NoRule { door };
    assert!(told("8.8.4.7", gone).starts_with("# This request cannot be sent any more"));
}

/// A wrong link says nothing about any request.
#[test]
fn each_wrong_link_is_explained_and_tells_nothing() {
    for why in [
        LinkOver::Unknown,
        LinkOver::Used,
        LinkOver::Withdrawn,
        LinkOver::Lapsed,
    ] {
        let sheet = over(why);
        assert!(sheet.facts.is_empty() && sheet.offer.is_none() && sheet.way.is_none());
    }
    assert_snapshot!(read(&over(LinkOver::Unknown)), @r"
        # This link is not known
        Perhaps it was cut off when it was copied, or it is an old one.
        Links of Portcullis stand in the answer to /jit request, and are good for 15 minutes. Open the one in your newest answer, or ask again.
        ");
    assert_snapshot!(read(&over(LinkOver::Used)), @r"
        # This link is used up
        The request has its address already; a link names it once.
        Look into Discord for how the request stands. If it was not you who named the address, withdraw the request there, or close it if it is open already, and tell an administrator of Portcullis at once.
        ");
    assert_snapshot!(read(&over(LinkOver::Withdrawn)), @r"
        # This request was withdrawn
        Whoever asked took it back, so no address is needed any more. Nothing was opened.
        If you still need access, ask again with /jit request in Discord.
        ");
    assert_snapshot!(read(&over(LinkOver::Lapsed)), @r"
        # The time of this link is over
        A request waits 15 minutes for its address. Nothing was asked, and nothing was opened.
        If you still need access, ask again with /jit request in Discord.
        ");
    assert_snapshot!(read(&wrong_method()), @r"
        # This page does nothing of that kind
        It shows an address, and its button takes it. Nothing was taken.
        Open the link in Discord, and press the button on the page that it shows.
        ");
    for sheet in [too_fast(), foreign(), unreadable(), wrong_method(), trouble()] {
        assert!(sheet.facts.is_empty() && !sheet.paragraphs.is_empty());
    }
}

proptest! {
    #[test]
    fn no_name_turns_the_page_around(name in "(.|[\u{202e}\u{2066}\u{200b}\n\r]){0,60}") {
        let mut draft = sample::draft();
        draft.requester.name = name;
        let text = read(&confirm(&draft, source("8.8.4.7"), false));
        let hidden = text.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\r']);
        prop_assert!(!hidden, "{text:?}");
        prop_assert_eq!(text.lines().count(), read(&confirm(&sample::draft(), source("8.8.4.7"), false)).lines().count());
    }
}

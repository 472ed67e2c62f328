//! Nobody says from where, and a page of the bot sees it: looking has no effect, and only its button takes the address.

use portcullis::sandbox::discord::{SeenMessage, world::DEVELOPER_ROLE};
use reqwest::{Method, StatusCode, header};

use super::ASK;
use crate::harness::{Story, Visit, World, world::RULES};

pub(super) static STORIES: &[Story] = &[SHOWN, LOOKED_AT_BY_OTHERS, TYPED_INSTEAD];

const TOLD: &[&str] = &["asked", "approval", "approved", "opening", "opened", "closed"];

const SHOWN: Story = Story::new("the page sees the address", shown, TOLD);
const LOOKED_AT_BY_OTHERS: Story = Story::new(
    "a preview and a scanner look at the link first",
    looked_at_by_others,
    TOLD,
);
const TYPED_INSTEAD: Story = Story::new("typed after the page was shown", typed_instead, TOLD);

const ASK_WITHOUT: &str = "/jit request vm:web-02 port:22 for:30m reason:INC-43 again";
const HOME: &str = "203.0.113.9";

/// The draft with its link, asked for if it does not stand yet. `None`: it is sent already.
fn draft(world: &mut World) -> Option<(SeenMessage, String)> {
    if world.times_told("asked") > 0 {
        return None;
    }
    let standing = |world: &World| {
        let newest = world.own_messages("alice").pop()?;
        let link = world.link(&newest)?;
        Some((newest, link))
    };
    if standing(world).is_none() {
        world.types("alice", ASK_WITHOUT);
    }
    standing(world)
}

/// Alice asks and gets her link.
fn link(world: &mut World) -> String {
    draft(world).expect("the draft has a link").1
}

fn goes_on(world: &mut World) {
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-02", 22), "{:#?}", world.trail());
    assert!(world.line("opened").contains(HOME), "{}", world.line("opened"));
    world.minutes(30);
}

fn shown(world: &mut World) {
    world.until_told("asked", 1, |world| {
        let Some((_, link)) = draft(world) else { return };
        let Some(page) = world.visits(Visit::to(&link, HOME)) else {
            return;
        };
        assert!(
            page.says("Is this your address?") && page.says(HOME),
            "{}",
            page.page
        );
        world.visits(Visit::to(&link, HOME).presses(HOME));
    });
    goes_on(world);
}

fn looked_at_by_others(world: &mut World) {
    world.until_told("asked", 1, |world| {
        let Some((_, link)) = draft(world) else { return };
        for _ in 0..2 {
            world.visits(Visit::to(&link, "198.51.100.99").by(Method::HEAD));
            world.visits(Visit::to(&link, "198.51.100.99"));
        }
        assert_eq!(world.times_told("asked"), 0, "a look has no effect");
        world.visits(Visit::to(&link, HOME).presses(HOME));
    });
    goes_on(world);
}

fn typed_instead(world: &mut World) {
    let mut shown = None;
    world.until_told("asked", 1, |world| {
        let Some((draft, link)) = draft(world) else { return };
        world.visits(Visit::to(&link, "198.51.100.99"));
        shown = Some(link);
        let opened = world.clicks("alice", &draft, "Type the address");
        world.fills("alice", &opened, &[("source", HOME)]);
    });
    let link = shown.expect("the draft had a link");
    if let Some(late) = world.visits(Visit::to(&link, "198.51.100.99").presses("198.51.100.99")) {
        assert_eq!(late.status, StatusCode::GONE);
    }
    goes_on(world);
}

#[test]
fn the_page_sees_the_address_and_its_button_takes_it() {
    SHOWN.tell();
}

#[test]
fn a_look_spends_nothing() {
    LOOKED_AT_BY_OTHERS.tell();
}

#[test]
fn a_restart_between_page_and_button_changes_nothing() {
    let mut world = World::new();
    let link = link(&mut world);
    let page = world.visits(Visit::to(&link, HOME)).unwrap();
    assert!(page.asks(), "{}", page.page);
    world.restart();
    world.settle();
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK, "{}", done.page);
    goes_on(&mut world);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn whoever_types_the_address_has_used_the_link() {
    TYPED_INSTEAD.tell();
}

#[test]
fn the_message_in_discord_goes_on_by_itself() {
    let mut world = World::new();
    let link = link(&mut world);
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK);
    assert!(
        done.says("Request 1 was sent") && done.says(HOME),
        "{}",
        done.page
    );
    assert!(done.says("You can close this page"), "{}", done.page);
    let own = world.own_message("alice");
    assert!(own.text().contains("was sent to the approvers"), "{}", own.text());
    assert!(world.link(&own).is_none(), "the link is gone from the message");
    assert!(world.card().text().contains(HOME));
}

#[test]
fn what_the_page_shows() {
    let mut world = World::new();
    let link = link(&mut world);
    let page = world.visits(Visit::to(&link, HOME)).unwrap();
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "SSH 22 on web-02",
        "alice",
        "30m",
        "UTC",
        "Use 203.0.113.9",
        "close the page",
    ] {
        assert!(page.says(part), "{part}: {}", page.page);
    }
    let head = world.visits(Visit::to(&link, HOME).by(Method::HEAD)).unwrap();
    assert_eq!((head.status, head.page.as_str()), (StatusCode::OK, ""));
}

/// Every answer, also a refusal, keeps the link to itself.
#[test]
fn no_answer_can_be_kept_framed_or_followed() {
    let mut world = World::new();
    let link = link(&mut world);
    let elsewhere = link.replace("/address/", "/address/x");
    for visit in [
        Visit::to(&link, HOME),
        Visit::to(&link, HOME).by(Method::HEAD),
        Visit::to(&link, HOME).by(Method::DELETE),
        Visit::to(&elsewhere, HOME),
        Visit::to(&link, HOME).presses("nonsense"),
        Visit::to(&link, HOME).presses(HOME),
        Visit::to(&link, HOME),
    ] {
        let answer = world.visits(visit.clone()).unwrap();
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
        };
        assert_eq!(header("cache-control"), "no-store", "{visit:?}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{visit:?}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{visit:?}");
        assert_eq!(header("x-frame-options"), "DENY", "{visit:?}");
        assert_eq!(header("set-cookie"), "", "{visit:?}");
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(
            policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(
            !answer.page.contains("<script") && !answer.page.contains("http:"),
            "{}",
            answer.page
        );
    }
}

#[test]
fn of_two_confirmations_one_wins() {
    let mut world = World::new();
    let link = link(&mut world);
    let office = "198.51.100.7";
    let both = world.visits_together(vec![
        Visit::to(&link, HOME).presses(HOME),
        Visit::to(&link, office).presses(office),
    ]);
    let statuses: Vec<_> = both.into_iter().map(|one| one.unwrap().status).collect();
    assert!(
        statuses.contains(&StatusCode::OK) && statuses.contains(&StatusCode::GONE),
        "{statuses:?}"
    );
    assert_eq!(world.told(), ["asked"]);
    assert_eq!(world.cards().len(), 1);
    let again = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert!(again.says("This link is used up"), "{}", again.page);
}

#[test]
fn each_wrong_link_has_its_own_page_and_tells_nothing() {
    let mut world = World::new();
    let link_1 = link(&mut world);
    let (rest, token) = link_1.rsplit_once('/').unwrap();
    let mut other = token.to_owned();
    let last = if other.pop() == Some('A') { 'B' } else { 'A' };
    other.push(last);
    for wrong in [
        format!("{rest}/{other}"),
        format!("{rest}/{}", &token[1..]),
        format!("{link_1}A"),
        format!("{rest}/{}", token.to_uppercase()),
        format!("{rest}/%00"),
        format!("{rest}/..%2f..%2fetc"),
    ] {
        for visit in [Visit::to(&wrong, HOME), Visit::to(&wrong, HOME).presses(HOME)] {
            let answer = world.visits(visit).unwrap();
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
            assert!(answer.says("This link is not known"), "{}", answer.page);
            tells_nothing(&answer.page);
        }
    }
    for (path, status) in [
        ("/address/", 404),
        ("/address", 404),
        ("/address/a/b", 404),
        ("/", 404),
    ] {
        let at = world.door.as_ref().unwrap().at;
        let answer = world
            .visits(Visit::to(&format!("http://{at}{path}"), HOME))
            .unwrap();
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }

    let own = world.own_message("alice");
    world.clicks("alice", &own, "Withdraw");
    for visit in [Visit::to(&link_1, HOME), Visit::to(&link_1, HOME).presses(HOME)] {
        let answer = world.visits(visit).unwrap();
        assert_eq!(answer.status, StatusCode::GONE);
        assert!(answer.says("This request was withdrawn"), "{}", answer.page);
        tells_nothing(&answer.page);
    }

    let link_2 = link(&mut world);
    world.minutes(16);
    for visit in [Visit::to(&link_2, HOME), Visit::to(&link_2, HOME).presses(HOME)] {
        let answer = world.visits(visit).unwrap();
        assert_eq!(answer.status, StatusCode::GONE);
        assert!(answer.says("The time of this link is over"), "{}", answer.page);
        tells_nothing(&answer.page);
    }
    // A day later it is as if it had never been.
    world.minutes(2 * 24 * 60);
    world.reconcile();
    let answer = world.visits(Visit::to(&link_2, HOME)).unwrap();
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(world.records().is_empty() && world.cards().is_empty());
}

fn tells_nothing(page: &str) {
    for secret in ["web-02", "Alice", "alice", HOME, "INC-43", "Request 1", "<button"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
}

/// The draft's time is over in the very moment, whether or not its timer has run.
#[test]
fn a_link_ends_with_its_draft() {
    let mut world = World::new();
    let link = link(&mut world);
    world.clock.advance(std::time::Duration::from_secs(15 * 60));
    let answer = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert!(answer.says("The time of this link is over"), "{}", answer.page);
    assert!(world.records().is_empty() && world.cards().is_empty());
}

#[test]
fn an_address_outside_the_rule_is_refused_and_the_link_still_good() {
    let mut world = World::new();
    let link = link(&mut world);
    for (from, why) in [
        (
            "8.8.8.8",
            "allows access only from 198.51.100.0/24, 203.0.113.0/24",
        ),
        (
            "10.1.2.3",
            "private address, which the rule production does not allow",
        ),
        ("100.64.0.9", "shared address of a provider's inner network"),
        ("192.0.2.5", "address for examples"),
        ("127.0.0.1", "loopback address"),
        ("169.254.1.1", "link-local address"),
        ("240.0.0.1", "reserved address"),
    ] {
        for visit in [Visit::to(&link, from), Visit::to(&link, from).presses(from)] {
            let answer = world.visits(visit).unwrap();
            assert!(answer.says(why), "{from}: {}", answer.page);
            assert!(
                answer.says("this link can be used again") && !answer.asks(),
                "{from}: {}",
                answer.page
            );
        }
    }
    assert!(world.records().is_empty());
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(world.told(), ["asked"]);
}

/// Where a rule allows private addresses, the page says what they are good for, and takes them.
#[test]
fn a_private_address_that_the_rule_allows() {
    let mut world = World::new();
    world.types("alice", "/jit request vm:stage-01 port:22 for:30m");
    let link = world.link(&world.own_message("alice")).unwrap();
    let page = world.visits(Visit::to(&link, "10.1.2.3")).unwrap();
    assert!(
        page.says("only where the machine is reached from inside that network"),
        "{}",
        page.page
    );
    world.visits(Visit::to(&link, "10.1.2.3").presses("10.1.2.3"));
    assert!(world.card().text().contains("10.1.2.3"));
}

#[test]
fn who_comes_by_ipv6_is_sent_to_ipv4_with_the_same_link() {
    let mut world = World::new();
    let link = link(&mut world);
    let page = world.visits(Visit::to(&link, "2001:db8::7")).unwrap();
    assert!(
        page.says("Azure needs an IPv4 address") && !page.asks(),
        "{}",
        page.page
    );
    let at = world.door.as_ref().unwrap().at;
    let by_ipv4 = link.replace("127.0.0.1", "localhost");
    assert!(
        page.page.contains(&format!("href=\"{by_ipv4}\"")),
        "{}",
        page.page
    );
    // Who comes by IPv6 there, too, is not sent in a circle.
    let there = Visit::to(&link, "2001:db8::7").with("host", &format!("localhost:{}", at.port()));
    let page = world.visits(there).unwrap();
    assert!(
        page.says("switched off for a moment") && !page.page.contains("href"),
        "{}",
        page.page
    );
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK);
}

#[test]
fn only_the_address_that_was_shown_is_taken() {
    let mut world = World::new();
    let link = link(&mut world);
    for (from, shown) in [
        (HOME, "198.51.100.7"),
        ("198.51.100.7", HOME),
        ("2001:db8::7", HOME),
        ("garbage", HOME),
    ] {
        let answer = world.visits(Visit::to(&link, from).presses(shown)).unwrap();
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.page);
    }
    let moved = world
        .visits(Visit::to(&link, HOME).presses("198.51.100.7"))
        .unwrap();
    assert!(
        moved.says("Your address has changed") && moved.asks(),
        "{}",
        moved.page
    );
    assert!(world.records().is_empty());
}

#[test]
fn only_the_page_itself_presses_its_button() {
    let mut world = World::new();
    let link = link(&mut world);
    let press = || Visit::to(&link, HOME).presses(HOME);
    for foreign in [
        press().with("sec-fetch-site", "cross-site"),
        press().with("sec-fetch-site", "same-site"),
        press().with("origin", "https://evil.example"),
        press().with("origin", "http://127.0.0.1.evil.example"),
        press().with("origin", "file://"),
    ] {
        let answer = world.visits(foreign.clone()).unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign:?}");
        assert!(answer.says("Another site sent you here"), "{}", answer.page);
    }
    for (wrong, status) in [
        (
            press().without("content-type"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            press().with("content-type", "application/json"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (press().sending(""), StatusCode::BAD_REQUEST),
        (press().sending("address="), StatusCode::BAD_REQUEST),
        (
            press().sending("address=203.0.113.9&address=8.8.8.8"),
            StatusCode::BAD_REQUEST,
        ),
        (press().sending("source=203.0.113.9"), StatusCode::BAD_REQUEST),
        (press().sending("address=203.0.113.0/24"), StatusCode::BAD_REQUEST),
        (
            press().sending(&format!("address={}", "1".repeat(5000))),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (press().by(Method::PUT), StatusCode::METHOD_NOT_ALLOWED),
        (press().by(Method::OPTIONS), StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = world.visits(wrong.clone().with("x-forwarded-for", HOME)).unwrap();
        assert_eq!(answer.status, status, "{wrong:?}");
        if status == StatusCode::METHOD_NOT_ALLOWED {
            assert_eq!(answer.headers[header::ALLOW], "GET,HEAD,POST");
        }
    }
    assert!(world.records().is_empty());
    // A browser that hides where it comes from says "null" (no-referrer).
    let own = press()
        .with("origin", "null")
        .with("sec-fetch-site", "same-origin");
    assert_eq!(world.visits(own).unwrap().status, StatusCode::OK);
}

#[test]
fn the_rules_of_now_decide() {
    let mut world = World::new();
    let link = link(&mut world);
    let page = world.visits(Visit::to(&link, HOME)).unwrap();
    assert!(page.asks());
    world.restart_with(&RULES.replace(", \"203.0.113.0/24\"", ""));
    let answer = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert!(
        answer.says("the rule production does not name it"),
        "{}",
        answer.page
    );
    world.restart_with(&RULES.replace("vms = [\"tag:env=prod\"]", "vms = [\"tag:env=none\"]"));
    let answer = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert!(
        answer.says("This request cannot be sent any more"),
        "{}",
        answer.page
    );
    assert!(!world.told().contains(&"asked".to_owned()));
    world.restart_with(RULES);
    world.visits(Visit::to(&link, HOME).presses(HOME));
    assert!(world.told().contains(&"asked".to_owned()));
}

/// Roles that were taken away since it was asked do not count any more.
#[test]
fn the_roles_of_now_decide() {
    let mut world = World::new();
    let link = link(&mut world);
    world.discord.person("alice").unwrap().loses_role(DEVELOPER_ROLE);
    let answer = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert!(
        answer.says("This request cannot be sent any more"),
        "{}",
        answer.page
    );
    assert!(world.records().is_empty() && world.cards().is_empty());
}

/// Health and metrics are for this machine, not for who comes through the proxy.
#[test]
fn through_a_proxy_nobody_sees_more_than_the_page() {
    let mut world = World::new();
    let at = world.door.as_ref().unwrap().at;
    for path in ["/livez", "/readyz", "/metrics"] {
        let url = format!("http://{at}{path}");
        let public = world.visits(Visit::to(&url, HOME)).unwrap();
        assert_eq!(public.status, StatusCode::NOT_FOUND, "{path}");
        let local = world
            .visits(Visit::to(&url, HOME).without("x-forwarded-for"))
            .unwrap();
        assert_eq!(local.status, StatusCode::OK, "{path}: {}", local.page);
    }
}

#[test]
fn a_proxy_that_says_nothing_is_not_taken_for_the_visitor() {
    let mut world = World::new();
    let link = link(&mut world);
    for visit in [
        Visit::to(&link, HOME).without("x-forwarded-for"),
        Visit::to(&link, "unknown"),
        Visit::to(&link, HOME).with("forwarded", "for=198.51.100.7"),
    ] {
        let page = world.visits(visit.clone()).unwrap();
        assert!(
            page.says("This page cannot see your address") && !page.asks(),
            "{visit:?}: {}",
            page.page
        );
    }
}

#[test]
fn who_loads_it_too_often_waits_and_others_do_not() {
    let mut world = World::new();
    let link = link(&mut world);
    let visits = (0..25).map(|_| Visit::to(&link, "198.51.100.99")).collect();
    let statuses: Vec<_> = world
        .visits_together(visits)
        .into_iter()
        .map(|visited| visited.unwrap().status)
        .collect();
    let refused = statuses
        .iter()
        .filter(|status| **status == StatusCode::TOO_MANY_REQUESTS)
        .count();
    assert!((1..=5).contains(&refused), "{statuses:?}");
    let done = world.visits(Visit::to(&link, HOME).presses(HOME)).unwrap();
    assert_eq!(done.status, StatusCode::OK);
}

/// Where there is no page, nobody is told of one.
#[test]
fn without_a_page_the_address_is_typed() {
    let mut world = World::new();
    world.door = None;
    world.restart();
    let told = world.is_told("alice", ASK_WITHOUT);
    assert!(!told.contains("Use my address"), "{told}");
    let own = world.own_message("alice");
    assert!(world.link(&own).is_none() && own.offers("Type the address"));
    world.clicks("alice", &own, "Withdraw");
}

/// All ways stand side by side for who has asked before.
#[test]
fn the_last_address_and_the_page_are_offered_together() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.types("alice", ASK_WITHOUT);
    let own = world.own_message("alice");
    let labels: Vec<_> = own.buttons().into_iter().map(|button| button.label).collect();
    assert_eq!(
        labels,
        [
            "Use 198.51.100.7",
            "Type another address",
            "Use my address",
            "Withdraw"
        ]
    );
    assert!(own.text().contains("do not pass it on"), "{}", own.text());
}

/// Each visit is logged, and no line can be used as a link.
#[test]
fn the_log_names_visits_and_no_link() {
    let mut world = World::new();
    let link = link(&mut world);
    world.visits(Visit::to(&link, HOME));
    world.visits(Visit::to(&link, "8.8.8.8").presses("8.8.8.8"));
    world.visits(Visit::to(&link, HOME).presses(HOME));
    world.visits(Visit::to(&link, HOME));
    let log = world.logged();
    for status in ["status=200", "status=409", "status=410"] {
        let told = |line: &String| line.contains("An address page was visited") && line.contains(status);
        assert!(log.iter().any(told), "{status}: {log:#?}");
    }
    let secret = link.rsplit('/').next().unwrap();
    assert!(log.iter().all(|line| !line.contains(secret)), "{log:#?}");
}

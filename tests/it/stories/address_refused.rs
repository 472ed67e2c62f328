//! Links and addresses that are not taken, each with why, and what decides at the press of the button.

use portcullis::sandbox::discord::{Fault, FaultKind, RouteKind, world::DEVELOPER_ROLE};
use reqwest::StatusCode;

use super::address::{HOME, link};
use crate::harness::{Visit, World, world::RULES};

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

/// Without the roles nothing is judged: it is said whose doing that is, and nothing is spent.
#[test]
fn while_discord_tells_no_roles_nothing_is_taken() {
    let mut world = World::new();
    let link = link(&mut world);
    world.discord.fault(Fault::always(
        RouteKind::GetMember.into(),
        FaultKind::Status { status: 503 },
    ));
    for visit in [Visit::to(&link, HOME), Visit::to(&link, HOME).presses(HOME)] {
        let answer = world.visits(visit).unwrap();
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.says("Discord does not answer"), "{}", answer.page);
    }
    assert!(world.records().is_empty() && world.cards().is_empty());
    world.discord.faults_off();
    world.visits(Visit::to(&link, HOME).presses(HOME));
    assert_eq!(world.told(), ["asked"]);
}

#[test]
fn who_has_left_the_server_asks_for_nothing() {
    let mut world = World::new();
    let link = link(&mut world);
    world.discord.person("alice").unwrap().leaves();
    for (visit, status) in [
        (Visit::to(&link, HOME), StatusCode::OK),
        (Visit::to(&link, HOME).presses(HOME), StatusCode::CONFLICT),
    ] {
        let answer = world.visits(visit).unwrap();
        assert_eq!(answer.status, status);
        assert!(
            answer.says("You are not a member of the server any more"),
            "{}",
            answer.page
        );
    }
    assert!(world.records().is_empty() && world.cards().is_empty());
}

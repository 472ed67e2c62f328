//! The page of addresses against whoever else comes: headers, proxies, floods, and what the log says.

use reqwest::{Method, StatusCode, header};

use super::address::{HOME, link};
use crate::harness::{Visit, World};

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
        // Its own address, and one beside it.
        Visit::to(&link, "127.0.0.1"),
        Visit::to(&link, "127.0.0.9"),
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

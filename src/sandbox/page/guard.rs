//! Only this page may use this server: loopback is reachable by every page of the same browser.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::refused;

/// Scripts and styles from here only, nothing inline, nothing from or to other hosts, no frames.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Refuses what another site sends, and tells the browser what this page may do.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match fault(request.method(), request.headers()) {
        Some(why) => refused(StatusCode::FORBIDDEN, why),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn fault(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    // A name that somebody else points at loopback must not open this page (DNS rebinding).
    let host = text(header::HOST).unwrap_or_default();
    if !is_loopback(host) {
        return Some("Open this page by its loopback address, for example http://localhost.");
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let foreign_site = site.is_some_and(|site| site != b"same-origin" && site != b"none");
    let origin = text(header::ORIGIN).map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    let foreign_origin = origin.is_some_and(|origin| origin != host);
    let changes = method != Method::GET && method != Method::HEAD;
    // Following a link to the page is fine; acting on it from elsewhere is not.
    (foreign_origin || (foreign_site && changes)).then_some("Only the page itself may do this.")
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(method: Method, pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        fault(&method, &headers).is_none()
    }

    #[test]
    fn the_page_itself_is_let_in() {
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"] {
            assert!(judged(Method::GET, &[("host", host)]), "{host}");
        }
        let own = [
            ("host", "localhost:1"),
            ("origin", "http://localhost:1"),
            ("sec-fetch-site", "same-origin"),
        ];
        assert!(judged(Method::POST, &own));
        assert!(judged(
            Method::GET,
            &[("host", "localhost:1"), ("sec-fetch-site", "cross-site")]
        ));
    }

    #[test]
    fn other_names_and_other_sites_are_kept_out() {
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:80",
            "127.0.0.1.evil.example",
            "10.0.0.1",
        ] {
            assert!(!judged(Method::GET, &[("host", host)]), "{host}");
        }
        for other in ["https://evil.example", "http://localhost:2", "null"] {
            assert!(
                !judged(Method::POST, &[("host", "localhost:1"), ("origin", other)]),
                "{other}"
            );
        }
        let cross = [("host", "localhost:1"), ("sec-fetch-site", "cross-site")];
        assert!(!judged(Method::POST, &cross));
    }
}

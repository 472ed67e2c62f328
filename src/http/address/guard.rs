//! What holds for every answer of the page: its headers, its pace, and a log line that names no link.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tracing::{info, warn};
use url::Url;

use super::{Page, answer, html};
use crate::{
    chat::message::address,
    config::PublicPage,
    http::{
        server::Peer,
        visitor::{Visitor, visitor},
    },
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Finds out who visits, holds them to their pace, and dresses the answer.
pub(super) async fn guard(State(page): State<Page>, mut request: Request, next: Next) -> Response {
    let peer = match request.extensions().get::<Peer>() {
        Some(Peer(peer)) => peer.ip(),
        None => {
            warn!("A visit came without its peer's address, so nothing was shown.");
            return dressed(answer(StatusCode::INTERNAL_SERVER_ERROR, &address::trouble()));
        }
    };
    let visitor = visitor(peer, request.headers(), &page.trusted);
    let method = request.method().clone();
    let paced = match visitor {
        Visitor::At(address) => address,
        Visitor::Unclear => peer,
    };
    let response = if page.pace.admits(paced) {
        request.extensions_mut().insert(visitor);
        next.run(request).await
    } else {
        let mut response = answer(StatusCode::TOO_MANY_REQUESTS, &address::too_fast());
        let a_minute = HeaderValue::from_static("60");
        response.headers_mut().insert(header::RETRY_AFTER, a_minute);
        response
    };
    // The path holds the link's secret.
    info!(%method, status = response.status().as_u16(), "An address page was visited.");
    metrics::counter!("portcullis_address_page_visits_total", "status" => response.status().as_u16().to_string())
        .increment(1);
    dressed(response)
}

fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&html::POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
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

/// Whether a confirmation comes from the page itself, as far as the browser says.
///
/// The link's secret is what keeps others out; this keeps a site that has got hold of it from pressing the button in the
/// visitor's name.
pub(super) fn is_from_the_page(headers: &HeaderMap, public: &PublicPage) -> bool {
    let one = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        (values.next(), values.next().is_some())
    };
    let (site, twice) = one(&SEC_FETCH_SITE);
    if twice || site.is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let (origin, twice) = one(&header::ORIGIN);
    let Some(origin) = origin else {
        return !twice;
    };
    // A page that sends no referrer sends no origin either (Fetch, "serializing a request origin").
    if twice || origin == "null" {
        return !twice;
    }
    let Some((_, origin)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let ours = [Some(&public.public_url), public.ipv4_url.as_ref()];
    host == Some(origin) || ours.into_iter().flatten().any(|url| authority(url) == origin)
}

/// Host and port as a browser writes them.
pub(super) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], true)]
    #[case(&[("sec-fetch-site", "same-origin")], true)]
    #[case(&[("sec-fetch-site", "none")], true)]
    #[case(&[("sec-fetch-site", "same-site")], false)]
    #[case(&[("sec-fetch-site", "cross-site")], false)]
    #[case(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false)]
    #[case(&[("origin", "null")], true)]
    #[case(&[("origin", "null"), ("sec-fetch-site", "cross-site")], false)]
    #[case(&[("origin", "https://jit.example.org")], true)]
    #[case(&[("origin", "https://v4.example.org:8443")], true)]
    #[case(&[("origin", "http://inner:8080"), ("host", "inner:8080")], true)]
    #[case(&[("origin", "http://inner:8080"), ("host", "inner:8081")], false)]
    #[case(&[("origin", "https://jit.example.org.evil.example")], false)]
    #[case(&[("origin", "https://evil.example")], false)]
    #[case(&[("origin", "jit.example.org")], false)]
    #[case(&[("origin", "")], false)]
    #[case(&[("origin", "https://jit.example.org"), ("origin", "https://evil.example")], false)]
    fn only_the_page_confirms(#[case] lines: &[(&'static str, &'static str)], #[case] expected: bool) {
        let public = PublicPage {
            public_url: "https://jit.example.org/".parse().unwrap(),
            ipv4_url: Some("https://v4.example.org:8443/".parse().unwrap()),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        assert_eq!(is_from_the_page(&headers, &public), expected);
    }
}

//! The page on which a requester shows the address from which they connect.
//!
//! Looking has no effect, so a preview, a scanner or a crawler spends nothing; only the button of the page takes the
//! address, and only the one that it showed. Must not know: how a request is sent, or what a link is worth.

mod guard;
mod html;
mod pace;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use ipnet::IpNet;
use tracing::error;
use url::{Url, form_urlencoded};

use self::pace::Pace;
use super::visitor::Visitor;
use crate::{
    chat::message::address::{self, Sheet},
    config::{Http, PublicPage},
    domain::address::{LinkOver, LinkToken, Seen},
    engine::{
        Engine,
        address::{NotTaken, Verdict, Visit},
    },
    store::StoreError,
    telemetry::Causes,
};

/// One short field; a longer body is not ours.
const BODY_BYTES_MAX: usize = 256;
/// Protocol time: a browser sends so little at once.
const BODY_TIME_MAX: Duration = Duration::from_secs(5);

/// What the page works with.
#[derive(Debug, Clone)]
struct Page {
    engine: Arc<Engine>,
    public: Arc<PublicPage>,
    trusted: Arc<[IpNet]>,
    pace: Arc<Pace>,
}

/// The page's one route, if the configuration says where people reach it.
pub(super) fn router(engine: Arc<Engine>, http: &Http) -> Option<Router> {
    let page = Page {
        engine,
        public: Arc::new(http.page.clone()?),
        trusted: http.trusted_proxies.clone().into(),
        pace: Arc::default(),
    };
    let route = get(look).post(take).fallback(wrong_method);
    Some(
        Router::new()
            .route("/address/{token}", route)
            .route_layer(middleware::from_fn_with_state(page.clone(), guard::guard))
            .with_state(page),
    )
}

fn seen(visitor: Visitor) -> Seen {
    match visitor {
        Visitor::At(address) => address.into(),
        Visitor::Unclear => Seen::Unclear,
    }
}

/// GET and HEAD: shows the address and the request, and changes nothing.
async fn look(
    State(page): State<Page>,
    Extension(visitor): Extension<Visitor>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(token) = token.parse() else {
        return over(LinkOver::Unknown);
    };
    match page.engine.visit(&token, seen(visitor)).await {
        Ok(Ok(visit)) => page.show(StatusCode::OK, &visit, &token, &headers, false),
        Ok(Err(why)) => over(why),
        Err(why) => trouble(&why),
    }
}

/// POST: takes the address that the page showed, if it is still the one that is seen.
async fn take(
    State(page): State<Page>,
    Extension(visitor): Extension<Visitor>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    if !guard::is_from_the_page(&headers, &page.public) {
        return answer(StatusCode::FORBIDDEN, &address::foreign());
    }
    let Ok(token) = token.parse::<LinkToken>() else {
        return over(LinkOver::Unknown);
    };
    let shown = match shown_address(&headers, body).await {
        Ok(shown) => shown,
        Err(status) => return answer(status, &address::unreadable()),
    };
    let seen = seen(visitor);
    if seen != Seen::V4(shown) {
        return match page.engine.visit(&token, seen).await {
            Ok(Ok(visit)) => page.show(StatusCode::CONFLICT, &visit, &token, &headers, true),
            Ok(Err(why)) => over(why),
            Err(why) => trouble(&why),
        };
    }
    match page.engine.take_address(&token, shown).await {
        Ok(Ok(request)) => answer(StatusCode::OK, &address::sent(&request, shown)),
        Ok(Err(NotTaken::Over(why))) => over(why),
        Ok(Err(NotTaken::Refused(visit))) => page.show(StatusCode::CONFLICT, &visit, &token, &headers, false),
        Err(why) => trouble(&why),
    }
}

async fn wrong_method() -> Response {
    let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, &address::wrong_method());
    let allowed = HeaderValue::from_static("GET,HEAD,POST");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

/// The one field of the form, strictly.
async fn shown_address(headers: &HeaderMap, body: Body) -> Result<std::net::Ipv4Addr, StatusCode> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if !kind.starts_with(b"application/x-www-form-urlencoded") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let read = tokio::time::timeout(BODY_TIME_MAX, to_bytes(body, BODY_BYTES_MAX)).await;
    let body = read
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let mut fields = form_urlencoded::parse(&body);
    match (fields.next(), fields.next()) {
        (Some((name, value)), None) if name == html::ADDRESS_FIELD => {
            value.parse().map_err(|_| StatusCode::BAD_REQUEST)
        }
        _ => Err(StatusCode::BAD_REQUEST),
    }
}

impl Page {
    fn show(
        &self,
        status: StatusCode,
        visit: &Visit,
        token: &LinkToken,
        headers: &HeaderMap,
        moved: bool,
    ) -> Response {
        let status = match visit.verdict {
            // It is not the visitor's doing, and a moment later it may go.
            Verdict::Untold => StatusCode::SERVICE_UNAVAILABLE,
            _ => status,
        };
        answer(status, &self.sheet(visit, token, headers, moved))
    }

    fn sheet(&self, visit: &Visit, token: &LinkToken, headers: &HeaderMap, moved: bool) -> Sheet {
        let request = &visit.request;
        match &visit.verdict {
            Verdict::Fits(source) => address::confirm(request, *source, moved),
            Verdict::Ipv6(seen) => address::ipv6(request, *seen, self.by_ipv4(token, headers)),
            Verdict::Unclear => address::unclear(request),
            Verdict::Impossible { address, why } => address::impossible(request, *address, why),
            Verdict::Refused { source, why } => address::refused(request, *source, why),
            Verdict::Changed => address::changed(request),
            Verdict::Gone => address::gone(request),
            Verdict::Untold => address::untold(request),
        }
    }

    /// The same link under the name that has only IPv4, unless that is where the visitor is.
    fn by_ipv4(&self, token: &LinkToken, headers: &HeaderMap) -> Option<Url> {
        let url = self.public.ipv4_url.as_ref()?;
        let here = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        if here.is_some_and(|here| here == guard::authority(url)) {
            return None;
        }
        PublicPage::link(url, token.expose())
    }
}

fn over(why: LinkOver) -> Response {
    let status = match why {
        LinkOver::Unknown => StatusCode::NOT_FOUND,
        LinkOver::Used | LinkOver::Withdrawn | LinkOver::Lapsed => StatusCode::GONE,
    };
    answer(status, &address::over(why))
}

fn trouble(why: &StoreError) -> Response {
    error!(error = %Causes(why), "An address page could not be made; nothing was changed.");
    answer(StatusCode::INTERNAL_SERVER_ERROR, &address::trouble())
}

fn answer(status: StatusCode, sheet: &Sheet) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, html::document(sheet)).into_response()
}

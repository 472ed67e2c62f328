//! The way of a call: read, written into the ledger, faults, holds, the operation, the answer's headers.
//!
//! The work is a task of its own, so that an effect comes about even if the caller has hung up.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Response, StatusCode, header},
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::{Clock as _, SystemClock, fresh_uuid},
    sandbox::loopback::Line,
};

use super::{
    answer::{Answer, Refusal},
    call::{Call, Twist},
    emulator::Shared,
    faults::FaultKind,
    gate,
    holds::HoldPoint,
    operations,
    route::Route,
    throttle::{self, Quota},
};

/// Resource Manager takes no larger body.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What becomes of a call.
enum Outcome {
    Answered(Response<Body>),
    Dropped,
}

pub(crate) async fn handle(
    State(shared): State<Arc<Shared>>,
    Extension(line): Extension<Line>,
    request: Request,
) -> Response<Body> {
    let Some(call) = read(&shared, &line, request).await else {
        line.cut();
        return Response::new(Body::empty());
    };
    let seq = shared.ledger().arrive(&call);
    shared.touch();
    let hung_up = CancellationToken::new();
    let _guard = hung_up.clone().drop_guard();
    let work = tokio::spawn(work(shared, call, seq, hung_up));
    match work.await {
        Ok(Outcome::Answered(answer)) => answer,
        Ok(Outcome::Dropped) | Err(_) => {
            line.cut();
            Response::new(Body::empty())
        }
    }
}

async fn read(shared: &Shared, line: &Line, request: Request) -> Option<Call> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.ok()?;
    let host = parts.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let now = shared.clock.now();
    let path = percent_encoding::percent_decode_str(parts.uri.path()).decode_utf8_lossy();
    let target = parts.uri.path_and_query();
    Some(Call {
        now,
        route: Route::parse(&parts.method, &path),
        method: parts.method,
        target: target
            .map(|target| target.as_str().to_owned())
            .unwrap_or_default(),
        query: Call::parse_query(&parts.uri),
        base: match host {
            Some(host) => format!("{}://{host}", if line.tls { "https" } else { "http" }),
            None => shared.url(),
        },
        headers: parts.headers,
        body,
        peer: line.peer.ip(),
        client_id: String::new(),
        correlation: fresh_uuid(SystemClock.now()).to_string(),
        twist: None,
    })
}

async fn work(shared: Arc<Shared>, mut call: Call, seq: u64, hung_up: CancellationToken) -> Outcome {
    let fault = shared.faults().take(&call);
    match &fault {
        Some(FaultKind::Slow { millis }) => real_delay(*millis).await,
        Some(FaultKind::DropBeforeEffect) => return dropped(&shared, seq),
        Some(FaultKind::LateTwin { millis }) => {
            hung_up.cancelled().await;
            real_delay(*millis).await;
        }
        Some(FaultKind::StuckInitiating) => call.twist = Some(Twist::Stuck),
        Some(FaultKind::NeverRevokes) => call.twist = Some(Twist::NeverEnds),
        Some(FaultKind::ForgetsNewer) => call.twist = Some(Twist::ForgetsNewer),
        Some(FaultKind::KeepsOlder) => call.twist = Some(Twist::KeepsOlder),
        _ => {}
    }
    let held = shared.holds().take(HoldPoint::Before, &call);
    if let Some(hold) = held
        && !hold.wait().await
    {
        return dropped(&shared, seq);
    }
    // The call may have been held for long: it happens now.
    call.now = shared.clock.now();
    let (mut answer, quota) = perform(&shared, &mut call, fault.as_ref());
    shared.ledger().update(seq, |entry| {
        entry.who.clone_from(&call.client_id);
        entry.effect = answer.effect;
        if shared.options.keep_answers && call.route.needs_token() {
            entry.answer.clone_from(&answer.body);
        }
    });
    shared.touch();
    let held = shared.holds().take(HoldPoint::After, &call);
    if let Some(hold) = held
        && !hold.wait().await
    {
        return dropped(&shared, seq);
    }
    if fault == Some(FaultKind::DropAfterEffect) {
        return dropped(&shared, seq);
    }
    if fault == Some(FaultKind::Html) {
        answer.status = StatusCode::BAD_GATEWAY;
    }
    let status = answer.status.as_u16();
    shared.ledger().update(seq, |entry| entry.status = Some(status));
    shared.touch();
    Outcome::Answered(render(&call, answer, quota, fault.as_ref()))
}

fn dropped(shared: &Shared, seq: u64) -> Outcome {
    shared.ledger().update(seq, |entry| entry.dropped = true);
    shared.touch();
    Outcome::Dropped
}

fn perform(shared: &Shared, call: &mut Call, fault: Option<&FaultKind>) -> (Answer, Option<Quota>) {
    let mut quota = None;
    let mut model = shared.model();
    model.settle(call.now);
    let refused = fault.and_then(|fault| refusal(&model, call, fault));
    let answer = refused.map_or(Ok(()), Err).and_then(|()| {
        let identity = if call.route.needs_token() {
            let identity = gate::authenticate(&model, call)?;
            call.client_id.clone_from(&identity.client_id);
            quota = Some(shared.throttling().take(call)?);
            gate::admit(&model, call, &identity)?;
            Some(identity)
        } else {
            None
        };
        operations::perform(&mut model, shared, call, identity.as_ref())
    });
    // What was asked for with no delay stands at once.
    model.settle(call.now);
    (answer.unwrap_or_else(Refusal::into_answer), quota)
}

/// The refusals that are faults.
fn refusal(model: &super::model::Model, call: &Call, fault: &FaultKind) -> Option<Refusal> {
    Some(match fault {
        FaultKind::Unauthorized if call.route.operation() == "token" => operations::token::wrong_secret(call),
        FaultKind::Unauthorized => {
            let text = "The access token is invalid.";
            gate::unauthorized(model, call, "InvalidAuthenticationToken", text)
        }
        FaultKind::Forbidden => {
            let (action, scope) = call.route.right().unwrap_or(("*", "/".to_owned()));
            let identity = gate::authenticate(model, call).ok()?;
            gate::forbidden(&identity, action, &scope)
        }
        FaultKind::NotFound => {
            let path = call.target.split('?').next().unwrap_or_default();
            let text = format!("The Resource '{path}' was not found.");
            Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFound", text)
        }
        FaultKind::Throttled { retry_after } => throttle::throttled(&retry_after.to_string()),
        FaultKind::ServerError { status } => Refusal::new(
            StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            "InternalServerError",
            "Internal server error has occurred",
        ),
        FaultKind::Html => Refusal::new(StatusCode::BAD_GATEWAY, "BadGateway", ""),
        _ => return None,
    })
}

fn render(call: &Call, answer: Answer, quota: Option<Quota>, fault: Option<&FaultKind>) -> Response<Body> {
    let mut text = answer.body.map(|body| body.to_string()).unwrap_or_default();
    let mut kind = "application/json; charset=utf-8";
    match fault {
        Some(FaultKind::MalformedBody) => "{\"value\": [oops".clone_into(&mut text),
        Some(FaultKind::TruncatedBody) => text.truncate(text.floor_char_boundary(text.len() / 2)),
        Some(FaultKind::OversizedBody { bytes }) => {
            // Still JSON: white space may stand behind a value.
            let padding = bytes.saturating_sub(text.len());
            text.extend(std::iter::repeat_n(' ', padding));
        }
        Some(FaultKind::Html) => {
            kind = "text/html";
            "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
                .clone_into(&mut text);
        }
        _ => {}
    }
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("content-type", kind);
    set("cache-control", "no-cache");
    set("pragma", "no-cache");
    set("expires", "-1");
    set("strict-transport-security", "max-age=31536000; includeSubDomains");
    set("x-content-type-options", "nosniff");
    if call.route.needs_token() {
        // JIT answers carry an empty one, as recorded.
        let jit = call
            .target
            .to_ascii_lowercase()
            .contains("/jitnetworkaccesspolicies");
        set("x-ms-request-id", if jit { "" } else { &call.correlation });
        set("x-ms-correlation-request-id", &call.correlation);
        let stamp = SystemClock.now().format("%Y%m%dT%H%M%SZ");
        set(
            "x-ms-routing-request-id",
            &format!("WESTEUROPE:{stamp}:{}", call.correlation),
        );
    }
    for (name, left) in quota.iter().flat_map(Quota::headers) {
        set(name, &left.to_string());
    }
    if quota.is_some_and(|quota| quota.kind == "graph") {
        set("x-ms-user-quota-resets-after", "00:00:05");
    }
    let wants_id = call
        .header("x-ms-return-client-request-id")
        .is_some_and(|v| v.eq_ignore_ascii_case("true"));
    if wants_id && let Some(id) = call.header("x-ms-client-request-id") {
        set("x-ms-client-request-id", id);
    }
    headers.extend(answer.headers);
    response
}

#[expect(
    clippy::disallowed_methods,
    reason = "how slow a network is, is protocol time: callers' time-outs are real"
)]
async fn real_delay(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

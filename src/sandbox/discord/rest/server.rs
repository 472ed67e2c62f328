//! One REST call from its first byte to its last: ledger, token, faults, holds, buckets, handler.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State as Shared},
    http::{HeaderMap, HeaderName, header},
    response::Response,
};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    body::{self, Body as Sent},
    bucket::{Standing, TooMany},
    handle::{Answer, Call, handle},
    response::{bare, broken, document, instead, refusal, text, with_standing},
    router::{self, Params},
};
use crate::sandbox::{
    discord::{
        error::ApiError,
        fault::{Fault, FaultKind},
        hold::{HoldState, Side},
        hub::Hub,
        ledger::{TokenKind, What},
        model::State,
        route::{RouteKind, SeenCall},
    },
    loopback::Line,
};

/// Largest request body (Discord: 25 MiB).
const BODY_BYTES_MOST: usize = 25 * 1024 * 1024;

/// Answers a call below `/api`. It runs as a task of its own, because a client that hangs up must not undo
/// what it has asked for: the real service does not notice either.
pub(crate) async fn serve(
    Shared(hub): Shared<Arc<Hub>>,
    Extension(line): Extension<Line>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = match to_bytes(body, BODY_BYTES_MOST).await {
        Ok(bytes) => bytes,
        Err(_) => return refusal(&ApiError::body_too_large()),
    };
    let arrived = Arrived {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        bytes,
    };
    let work = hub.runtime.spawn({
        let hub = hub.clone();
        async move { process(&hub, arrived).await }
    });
    match work.await {
        Ok(Some(response)) => response,
        // The answer is never written: the cut connection fails the write.
        Ok(None) | Err(_) => {
            line.cut();
            Response::new(Body::empty())
        }
    }
}

struct Arrived {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Arrived {
    fn header(&self, name: HeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The segments below the version, percent-decoded, or why there are none.
    fn segments(&self) -> Result<Vec<String>, ApiError> {
        let mut segments = self
            .path
            .split('/')
            .skip(1)
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned());
        if segments.next().as_deref() != Some("api") {
            return Err(ApiError::not_found());
        }
        match segments.next().as_deref() {
            Some("v10") => Ok(segments.collect()),
            Some(other) if is_version(other) => Err(ApiError::invalid_api_version()),
            _ => Err(ApiError::not_found()),
        }
    }

    fn token(&self, hub: &Hub, params: &Params) -> TokenKind {
        let (scheme, token) = self
            .header(header::AUTHORIZATION)
            .split_once(' ')
            .unwrap_or_default();
        hub.read(|state| {
            if scheme == "Bot" && token == state.options.token {
                TokenKind::Bot
            } else if state.tokens.contains_key(&params.token) {
                TokenKind::Interaction
            } else {
                TokenKind::None
            }
        })
    }
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| number.parse::<u32>().is_ok())
}

/// `None` cuts the connection.
async fn process(hub: &Hub, arrived: Arrived) -> Option<Response> {
    let found = arrived.segments().and_then(|segments| {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        router::find(&arrived.method, &segments)
    });
    let (route, params) = match &found {
        Ok((route, params)) => (*route, params.clone()),
        Err(_) => (RouteKind::Unknown, Params::default()),
    };
    let body = body::read(arrived.header(header::CONTENT_TYPE), arrived.bytes.clone(), route).await;
    let shown = body.as_ref().map_or(Value::Null, Sent::shown);
    let token = arrived.token(hub, &params);
    let seen = SeenCall {
        route,
        path: &arrived.path,
        body: &shown,
    };
    let (seq, fault) = hub.change(|state| {
        let body = if state.options.ledger_bodies {
            shown.clone()
        } else {
            Value::Null
        };
        let what = What::Rest {
            method: arrived.method.clone(),
            path: arrived.path.clone(),
            route,
            body,
            token,
            status: None,
            code: None,
            effect: false,
        };
        let seq = state.ledger.push(state.now, what);
        (seq, state.faults.meet(&seen))
    });
    if let Some(delay) = fault.as_ref().and_then(Fault::delay) {
        pause(delay).await;
    }
    if !held(hub, &seen, Side::Before, seq).await || fault == Some(FaultKind::DropBefore) {
        return None;
    }
    if let Some(response) = fault.as_ref().and_then(instead) {
        let status = response.status().as_u16();
        hub.change(|state| state.ledger.answered(seq, Some(status), None, false));
        return Some(response);
    }
    let call = Call {
        route,
        params,
        query: read_query(&arrived.query),
        body: Value::Null,
        files: Vec::new(),
        host: arrived.header(header::HOST).to_owned(),
    };
    let (answer, standing) = hub.change(|state| {
        if fault == Some(FaultKind::MessageDeleted) {
            remove_named_message(state, &call);
        }
        let (answer, standing) = answer(state, call, found.map(|_| ()), body, token, &arrived);
        let code = answer.as_ref().err().map(|refused| refused.code);
        state.ledger.answered(seq, None, code, answer.is_ok());
        (answer, standing)
    });
    let did = answer.is_ok();
    let (status, code) = match &answer {
        Ok(reply) => (reply.status, None),
        Err(refused) => (refused.status, Some(refused.code)),
    };
    if !held(hub, &seen, Side::After, seq).await || fault == Some(FaultKind::DropAfter) {
        return None;
    }
    let response = match &fault {
        Some(FaultKind::StatusAfter { status }) => broken(*status),
        Some(FaultKind::Malformed) => text(200, "application/json", "{\"id\": \"1\", \"content\": \"unfin"),
        _ => match &answer {
            Ok(reply) => reply
                .body
                .as_ref()
                .map_or_else(|| bare(reply.status), |body| document(reply.status, body)),
            Err(refused) => refusal(refused),
        },
    };
    let status = if fault.is_some() {
        response.status().as_u16()
    } else {
        status
    };
    hub.change(|state| state.ledger.answered(seq, Some(status), code, did));
    Some(with_standing(response, standing))
}

/// Runs the call under the lock: token, bucket, body, handler, in Discord's order.
fn answer(
    state: &mut State,
    mut call: Call,
    found: Result<(), ApiError>,
    body: Result<Sent, ApiError>,
    token: TokenKind,
    arrived: &Arrived,
) -> (Answer, Option<Result<Standing, TooMany>>) {
    if arrived.header(header::USER_AGENT).is_empty() {
        let message = "A User-Agent header is required (Discord, \"User Agent\").";
        return (Err(ApiError::new(403, 0, message)), None);
    }
    if let Err(refused) = found {
        return (Err(refused), None);
    }
    if token != TokenKind::Bot && !call.route.is_interaction() && call.route != RouteKind::GetGateway {
        return (Err(ApiError::unauthorized()), None);
    }
    let now = tokio::time::Instant::now();
    let State { buckets, options, .. } = state;
    let standing = match buckets.take(&options.rate_limits, call.route, &call.params.major(), now) {
        Ok(standing) => standing,
        Err(too_many) => {
            let message = "You are being rate limited.";
            return (Err(ApiError::new(429, 0, message)), Some(Err(too_many)));
        }
    };
    let answer = body.and_then(|body| {
        call.body = body.json;
        call.files = body.files;
        handle(state, &call)
    });
    (answer, Some(Ok(standing)))
}

/// Waits where a hold says so; `false` means that the connection is to be cut.
async fn held(hub: &Hub, seen: &SeenCall<'_>, side: Side, seq: u64) -> bool {
    let Some(hold) = hub.change(|state| state.holds.meet(seen, side, seq)) else {
        return true;
    };
    let mut state = hold.subscribe();
    let decided = state
        .wait_for(|state| matches!(state, HoldState::Released | HoldState::Dropped))
        .await
        .map(|state| state.clone());
    !matches!(decided, Ok(HoldState::Dropped))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a slow answer is slow in real time, as a network is"
)]
async fn pause(delay: Duration) {
    tokio::time::sleep(delay).await;
}

fn remove_named_message(state: &mut State, call: &Call) {
    let original = state
        .tokens
        .get(&call.params.token)
        .and_then(|id| state.interactions.get(id))
        .and_then(|interaction| interaction.original);
    if let Some(id) = original {
        state.remove_message(id);
    }
    state.remove_message(call.params.message);
}

fn read_query(query: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

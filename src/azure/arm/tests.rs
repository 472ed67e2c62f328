use std::sync::atomic::{AtomicU32, Ordering};

use axum::{
    Json, Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::{
    azure::testing::{arm_at, arm_within, hang_up, nobody, serve, silent},
    clock::{Clock as _, ManualClock},
};

static READ: Operation = Operation {
    name: "test-read",
    method: reqwest::Method::GET,
    api_version: "2020-01-01",
    action: "Test/read",
    quota: Quota::Reads,
};
static WRITE: Operation = Operation {
    name: "test-write",
    method: reqwest::Method::POST,
    api_version: "2020-01-01",
    action: "Test/write",
    quota: Quota::Writes,
};

/// A server with one answer for every call, and how often it was asked.
async fn answering<F>(answer: F) -> (Arm, Arc<ManualClock>, Arc<AtomicU32>)
where
    F: Fn(u32, Request) -> Response + Clone + Send + Sync + 'static,
{
    let count = Arc::new(AtomicU32::new(0));
    let seen = count.clone();
    let router = Router::new().fallback(move |request: Request| {
        let response = answer(seen.fetch_add(1, Ordering::SeqCst), request);
        async move { response }
    });
    let (arm, clock) = arm_at(serve(router).await).await;
    (arm, clock, count)
}

fn read() -> Call {
    Call::new(&READ, "/subscriptions".into())
}

fn write() -> Call {
    Call::new(&WRITE, "/x/initiate".into()).with_body(json!({}))
}

fn error(status: u16, code: &str) -> Response {
    let body = Json(json!({"error":{"code":code,"message":"No."}}));
    (
        StatusCode::from_u16(status).unwrap(),
        [("x-ms-correlation-request-id", "corr-1")],
        body,
    )
        .into_response()
}

#[tokio::test]
async fn a_call_carries_token_version_and_a_fresh_id() {
    let (arm, _, _) = answering(|_, request| {
        let headers = request.headers();
        assert_eq!(headers["authorization"], "Bearer t0");
        assert_eq!(request.uri().query(), Some("api-version=2020-01-01"));
        assert!(uuid::Uuid::try_parse(headers["x-ms-client-request-id"].to_str().unwrap()).is_ok());
        Json(json!({"ok":1})).into_response()
    })
    .await;
    assert_eq!(arm.one::<Value>(&read()).await.unwrap(), json!({"ok":1}));
}

#[tokio::test]
async fn each_status_has_its_class_and_keeps_what_azure_said() {
    for (status, class) in [
        (400, "refused"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not_found"),
        (409, "refused"),
        (429, "throttled"),
        (500, "transient"),
        (503, "transient"),
        (302, "refused"),
        (418, "refused"),
    ] {
        let (arm, _, count) = answering(move |_, _| error(status, "Code")).await;
        let found = arm.one::<Value>(&write()).await.unwrap_err();
        assert_eq!(found.class(), class, "{status}");
        assert_eq!(found.may_have_happened(), class == "transient", "{status}");
        // A write leaves once; only a token that is not accepted is replaced.
        assert_eq!(
            count.load(Ordering::SeqCst),
            if status == 401 { 2 } else { 1 },
            "{status}"
        );
        if status != 429 {
            let said = found.said().unwrap();
            assert_eq!((said.status, said.code.as_str()), (status, "Code"));
            assert!(found.to_string().contains("corr-1"), "{found}");
        }
    }
}

#[tokio::test]
async fn a_service_that_was_never_registered_is_not_taken_for_something_that_is_gone() {
    for (status, code) in [
        (404, "Subscription Not Registered"),
        (409, "MissingSubscriptionRegistration"),
    ] {
        let (arm, _, _) = answering(move |_, _| error(status, code)).await;
        let found = arm.one::<Value>(&read()).await.unwrap_err();
        assert_eq!(found.class(), "refused", "{status} {code}");
        assert!(found.said().unwrap().is_unregistered());
    }
}

#[tokio::test]
async fn a_403_names_the_action_that_is_missing() {
    let (arm, _, _) = answering(|_, _| error(403, "AuthorizationFailed")).await;
    let found = arm.one::<Value>(&write()).await.unwrap_err();
    assert!(
        matches!(&found, ArmError::Forbidden { action: "Test/write", scope, .. } if scope == "/x/initiate"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_token_that_is_no_longer_accepted_is_replaced_once() {
    let (arm, _, _) = answering(|_, request| {
        if request.headers()["authorization"] == "Bearer t0" {
            error(401, "ExpiredAuthenticationToken")
        } else {
            Json(json!(1)).into_response()
        }
    })
    .await;
    assert_eq!(arm.one::<Value>(&write()).await.unwrap(), json!(1));
}

#[tokio::test]
async fn a_read_is_tried_twice_and_a_write_once() {
    let (arm, _, count) = answering(|number, _| {
        if number == 0 {
            error(503, "Busy")
        } else {
            Json(json!(1)).into_response()
        }
    })
    .await;
    assert_eq!(arm.one::<Value>(&read()).await.unwrap(), json!(1));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_did_not_leave_is_told_from_what_may_have_arrived() {
    let (arm, _) = arm_at(nobody().await).await;
    let found = arm.one::<Value>(&write()).await.unwrap_err();
    assert!(matches!(found, ArmError::NotSent(_)), "{found:?}");
    assert!(!found.may_have_happened());

    for url in [silent().await, hang_up().await] {
        let (arm, _) = arm_within(url, Duration::from_secs(1)).await;
        let found = arm.one::<Value>(&write()).await.unwrap_err();
        assert!(matches!(found, ArmError::Ambiguous(_)), "{found:?}");
        assert!(found.may_have_happened());
    }
}

#[tokio::test]
async fn an_accepted_write_whose_answer_breaks_off_may_have_happened() {
    let (arm, _, _) = answering(|_, _| {
        let half = futures::stream::iter([Ok("{\"a\":"), Err(std::io::Error::other("gone"))]);
        (StatusCode::ACCEPTED, Body::from_stream(half)).into_response()
    })
    .await;
    assert!(arm.one::<Value>(&write()).await.unwrap_err().may_have_happened());
}

#[tokio::test]
async fn answers_that_cannot_be_used_are_malformed() {
    for body in [
        "",
        "<html>nope</html>",
        "{\"value\":",
        "\u{0}",
        "{\"value\":7}",
        "[]",
        "{}",
    ] {
        let (arm, _, _) = answering(move |_, _| body.into_response()).await;
        let found = arm.all(&read()).await.unwrap_err();
        assert!(matches!(found, ArmError::Malformed { .. }), "{body}: {found:?}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let (arm, _, _) = answering(|_, _| {
        let chunk = bytes::Bytes::from(vec![b' '; 1024 * 1024]);
        let endless = futures::stream::iter((0..40).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
        Body::from_stream(endless).into_response()
    })
    .await;
    let found = arm.one::<Value>(&write()).await.unwrap_err();
    assert!(
        matches!(&found, ArmError::Malformed { detail, .. } if detail.contains("larger")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_list_is_read_over_all_its_pages() {
    let router = Router::new().route(
        "/subscriptions",
        get(|headers: HeaderMap, request: Request| async move {
            let host = headers[header::HOST].to_str().unwrap();
            let page: u32 = request
                .uri()
                .query()
                .unwrap()
                .rsplit_once("page=")
                .map_or(0, |(_, page)| page.parse().unwrap());
            let next =
                (page < 3).then(|| format!("http://{host}/subscriptions?api-version=9&page={}", page + 1));
            Json(json!({"value":[page],"nextLink":next}))
        }),
    );
    let (arm, _) = arm_at(serve(router).await).await;
    assert_eq!(
        arm.all(&read()).await.unwrap(),
        [json!(0), json!(1), json!(2), json!(3)]
    );
}

#[tokio::test]
async fn the_token_follows_no_link_to_another_host() {
    let (_, _, stolen) = answering(|_, _| Json(json!({"value":[]})).into_response()).await;
    for link in [
        "http://127.0.0.1:1/subscriptions",
        "https://evil.example.com/subscriptions",
        "/subscriptions",
        "file:///etc/passwd",
        "not a link",
    ] {
        let (arm, _, _) =
            answering(move |_, _| Json(json!({"value":[],"nextLink":link})).into_response()).await;
        assert!(
            matches!(arm.all(&read()).await, Err(ArmError::Malformed { .. })),
            "{link}"
        );
    }
    assert_eq!(stolen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (target, _, reached) = answering(|_, _| Json(json!(1)).into_response()).await;
    let to = target.inner.base.to_string();
    let (arm, _, _) = answering(move |_, _| {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to.clone())]).into_response()
    })
    .await;
    assert!(matches!(arm.one::<Value>(&read()).await, Err(ArmError::Refused(said)) if said.status == 307));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_link_that_leads_to_itself_ends_the_list() {
    let router = Router::new().route(
        "/subscriptions",
        get(|headers: HeaderMap| async move {
            let host = headers[header::HOST].to_str().unwrap().to_owned();
            Json(
                json!({"value":[1],"nextLink":format!("http://{host}/subscriptions?api-version=2020-01-01")}),
            )
        }),
    );
    let (arm, _) = arm_at(serve(router).await).await;
    assert!(matches!(arm.all(&read()).await, Err(ArmError::Malformed { .. })));
}

#[tokio::test]
async fn a_throttled_subscription_is_left_alone_until_its_time() {
    let (arm, clock, count) = answering(|number, _| {
        if number == 0 {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")]).into_response()
        } else {
            Json(json!(1)).into_response()
        }
    })
    .await;
    let one = "11111111-1111-1111-1111-111111111111";
    let subscription = crate::domain::vm::SubscriptionId::new(one).unwrap();
    let call = read().of(&subscription);
    assert!(
        matches!(arm.one::<Value>(&call).await, Err(ArmError::Throttled { retry_after }) if retry_after.as_secs() == 30)
    );
    assert!(matches!(
        arm.one::<Value>(&call).await,
        Err(ArmError::Throttled { .. })
    ));
    assert_eq!(count.load(Ordering::SeqCst), 1, "the second call must not leave");
    let degraded = arm.degraded();
    assert_eq!(
        (degraded[0].scope.as_str(), degraded[0].until),
        (one, clock.now() + TimeDelta::seconds(30))
    );
    // Another subscription, and writes in the same one, have quotas of their own.
    assert!(arm.one::<Value>(&read()).await.is_ok());
    assert!(arm.one::<Value>(&write().of(&subscription)).await.is_ok());
    clock.advance(Duration::from_secs(30));
    assert!(arm.one::<Value>(&call).await.is_ok());
    assert!(arm.degraded().is_empty());
}

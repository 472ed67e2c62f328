use std::time::{Duration, Instant};

use serde_json::json;
use serenity::all::{ApplicationId, ChannelId, EditInteractionResponse, MessageId, ReactionType};

use crate::chat::rest::{
    AddressError, InteractionToken, JsonCode, MessagesAt, Pings, Rest, RestError,
    answer::BODY_BYTES_MAX,
    testing::{Reply, Server, config, dropping, hurried},
};

const CHANNEL: ChannelId = ChannelId::new(1);

async fn failure(reply: Reply) -> RestError {
    let server = Server::start([reply]).await;
    server
        .rest()
        .messages(CHANNEL, MessagesAt::Latest, 1)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn refusals_carry_status_code_and_sentence() {
    let error = failure(Reply::Json(
        403,
        json!({"message": "Missing Access", "code": 50001}),
    ))
    .await;
    assert!(error.is(JsonCode::MissingAccess) && error.certainly_not_done());
    assert_eq!(
        error.to_string(),
        "Discord refused GET channels/{channel}/messages: Missing Access (status 403, MissingAccess)"
    );
    assert!(
        failure(Reply::Raw(404, b"<html>".to_vec()))
            .await
            .is(JsonCode::Other(0))
    );
}

#[tokio::test]
async fn a_5xx_answer_is_transient_but_may_have_been_done() {
    let error = failure(Reply::Raw(502, b"<html>Bad gateway</html>".to_vec())).await;
    assert!(matches!(
        error,
        RestError::Transient {
            status: Some(502),
            ..
        }
    ));
    assert!(!error.certainly_not_done());
}

#[tokio::test]
async fn no_connection_is_transient_and_surely_not_done() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = Rest::new(config(address))
        .unwrap()
        .current_user()
        .await
        .unwrap_err();
    assert!(matches!(error, RestError::Transient { status: None, .. }));
    assert!(error.certainly_not_done());
}

#[tokio::test]
async fn silence_and_hang_ups_are_ambiguous() {
    let server = Server::start([Reply::Hang]).await;
    let silence = hurried(server.address).current_user().await.unwrap_err();
    for error in [
        silence,
        failure(Reply::BreakOff(200)).await,
        dropping(9).await.current_user().await.unwrap_err(),
    ] {
        assert!(matches!(error, RestError::Ambiguous { .. }), "{error:?}");
        assert!(!error.certainly_not_done());
    }
}

#[tokio::test]
async fn an_unreadable_answer_is_malformed_and_says_where() {
    let error = failure(Reply::Json(200, json!([{"id": "not a number"}]))).await;
    assert!(matches!(&error, RestError::Malformed { status: 200, .. }));
    assert!(error.to_string().contains("[0].id"), "{error}");
    let error = failure(Reply::Raw(200, b"[{\"id\":".to_vec())).await;
    assert!(matches!(error, RestError::Malformed { .. }));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    for reply in [
        Reply::Endless(3 * BODY_BYTES_MAX),
        Reply::Raw(200, vec![b' '; BODY_BYTES_MAX + 1]),
    ] {
        let error = failure(reply).await;
        assert!(error.to_string().contains("longer than"), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start([]).await;
    let target = format!("http://{}/api/v10/users/@me", other.address);
    let redirect = Reply::Headers(307, vec![("location", target)], json!({}));
    let error = failure(redirect).await;
    assert!(error.to_string().contains("redirect"), "{error}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn after_the_token_was_refused_nothing_more_is_sent() {
    let refused = Reply::Json(401, json!({"message": "401: Unauthorized", "code": 0}));
    let server = Server::start([refused]).await;
    let rest = server.rest();
    for _ in 0..3 {
        assert!(matches!(rest.current_user().await, Err(RestError::Unauthorized)));
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_429_is_obeyed_within_the_callers_patience() {
    let limited = |seconds: f64| {
        let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": false});
        Reply::Headers(429, vec![("x-ratelimit-scope", "user".to_owned())], body)
    };
    let server = Server::start([limited(0.2), Reply::Json(200, json!([]))]).await;
    let begun = Instant::now();
    server
        .rest()
        .messages(CHANNEL, MessagesAt::Latest, 1)
        .await
        .unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(200));

    let server = Server::start([limited(60.0), Reply::Json(200, json!([]))]).await;
    let rest = server.rest().patient(Duration::ZERO);
    for _ in 0..2 {
        let error = rest.messages(CHANNEL, MessagesAt::Latest, 1).await.unwrap_err();
        assert!(matches!(error, RestError::RateLimited { .. }) && error.certainly_not_done());
    }
    // The second one was held back here: a call that is known to be turned away does not leave.
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_global_429_to_an_interaction_is_waited_out_and_not_hammered() {
    let limited = Reply::Json(429, json!({"message": "x", "retry_after": 0.2, "global": true}));
    let server = Server::start([limited]).await;
    let begun = Instant::now();
    let token = InteractionToken::new("tok");
    let edit = EditInteractionResponse::new();
    let error = server
        .rest()
        .edit_original(ApplicationId::new(9), &token, &edit, &Pings::nobody())
        .await
        .unwrap_err();
    assert!(
        matches!(error, RestError::Refused { status: 404, .. }),
        "{error:?}"
    );
    assert!(begun.elapsed() >= Duration::from_millis(200));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_used_up_bucket_holds_calls_back_before_discord_does() {
    let used_up = Reply::Headers(
        200,
        vec![
            ("x-ratelimit-bucket", "abcd".to_owned()),
            ("x-ratelimit-limit", "5".to_owned()),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset-after", "60.5".to_owned()),
        ],
        json!([]),
    );
    let server = Server::start([used_up, Reply::Json(200, json!([]))]).await;
    let rest = server.rest();
    rest.messages(CHANNEL, MessagesAt::Latest, 1).await.unwrap();
    let error = rest.messages(CHANNEL, MessagesAt::Latest, 1).await.unwrap_err();
    assert!(
        matches!(error, RestError::RateLimited { retry_after, .. } if retry_after > Duration::from_secs(59)),
        "{error:?}"
    );
    // Another channel has a count of its own.
    rest.messages(ChannelId::new(2), MessagesAt::Latest, 1)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_gateway_of_another_world_is_refused() {
    let server = Server::start([
        Reply::Json(200, json!({"url": "wss://gateway.discord.gg"})),
        Reply::Json(200, json!({"url": "ws://127.0.0.1:9"})),
    ])
    .await;
    let rest = server.rest();
    assert!(matches!(
        rest.gateway_url().await,
        Err(RestError::ForeignGateway(AddressError::ForeignHost { .. }))
    ));
    assert_eq!(rest.gateway_url().await.unwrap().as_str(), "ws://127.0.0.1:9/");
}

#[tokio::test]
async fn reactions_are_read_page_by_page_and_never_for_ever() {
    let page = |ids: std::ops::RangeInclusive<u64>| {
        let users: Vec<_> = ids
            .map(|id| json!({"id": id.to_string(), "username": "u"}))
            .collect();
        Reply::Json(200, json!(users))
    };
    let server = Server::start([page(1..=100), page(101..=105)]).await;
    let yes = ReactionType::Unicode("✅".to_owned());
    let users = server
        .rest()
        .reaction_users(CHANNEL, MessageId::new(2), &yes, 1000)
        .await
        .unwrap();
    assert_eq!(users.len(), 105);
    assert_eq!(server.seen()[1].uri.query(), Some("limit=100&after=100"));

    // A server that ignores `after`.
    let server = Server::start([page(1..=100), page(1..=100), page(1..=100)]).await;
    let users = server
        .rest()
        .reaction_users(CHANNEL, MessageId::new(2), &yes, 1000)
        .await
        .unwrap();
    assert_eq!(users.len(), 100);
}

#[tokio::test]
async fn calls_are_counted_by_route_and_outcome() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // Holds for this thread, and the test has only this one.
    let guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start([
        Reply::Json(200, json!([])),
        Reply::Raw(500, Vec::new()),
        Reply::Hang,
    ])
    .await;
    let rest = server.rest();
    for rest in [&rest, &rest, &hurried(server.address)] {
        let _ = rest.messages(CHANNEL, MessagesAt::Latest, 1).await;
    }
    drop(guard);
    let page = handle.render();
    for status in ["200", "500", "no answer"] {
        let line = format!(
            r#"portcullis_discord_requests_total{{route="channels/{{channel}}/messages",status="{status}"}} 1"#
        );
        assert!(page.contains(&line), "{line} is missing in\n{page}");
    }
    assert!(
        page.contains("portcullis_discord_request_seconds_count"),
        "{page}"
    );
}

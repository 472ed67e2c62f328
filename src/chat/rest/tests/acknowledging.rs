use std::time::{Duration, Instant};

use serde_json::json;
use serenity::all::{CreateInteractionResponse, CreateInteractionResponseMessage, InteractionId};

use crate::chat::rest::{
    InteractionToken, JsonCode, Pings, Rest, RestError,
    testing::{Reply, Server, config, dropping},
};

async fn acknowledge(rest: &Rest) -> Result<(), RestError> {
    let defer = CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new().ephemeral(true));
    rest.acknowledge(
        InteractionId::new(77),
        &InteractionToken::new("tok-77"),
        &defer,
        &Pings::nobody(),
    )
    .await
}

fn already() -> Reply {
    Reply::Json(
        400,
        json!({"message": "Interaction has already been acknowledged.", "code": 40060}),
    )
}

fn done() -> Reply {
    Reply::Raw(204, Vec::new())
}

#[tokio::test]
async fn one_call_is_enough_when_all_is_well() {
    let server = Server::start([done()]).await;
    acknowledge(&server.rest()).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].uri, "/api/v10/interactions/77/tok-77/callback");
    assert_eq!(seen[0].json()["type"], 5);
    assert_eq!(seen[0].json()["data"]["flags"], 64);
    assert!(seen[0].headers.get("authorization").is_none());
}

#[tokio::test]
async fn a_fault_of_the_server_is_answered_by_one_repetition() {
    let server = Server::start([Reply::Raw(503, Vec::new()), done()]).await;
    acknowledge(&server.rest()).await.unwrap();
    assert_eq!(server.seen().len(), 2);

    let server = Server::start([Reply::Raw(500, Vec::new()), Reply::Raw(502, Vec::new()), done()]).await;
    let error = acknowledge(&server.rest()).await.unwrap_err();
    assert!(matches!(
        error,
        RestError::Transient {
            status: Some(502),
            ..
        }
    ));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn already_acknowledged_means_success_only_after_our_own_first_attempt() {
    let server = Server::start([Reply::Raw(500, Vec::new()), already()]).await;
    acknowledge(&server.rest()).await.unwrap();

    let server = Server::start([already()]).await;
    assert!(
        acknowledge(&server.rest())
            .await
            .unwrap_err()
            .is(JsonCode::AlreadyAcknowledged)
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    let unknown = Reply::Json(404, json!({"message": "Unknown interaction", "code": 10062}));
    let server = Server::start([unknown]).await;
    assert!(
        acknowledge(&server.rest())
            .await
            .unwrap_err()
            .is(JsonCode::UnknownInteraction)
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_dropped_connection_is_answered_by_one_repetition() {
    acknowledge(&dropping(1).await).await.unwrap();
    assert!(matches!(
        acknowledge(&dropping(9).await).await.unwrap_err(),
        RestError::Ambiguous { .. }
    ));
}

#[tokio::test]
async fn a_short_429_is_waited_for_and_a_long_one_is_not() {
    let limited = |seconds: f64| {
        Reply::Json(
            429,
            json!({"message": "x", "retry_after": seconds, "global": false}),
        )
    };
    let server = Server::start([limited(0.05), done()]).await;
    acknowledge(&server.rest()).await.unwrap();

    let server = Server::start([limited(30.0), done()]).await;
    let error = acknowledge(&server.rest()).await.unwrap_err();
    assert!(
        matches!(error, RestError::RateLimited { retry_after, .. } if retry_after == Duration::from_secs(30))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn silence_is_given_up_within_the_budget() {
    let server = Server::start([Reply::Hang, Reply::Hang]).await;
    let mut config = config(server.address);
    config.request_timeout = Duration::from_secs(60);
    let begun = Instant::now();
    let error = acknowledge(&Rest::new(config).unwrap()).await.unwrap_err();
    assert!(matches!(error, RestError::Ambiguous { .. }));
    // Some room for a busy machine; without a budget it would be minutes.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(server.seen().len(), 2);
}

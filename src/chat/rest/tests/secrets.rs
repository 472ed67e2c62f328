use std::{
    error::Error,
    fmt::Write as _,
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;
use serenity::all::{
    ApplicationId, CreateInteractionResponse, CreateInteractionResponseFollowup, EditInteractionResponse,
    InteractionId,
};
use tracing_subscriber::fmt::MakeWriter;

use crate::chat::rest::{
    InteractionToken, Pings, Rest, RestError,
    testing::{BOT_TOKEN, Reply, Server, config, dropping, hurried},
};

const TOKEN: &str = "aW50ZXJhY3Rpb24-secret";

/// Everything that could be printed about the failures of all calls that carry an interaction token.
async fn printed(rest: &Rest) -> String {
    let token = InteractionToken::new(TOKEN);
    let application = ApplicationId::new(9);
    let nobody = Pings::nobody();
    let mut errors: Vec<RestError> = Vec::new();
    errors.extend(
        rest.acknowledge(
            InteractionId::new(7),
            &token,
            &CreateInteractionResponse::Acknowledge,
            &nobody,
        )
        .await
        .err(),
    );
    errors.extend(
        rest.edit_original(application, &token, &EditInteractionResponse::new(), &nobody)
            .await
            .err(),
    );
    errors.extend(
        rest.follow_up(
            application,
            &token,
            &CreateInteractionResponseFollowup::new(),
            &nobody,
        )
        .await
        .err(),
    );
    let mut text = format!("{rest:?} {token:?}");
    assert!(!errors.is_empty());
    for error in &errors {
        write!(text, "\n{error:?} {error}").unwrap();
        let mut source = error.source();
        while let Some(error) = source {
            write!(text, " {error:?} {error}").unwrap();
            source = error.source();
        }
    }
    text
}

#[tokio::test]
async fn no_error_and_no_log_line_carries_a_token() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .finish();
    // The guard holds for this thread only, and this test has only this thread.
    let guard = tracing::subscriber::set_default(subscriber);

    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut text = printed(&Rest::new(config(closed)).unwrap()).await;
    text += &printed(&dropping(99).await).await;
    let echo = || {
        let message = format!("POST /webhooks/9/{TOKEN} is no good");
        Reply::Json(
            400,
            json!({"message": message, "code": 50035, "errors": {TOKEN: {"_errors": [{"message": TOKEN}]}}}),
        )
    };
    for reply in [
        echo as fn() -> Reply,
        || Reply::BreakOff(200),
        || Reply::Raw(500, Vec::new()),
        || Reply::Raw(200, TOKEN.into()),
        || Reply::Json(200, json!({"id": TOKEN})),
        || Reply::Json(200, json!({"id": 1, "content": 5})),
        || Reply::Raw(302, Vec::new()),
    ] {
        let server = Server::start(std::iter::repeat_with(reply).take(6)).await;
        text += &printed(&server.rest()).await;
    }
    let server = Server::start(std::iter::repeat_with(|| Reply::Hang).take(6)).await;
    text += &printed(&hurried(server.address)).await;
    // The bot token travels only with calls like this one.
    let server = Server::start([Reply::Raw(500, Vec::new())]).await;
    write!(text, "\n{:?}", server.rest().current_user().await.unwrap_err()).unwrap();
    drop(guard);

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("no answer came") && text.contains("is no good"),
        "{text}"
    );
    assert!(
        log.contains("reqwest") || log.contains("hyper"),
        "the log was not captured"
    );
    for (name, text) in [("errors", &text), ("log", &log)] {
        for secret in [TOKEN, BOT_TOKEN] {
            let line = text.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "in the {name}");
        }
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

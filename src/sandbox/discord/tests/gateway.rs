use serenity::all::{GatewayError, GatewayIntents};

use super::*;

#[tokio::test]
async fn intents_that_are_not_granted_or_unknown_end_the_client() {
    let scene = Scene::new().await;
    for (bits, expected) in [(1 << 15, "Disallowed"), (1 << 30, "Invalid")] {
        let bot = Bot::start_unready(&scene, GatewayIntents::from_bits_retain(bits)).await;
        let ended = unfinished(bot).await;
        let name = match ended.unwrap_err() {
            serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents) => "Disallowed",
            serenity::Error::Gateway(GatewayError::InvalidGatewayIntents) => "Invalid",
            other => panic!("{other}"),
        };
        assert_eq!(name, expected);
    }
}

async fn unfinished(mut bot: Bot) -> Result<(), serenity::Error> {
    tokio::time::timeout(SOON, &mut bot.task).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_lost_connection_is_resumed_with_what_was_missed() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    scene.discord.gateway(Mood::Cut);
    scene
        .discord
        .wait_until(SOON, |discord| (discord.bots_connected() == 0).then_some(()))
        .await
        .unwrap();
    // Nobody is there to hear it; the session keeps it.
    scene.person("alice").slash("/jit list").unwrap();
    let (mut heard, mut resumed) = (false, false);
    while !(heard && resumed) {
        match bot.next().await {
            Seen::Interaction(_) => heard = true,
            Seen::Resumed => resumed = true,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(scene.discord.handshakes(), (1, 1));
}

#[tokio::test]
async fn a_request_to_reconnect_is_followed_by_a_resume() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    scene.discord.gateway(Mood::Reconnect);
    assert!(matches!(bot.next().await, Seen::Resumed));
    scene.discord.gateway(Mood::InvalidResumable);
    assert!(matches!(bot.next().await, Seen::Resumed));
    assert_eq!(scene.discord.handshakes(), (1, 2));
}

#[tokio::test]
async fn an_invalid_session_is_begun_anew() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    scene.discord.gateway(Mood::Invalid);
    assert!(matches!(bot.next().await, Seen::Ready));
    assert_eq!(scene.discord.handshakes(), (2, 0));
    assert_eq!(scene.discord.bots_connected(), 1);
}

#[tokio::test]
async fn a_silent_gateway_is_noticed_by_its_heartbeat() {
    let scene = Scene::with(DiscordOptions {
        heartbeat_interval: Duration::from_millis(1200),
        ..DiscordOptions::default()
    })
    .await;
    let bot = scene.bot().await;
    scene.discord.gateway(Mood::Silent);
    // serenity begins a new session then; others resume.
    assert!(matches!(bot.next().await, Seen::Ready));
}

#[tokio::test]
async fn two_bots_with_one_token_both_hear_and_the_second_answer_is_refused() {
    let scene = Scene::new().await;
    let (one, two) = (scene.bot().await, scene.bot().await);
    one.registers_jit().await;
    scene.person("alice").slash("/jit list").unwrap();
    let (first, second) = (one.command().await, two.command().await);
    first.defer(&one.http).await.unwrap();
    assert_eq!(code(&second.defer(&two.http).await.unwrap_err()), 40060);
}

/// A client that does it wrong.
mod raw {
    use futures::{SinkExt as _, StreamExt as _};
    use tokio_tungstenite::{connect_async, tungstenite::Message};

    use super::*;

    async fn closes_with(scene: &Scene, frames: &[String]) -> u16 {
        let (mut socket, _) = connect_async(scene.discord.gateway_url()).await.unwrap();
        for frame in frames {
            socket.send(Message::text(frame.clone())).await.unwrap();
        }
        loop {
            match tokio::time::timeout(SOON, socket.next()).await.unwrap() {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    fn identify(change: Value) -> String {
        let good = json!({"token": SANDBOX_TOKEN, "intents": 1, "properties": {}});
        json!({"op": 2, "d": wire::merged(good, change)}).to_string()
    }

    #[tokio::test]
    async fn each_mistake_has_its_close_code() {
        let scene = Scene::new().await;
        let good = || identify(json!({}));
        let resume = |seq: u64| {
            let session = scene.discord.hub.read(|state| state.sessions.all[0].id.clone());
            json!({"op": 6, "d": {"token": SANDBOX_TOKEN, "session_id": session, "seq": seq}}).to_string()
        };
        let close = async |frames: &[String]| closes_with(&scene, frames).await;
        assert_eq!(close(&["{".into()]).await, 4002);
        assert_eq!(
            close(&[identify(json!({"padding": "x".repeat(4096)}))]).await,
            4002
        );
        assert_eq!(close(&[r#"{"op": 99}"#.into()]).await, 4001);
        assert_eq!(close(&[r#"{"op": 3, "d": {}}"#.into()]).await, 4003);
        assert_eq!(close(&[identify(json!({"token": "wrong"}))]).await, 4004);
        assert_eq!(close(&[good(), good()]).await, 4005);
        assert_eq!(close(&[identify(json!({"shard": [1, 1]}))]).await, 4010);
        assert_eq!(close(&[identify(json!({"intents": 1u64 << 40}))]).await, 4013);
        assert_eq!(close(&[identify(json!({"intents": 2}))]).await, 4014);
        assert_eq!(close(&[resume(1_000_000)]).await, 4007);
        let many = vec![r#"{"op": 1, "d": null}"#.to_owned(); 121];
        assert_eq!(close(&many).await, 4008);
    }

    #[tokio::test]
    async fn an_unknown_session_cannot_be_resumed() {
        let scene = Scene::new().await;
        let (mut socket, _) = connect_async(scene.discord.gateway_url()).await.unwrap();
        let resume = json!({"op": 6, "d": {"token": SANDBOX_TOKEN, "session_id": "gone", "seq": 1}});
        socket.send(Message::text(resume.to_string())).await.unwrap();
        socket.next().await.unwrap().unwrap();
        let answer = socket.next().await.unwrap().unwrap().into_text().unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
    }
}

use serenity::all::{CreateAllowedMentions, CreateEmbed, CreateMessage, EditMessage, Nonce, UserId};

use super::*;

#[tokio::test]
async fn a_message_keeps_its_history_and_can_be_deleted() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let place = channel(world::GENERAL_CHANNEL);
    let embed = CreateEmbed::new()
        .title("Title")
        .field("Name", "Value", true)
        .footer(serenity::all::CreateEmbedFooter::new("Foot"));
    let mut posted = place
        .send_message(&bot.http, CreateMessage::new().content(" Hello ").embed(embed))
        .await
        .unwrap();
    assert_eq!(posted.content, "Hello");
    assert_eq!(posted.embeds[0].kind.as_deref(), Some("rich"));
    posted
        .edit(&bot.http, EditMessage::new().content("Changed").embeds(vec![]))
        .await
        .unwrap();
    let seen = &scene.discord.messages("general")[0];
    assert_eq!(seen.text(), "Changed");
    assert_eq!(seen.history[0].text(), "Hello\nTitle\nName: Value\nFoot");
    let empty = posted.edit(&bot.http, EditMessage::new().content("")).await;
    assert_eq!(code(&empty.unwrap_err()), 50006);
    posted.delete(&bot.http).await.unwrap();
    assert_eq!(code(&posted.delete(&bot.http).await.unwrap_err()), 10008);
    assert_eq!(scene.discord.deleted().len(), 1);
}

#[tokio::test]
async fn an_enforced_nonce_finds_the_first_message_for_some_minutes() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let place = channel(world::GENERAL_CHANNEL);
    let message = |nonce: &str| {
        CreateMessage::new()
            .content("Once")
            .nonce(Nonce::String(nonce.into()))
            .enforce_nonce(true)
    };
    let first = place.send_message(&bot.http, message("a")).await.unwrap();
    assert_eq!(
        place.send_message(&bot.http, message("a")).await.unwrap().id,
        first.id
    );
    assert_ne!(
        place.send_message(&bot.http, message("b")).await.unwrap().id,
        first.id
    );
    scene.clock.advance(Duration::from_secs(600));
    assert_ne!(
        place.send_message(&bot.http, message("a")).await.unwrap().id,
        first.id
    );
    assert_eq!(scene.discord.messages("general").len(), 3);
    let long = place.send_message(&bot.http, message(&"x".repeat(26))).await;
    assert_eq!(code(&long.unwrap_err()), 50035);
}

#[tokio::test]
async fn a_ping_needs_the_mention_the_allowance_and_the_role() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let place = channel(world::GENERAL_CHANNEL);
    let text = format!("<@{}> <@&{}> @everyone", world::ALICE, world::ON_CALL_ROLE);
    let nobody = CreateMessage::new()
        .content(&text)
        .allowed_mentions(CreateAllowedMentions::new());
    let alice = CreateMessage::new()
        .content(&text)
        .allowed_mentions(CreateAllowedMentions::new().users([UserId::new(world::ALICE.0)]));
    let role = |()| {
        let allowed = CreateAllowedMentions::new().roles([world::ON_CALL_ROLE.0]);
        CreateMessage::new().content(&text).allowed_mentions(allowed)
    };
    place.send_message(&bot.http, nobody).await.unwrap();
    place.send_message(&bot.http, alice).await.unwrap();
    place.send_message(&bot.http, role(())).await.unwrap();
    scene.discord.set_mentionable(world::ON_CALL_ROLE, false);
    place.send_message(&bot.http, role(())).await.unwrap();
    scene
        .discord
        .set_bot_permissions(Permissions::INVITED | Permissions::MENTION_EVERYONE);
    place
        .send_message(&bot.http, CreateMessage::new().content(&text))
        .await
        .unwrap();
    let pings: Vec<Pings> = scene
        .discord
        .messages("general")
        .into_iter()
        .map(|seen| seen.pings)
        .collect();
    assert_eq!(pings[0], Pings::default());
    assert_eq!(pings[1].people, [world::ALICE].into());
    assert_eq!(pings[2].people, [world::BOB].into());
    assert!(pings[3].people.is_empty() && pings[3].silent_roles.contains(&world::ON_CALL_ROLE));
    assert!(pings[4].everyone && pings[4].people.len() == 5);
}

#[tokio::test]
async fn both_ways_to_allow_the_same_mention_exclude_each_other() {
    let scene = Scene::new().await;
    let body = json!({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}});
    let (status, body) = scene
        .post(&format!("/channels/{}/messages", world::GENERAL_CHANNEL), body)
        .await;
    assert_eq!((status, &body["code"]), (400, &json!(50035)));
    assert!(
        body["errors"]["allowed_mentions"]["_errors"][0]["message"].is_string(),
        "{body}"
    );
}

#[tokio::test]
async fn direct_messages_arrive_unless_the_inbox_is_closed() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let dan = UserId::new(world::DAN.0).to_user(&bot.http).await.unwrap();
    dan.direct_message(&bot.http, CreateMessage::new().content("Your window ends soon."))
        .await
        .unwrap();
    assert_eq!(scene.discord.dms("dan")[0].content, "Your window ends soon.");
    scene.person("dan").dms_closed(true);
    let refused = dan
        .direct_message(&bot.http, CreateMessage::new().content("Hello?"))
        .await;
    assert_eq!(code(&refused.unwrap_err()), 50007);
    let stranger = scene
        .post("/users/@me/channels", json!({"recipient_id": "1"}))
        .await;
    assert_eq!(stranger.1["code"], 10013);
}

#[tokio::test]
async fn a_history_is_read_page_by_page() {
    let scene = Scene::new().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(
            scene
                .posted(world::GENERAL_CHANNEL, json!({"content": number.to_string()}))
                .await,
        );
    }
    let read = async |query: String| -> Vec<String> {
        let (status, body) = scene
            .get(&format!("/channels/{}/messages?{query}", world::GENERAL_CHANNEL))
            .await;
        assert_eq!(status, 200, "{body}");
        body.as_array()
            .unwrap()
            .iter()
            .map(|message| message["content"].as_str().unwrap().into())
            .collect()
    };
    assert_eq!(read("limit=2".into()).await, ["4", "3"]);
    assert_eq!(read(format!("limit=2&before={}", ids[3])).await, ["2", "1"]);
    assert_eq!(read(format!("limit=2&after={}", ids[0])).await, ["2", "1"]);
    assert_eq!(read(format!("limit=3&around={}", ids[2])).await, ["3", "2", "1"]);
    let (status, _) = scene
        .get(&format!(
            "/channels/{}/messages?limit=101",
            world::GENERAL_CHANNEL
        ))
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn other_peoples_text_needs_the_privileged_intent() {
    let scene = Scene::with(DiscordOptions {
        privileged_intents: 1 << 15,
        ..DiscordOptions::default()
    })
    .await;
    let without = Bot::start(&scene, discord::GatewayIntents::from_bits_truncate(1 | 1 << 9)).await;
    let with = Bot::start(
        &scene,
        discord::GatewayIntents::from_bits_truncate(1 | 1 << 9 | 1 << 15),
    )
    .await;
    scene
        .person("alice")
        .at("general")
        .unwrap()
        .says("secret")
        .unwrap();
    let text = |seen| match seen {
        Seen::Message(message) => message.content,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(without.next().await), "");
    assert_eq!(text(with.next().await), "secret");
}

use serenity::all::{AutoArchiveDuration, ChannelId, ChannelType, CreateMessage, CreateThread, EditThread};

use super::*;

#[tokio::test]
async fn a_thread_from_a_message_takes_its_id_and_exists_once() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let id = scene
        .posted(world::TRAIL_CHANNEL, json!({"content": "The trail"}))
        .await;
    let place = channel(world::TRAIL_CHANNEL);
    let new = |()| CreateThread::new("trail").auto_archive_duration(AutoArchiveDuration::OneWeek);
    let thread = place
        .create_thread_from_message(&bot.http, id.0, new(()))
        .await
        .unwrap();
    assert_eq!(thread.id.get(), id.0);
    assert!(matches!(bot.next().await, Seen::Thread(told) if told == id));
    let again = place.create_thread_from_message(&bot.http, id.0, new(())).await;
    assert_eq!(code(&again.unwrap_err()), 160_004);
    thread.id.say(&bot.http, "#1 · asked").await.unwrap();
    let kinds: Vec<u8> = scene.discord.messages(id).iter().map(|seen| seen.kind).collect();
    assert_eq!(kinds, [21, 0]);
    let (_, active) = scene
        .get(&format!("/guilds/{}/threads/active", world::GUILD))
        .await;
    assert_eq!(active["threads"][0]["id"], json!(id.to_string()));
    let (_, starter) = scene
        .get(&format!("/channels/{}/messages/{id}", world::TRAIL_CHANNEL))
        .await;
    assert_eq!(starter["thread"]["name"], "trail");
}

#[tokio::test]
async fn an_archived_thread_wakes_for_a_message_and_refuses_the_rest() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let new = CreateThread::new("trail").kind(ChannelType::PublicThread);
    let thread = channel(world::TRAIL_CHANNEL)
        .create_thread(&bot.http, new)
        .await
        .unwrap();
    let line = thread.id.say(&bot.http, "#1").await.unwrap();
    scene
        .discord
        .set_thread(thread.id.get(), Some(true), None)
        .unwrap();
    let edit = thread
        .id
        .edit_message(&bot.http, line.id, serenity::all::EditMessage::new().content("x"))
        .await;
    assert_eq!(code(&edit.unwrap_err()), 50083);
    let react = line.react(&bot.http, '✅').await;
    assert_eq!(code(&react.unwrap_err()), 50083);
    thread.id.say(&bot.http, "#2").await.unwrap();
    assert!(!scene.discord.threads("jit-trail")[0].archived);
}

#[tokio::test]
async fn a_locked_thread_needs_the_permission_to_manage_threads() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let new = CreateThread::new("trail").kind(ChannelType::PublicThread);
    let thread = channel(world::TRAIL_CHANNEL)
        .create_thread(&bot.http, new)
        .await
        .unwrap();
    scene
        .discord
        .set_thread(thread.id.get(), Some(true), Some(true))
        .unwrap();
    scene
        .discord
        .set_bot_permissions(Permissions::INVITED.without(Permissions::MANAGE_THREADS));
    assert_eq!(code(&thread.id.say(&bot.http, "x").await.unwrap_err()), 160_005);
    let wake = thread
        .id
        .edit_thread(&bot.http, EditThread::new().archived(false))
        .await;
    assert_eq!(code(&wake.unwrap_err()), 160_005);
    scene.discord.set_bot_permissions(Permissions::INVITED);
    thread
        .id
        .edit_thread(&bot.http, EditThread::new().archived(false).locked(false))
        .await
        .unwrap();
    thread.id.say(&bot.http, "x").await.unwrap();
}

#[tokio::test]
async fn without_a_type_a_thread_is_private_and_that_needs_another_permission() {
    let scene = Scene::new().await;
    let path = format!("/channels/{}/threads", world::TRAIL_CHANNEL);
    assert_eq!(scene.post(&path, json!({"name": "x"})).await.1["code"], 50013);
    let (status, body) = scene
        .post(
            &path,
            json!({"name": "x", "type": 11, "auto_archive_duration": 61}),
        )
        .await;
    assert_eq!((status, &body["code"]), (400, &json!(50035)));
    assert_eq!(scene.post(&path, json!({"type": 11})).await.0, 400);
    assert_eq!(scene.post(&path, json!({"name": "x", "type": 11})).await.0, 201);
}

#[tokio::test]
async fn a_deleted_thread_or_channel_is_unknown() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let new = CreateThread::new("trail").kind(ChannelType::PublicThread);
    let thread = channel(world::TRAIL_CHANNEL)
        .create_thread(&bot.http, new)
        .await
        .unwrap();
    scene.discord.delete_channel("jit-trail").unwrap();
    for id in [ChannelId::new(world::TRAIL_CHANNEL.0), thread.id] {
        let refused = id
            .send_message(&bot.http, CreateMessage::new().content("x"))
            .await;
        assert_eq!(code(&refused.unwrap_err()), 10003);
    }
}

#[tokio::test]
async fn an_idle_thread_falls_asleep_by_world_time() {
    let scene = Scene::new().await;
    let path = format!("/channels/{}/threads", world::TRAIL_CHANNEL);
    let body = json!({"name": "trail", "type": 11, "auto_archive_duration": 60});
    let (_, thread) = scene.post(&path, body).await;
    let id: Snowflake = thread["id"].as_str().unwrap().parse().unwrap();
    scene.clock.advance(Duration::from_secs(30 * 60));
    scene.posted(id, json!({"content": "#1"})).await;
    scene.clock.advance(Duration::from_secs(59 * 60));
    assert!(!scene.discord.threads("jit-trail")[0].archived);
    scene.clock.advance(Duration::from_secs(60));
    assert!(scene.discord.threads("jit-trail")[0].archived);
    scene.posted(id, json!({"content": "#2"})).await;
    assert!(!scene.discord.threads("jit-trail")[0].archived);
}

#[tokio::test]
async fn a_command_can_be_given_in_a_thread() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let new = CreateThread::new("trail").kind(ChannelType::PublicThread);
    let thread = channel(world::TRAIL_CHANNEL)
        .create_thread(&bot.http, new)
        .await
        .unwrap();
    assert!(matches!(bot.next().await, Seen::Thread(_)));
    scene
        .person("dan")
        .at("trail")
        .unwrap()
        .slash("/jit list")
        .unwrap();
    let command = bot.command().await;
    assert_eq!(command.channel_id, thread.id);
    assert_eq!(command.channel.unwrap().kind, ChannelType::PublicThread);
}

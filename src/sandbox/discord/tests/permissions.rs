use super::*;

#[tokio::test]
async fn each_missing_permission_of_the_bot_is_refused() {
    let scene = Scene::new().await;
    let place = world::GENERAL_CHANNEL;
    let id = scene.posted(place, json!({"content": "x"})).await;
    let all = Permissions::EVERYONE;
    let messages = format!("/channels/{place}/messages");
    let tick = "%E2%9C%85";
    let cases = [
        (
            Permissions::VIEW_CHANNEL,
            Method::POST,
            messages.clone(),
            json!({"content": "x"}),
            50001,
        ),
        (
            Permissions::SEND_MESSAGES,
            Method::POST,
            messages.clone(),
            json!({"content": "x"}),
            50013,
        ),
        (
            Permissions::EMBED_LINKS,
            Method::POST,
            messages.clone(),
            json!({"embeds": [{"title": "x"}]}),
            50013,
        ),
        (
            Permissions::ADD_REACTIONS,
            Method::PUT,
            format!("{messages}/{id}/reactions/{tick}/@me"),
            Value::Null,
            50013,
        ),
        (
            Permissions::READ_MESSAGE_HISTORY,
            Method::GET,
            format!("{messages}/{id}"),
            Value::Null,
            50013,
        ),
        (
            Permissions::CREATE_PUBLIC_THREADS,
            Method::POST,
            format!("{messages}/{id}/threads"),
            json!({"name": "x"}),
            50013,
        ),
    ];
    for (missing, method, path, body, code) in cases {
        scene.discord.set_everyone_permissions(all.without(missing));
        scene
            .discord
            .set_bot_permissions(Permissions::INVITED.without(missing));
        let (status, answer) = scene.call(method, &path, body).await;
        assert_eq!((status, &answer["code"]), (403, &json!(code)), "{missing:?}");
    }
    scene.discord.set_everyone_permissions(all);
    scene.discord.set_bot_permissions(Permissions::INVITED);
    let (_, thread) = scene
        .post(&format!("{messages}/{id}/threads"), json!({"name": "x"}))
        .await;
    let in_thread = Permissions::SEND_MESSAGES_IN_THREADS;
    scene.discord.set_everyone_permissions(all.without(in_thread));
    scene
        .discord
        .set_bot_permissions(Permissions::INVITED.without(in_thread));
    let path = format!("/channels/{}/messages", thread["id"].as_str().unwrap());
    assert_eq!(scene.post(&path, json!({"content": "x"})).await.1["code"], 50013);
}

#[tokio::test]
async fn overwrites_of_a_channel_hide_it_from_people_and_from_the_bot() {
    let hidden = Permissions::VIEW_CHANNEL;
    let world = DiscordWorld::demo()
        .overwrite(world::APPROVER_CHANNEL, world::GUILD, Permissions::NONE, hidden)
        .overwrite(
            world::APPROVER_CHANNEL,
            world::ON_CALL_ROLE,
            hidden,
            Permissions::NONE,
        )
        .overwrite(world::APPROVER_CHANNEL, world::BOT, hidden, Permissions::NONE);
    let scene = Scene::of(world, DiscordOptions::default()).await;
    let id = scene
        .posted(
            world::APPROVER_CHANNEL,
            json!({"content": "Card <@&100000000000005001>"}),
        )
        .await;
    assert_eq!(
        scene.person("mallory").reacts(id, "✅"),
        Err(Refusal::UnknownMessage)
    );
    assert_eq!(scene.person("bob").reacts(id, "✅"), Ok(()));
    // Alice has the role but cannot see the place.
    assert!(scene.discord.message(id).unwrap().pings.people.is_empty());
    scene
        .discord
        .set_overwrite("jit-requests", world::BOT, Permissions::NONE, hidden)
        .unwrap();
    let path = format!("/channels/{}/messages", world::APPROVER_CHANNEL);
    assert_eq!(scene.post(&path, json!({"content": "x"})).await.1["code"], 50001);
}

#[tokio::test]
async fn foreign_messages_cannot_be_edited_and_deleted_only_with_a_permission() {
    let scene = Scene::new().await;
    let said = scene.person("alice").at("general").unwrap().says("Mine").unwrap();
    let path = format!("/channels/{}/messages/{}", world::GENERAL_CHANNEL, said.id);
    assert_eq!(
        scene.call(Method::PATCH, &path, json!({"content": "x"})).await.1["code"],
        50005
    );
    assert_eq!(
        scene.call(Method::DELETE, &path, Value::Null).await.1["code"],
        50013
    );
    scene
        .discord
        .set_bot_permissions(Permissions::INVITED | Permissions::MANAGE_MESSAGES);
    assert_eq!(scene.call(Method::DELETE, &path, Value::Null).await.0, 204);
}

#[tokio::test]
async fn members_are_listed_to_who_has_the_privileged_intent() {
    let scene = Scene::new().await;
    let members = format!("/guilds/{}/members", world::GUILD);
    let (status, refused) = scene.get(&members).await;
    assert_eq!((status, &refused["code"]), (403, &json!(50001)));
    scene.discord.set_privileged_intents(world::GUILD_MEMBERS_INTENT);
    let ids = async |query: &str| -> Vec<String> {
        let (status, page) = scene.get(&format!("{members}{query}")).await;
        assert_eq!(status, 200, "{page}");
        page.as_array()
            .unwrap()
            .iter()
            .map(|member| member["user"]["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        ids("").await,
        [world::BOT.to_string()],
        "one, where nothing is said"
    );
    let pair = [world::ALICE.to_string(), world::BOB.to_string()];
    assert_eq!(ids(&format!("?limit=2&after={}", world::BOT)).await, pair);
    assert!(
        ids(&format!("?limit=1000&after={}", world::MALLORY))
            .await
            .is_empty()
    );
    let (status, _) = scene.get(&format!("{members}?limit=1001")).await;
    assert_eq!(status, 400);
}

use serenity::all::{ReactionType, UserId};

use super::*;

#[tokio::test]
async fn reactions_reach_the_bot_with_roles_when_added_and_without_when_taken_back() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let id = scene
        .posted(world::APPROVER_CHANNEL, json!({"content": "Card"}))
        .await;
    scene.person("bob").reacts(id, "✅").unwrap();
    let Seen::Reaction(added, true) = bot.next().await else {
        panic!()
    };
    assert_eq!(added.user_id, Some(UserId::new(world::BOB.0)));
    assert_eq!(added.emoji, ReactionType::Unicode("✅".into()));
    assert_eq!(added.member.unwrap().roles[0].get(), world::ON_CALL_ROLE.0);
    // A second time changes nothing and tells nobody.
    scene.person("bob").reacts(id, "✅").unwrap();
    scene.person("bob").unreacts(id, "✅").unwrap();
    let Seen::Reaction(removed, false) = bot.next().await else {
        panic!()
    };
    assert!(removed.member.is_none());
    assert_eq!(scene.person("bob").unreacts(id, "✅"), Err(Refusal::CannotReact));
}

#[tokio::test]
async fn without_the_intent_nothing_is_heard_but_it_can_be_read_later() {
    let scene = Scene::new().await;
    let bot = Bot::start(&scene, discord::GatewayIntents::from_bits_truncate(1)).await;
    let id = scene
        .posted(world::GENERAL_CHANNEL, json!({"content": "Card"}))
        .await;
    scene.person("bob").reacts(id, "❌").unwrap();
    scene.person("carol").reacts(id, "❌").unwrap();
    let told = scene
        .discord
        .ledger()
        .into_iter()
        .filter_map(|entry| match entry.what {
            What::Dispatch {
                event: "MESSAGE_REACTION_ADD",
                sessions,
                ..
            } => Some(sessions),
            _ => None,
        });
    assert_eq!(told.collect::<Vec<_>>(), [0, 0]);
    let place = channel(world::GENERAL_CHANNEL);
    let users = place
        .reaction_users(&bot.http, id.0, ReactionType::Unicode("❌".into()), Some(1), None)
        .await
        .unwrap();
    assert_eq!(users[0].name, "bob");
    let rest = place
        .reaction_users(
            &bot.http,
            id.0,
            ReactionType::Unicode("❌".into()),
            Some(1),
            users[0].id,
        )
        .await
        .unwrap();
    assert_eq!(rest[0].name, "carol");
}

#[tokio::test]
async fn the_bots_own_reactions_come_back_and_others_need_a_permission() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let id = scene
        .posted(world::GENERAL_CHANNEL, json!({"content": "Card"}))
        .await;
    let place = channel(world::GENERAL_CHANNEL);
    let tick = |()| ReactionType::Unicode("✅".into());
    place.create_reaction(&bot.http, id.0, tick(())).await.unwrap();
    let Seen::Reaction(own, true) = bot.next().await else {
        panic!()
    };
    assert_eq!(own.user_id.unwrap().get(), world::BOT.0);
    scene.person("mallory").reacts(id, "✅").unwrap();
    let mallory = Some(UserId::new(world::MALLORY.0));
    let refused = place.delete_reaction(&bot.http, id.0, mallory, tick(())).await;
    assert_eq!(code(&refused.unwrap_err()), 50013);
    scene
        .discord
        .set_bot_permissions(Permissions::INVITED | Permissions::MANAGE_MESSAGES);
    place
        .delete_reaction(&bot.http, id.0, mallory, tick(()))
        .await
        .unwrap();
    assert_eq!(scene.discord.message(id).unwrap().reactions["✅"], ["portcullis"]);
}

#[tokio::test]
async fn strange_emoji_and_too_many_are_refused() {
    let scene = Scene::new().await;
    let id = scene
        .posted(world::GENERAL_CHANNEL, json!({"content": "Card"}))
        .await;
    let react = async |emoji: String| {
        let emoji =
            percent_encoding::utf8_percent_encode(&emoji, percent_encoding::NON_ALPHANUMERIC).to_string();
        let path = format!(
            "/channels/{}/messages/{id}/reactions/{emoji}/@me",
            world::GENERAL_CHANNEL
        );
        scene.call(Method::PUT, &path, Value::Null).await
    };
    assert_eq!(react("hello".into()).await.1["code"], 10014);
    assert_eq!(react("name:123".into()).await.1["code"], 10014);
    for number in 0..20 {
        let emoji = char::from_u32(0x1F600 + number).unwrap();
        assert_eq!(react(emoji.into()).await.0, 204);
    }
    assert_eq!(react("✅".into()).await.1["code"], 30010);
}

#[tokio::test]
async fn moderators_take_reactions_off_and_one_event_tells_of_all() {
    let scene = Scene::new().await;
    let id = scene
        .posted(world::GENERAL_CHANNEL, json!({"content": "Card"}))
        .await;
    for (who, emoji) in [("bob", "✅"), ("carol", "✅"), ("carol", "👀")] {
        scene.person(who).reacts(id, emoji).unwrap();
    }
    let dan = scene.person("dan");
    assert_eq!(dan.clears_reactions(id, None), Err(Refusal::NotAllowed));
    assert_eq!(
        dan.removes_reaction_of(world::BOB, id, "✅"),
        Err(Refusal::NotAllowed)
    );
    scene
        .discord
        .set_everyone_permissions(Permissions::EVERYONE | Permissions::MANAGE_MESSAGES);
    dan.removes_reaction_of(world::BOB, id, "✅").unwrap();
    dan.clears_reactions(id, Some("👀")).unwrap();
    dan.clears_reactions(id, None).unwrap();
    assert_eq!(
        dan.clears_reactions(id, None),
        Err(Refusal::CannotReact),
        "none is left"
    );
    let told: Vec<_> = scene
        .discord
        .ledger()
        .into_iter()
        .filter_map(|entry| match entry.what {
            What::Dispatch { event, .. } if event.starts_with("MESSAGE_REACTION_REMOVE") => Some(event),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            "MESSAGE_REACTION_REMOVE",
            "MESSAGE_REACTION_REMOVE_EMOJI",
            "MESSAGE_REACTION_REMOVE_ALL"
        ]
    );
}

use super::*;

fn path() -> String {
    format!("/channels/{}/messages", world::GENERAL_CHANNEL)
}

/// A call that may end without an answer.
async fn attempt(scene: &Scene) -> Option<(u16, String)> {
    let request = scene
        .client
        .post(format!("{}/api/v10{}", scene.discord.url(), path()))
        .header("authorization", format!("Bot {SANDBOX_TOKEN}"))
        .json(&json!({"content": "x"}));
    let response = request.send().await.ok()?;
    Some((response.status().as_u16(), response.text().await.ok()?))
}

#[tokio::test]
async fn each_fault_does_what_it_says_and_no_more() {
    let scene = Scene::new().await;
    let count = || scene.discord.messages("general").len();
    let once = |kind| {
        scene
            .discord
            .fault(Fault::next(1, RouteKind::CreateMessage.into(), kind));
    };
    once(FaultKind::Status { status: 502 });
    assert_eq!(attempt(&scene).await.unwrap().0, 502);
    assert_eq!(count(), 0);
    once(FaultKind::RateLimited {
        retry_after: 1.5,
        global: true,
    });
    let (status, body) = attempt(&scene).await.unwrap();
    assert!(status == 429 && body.contains("\"retry_after\":1.5"), "{body}");
    once(FaultKind::DropBefore);
    assert_eq!(attempt(&scene).await, None);
    assert_eq!(count(), 0);
    once(FaultKind::DropAfter);
    assert_eq!(attempt(&scene).await, None);
    assert_eq!(count(), 1);
    once(FaultKind::StatusAfter { status: 500 });
    assert_eq!(attempt(&scene).await.unwrap().0, 500);
    assert_eq!(count(), 2);
    once(FaultKind::Malformed);
    let (status, body) = attempt(&scene).await.unwrap();
    assert!(status == 200 && serde_json::from_str::<Value>(&body).is_err());
    once(FaultKind::Slow { millis: 20 });
    assert_eq!(attempt(&scene).await.unwrap().0, 200);
    assert_eq!(attempt(&scene).await.unwrap().0, 200);
    assert_eq!(count(), 5);
    let statuses: Vec<Option<u16>> = scene
        .discord
        .calls(RouteKind::CreateMessage)
        .into_iter()
        .map(|entry| match entry.what {
            What::Rest { status, .. } => status,
            _ => None,
        })
        .collect();
    assert_eq!(statuses[..4], [Some(502), Some(429), None, None]);
}

#[tokio::test]
async fn a_message_can_vanish_just_before_it_is_edited() {
    let scene = Scene::new().await;
    let id = scene
        .posted(world::GENERAL_CHANNEL, json!({"content": "x"}))
        .await;
    scene.discord.fault(Fault::next(
        1,
        RouteKind::EditMessage.into(),
        FaultKind::MessageDeleted,
    ));
    let (status, body) = scene
        .call(
            Method::PATCH,
            &format!("{}/{id}", path()),
            json!({"content": "y"}),
        )
        .await;
    assert_eq!((status, &body["code"]), (404, &json!(10008)));
}

#[tokio::test]
async fn a_fault_stays_until_it_is_switched_off() {
    let scene = Scene::new().await;
    let id = scene
        .discord
        .fault(Fault::always(Matcher::any(), FaultKind::Status { status: 503 }));
    for _ in 0..3 {
        assert_eq!(attempt(&scene).await.unwrap().0, 503);
    }
    scene.discord.fault_off(id);
    assert_eq!(attempt(&scene).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_held_call_waits_for_its_decision() {
    let scene = Arc::new(Scene::new().await);
    let call = || {
        let scene = scene.clone();
        tokio::spawn(async move { attempt(&scene).await })
    };
    let count = || scene.discord.messages("general").len();
    let before = scene.discord.hold(RouteKind::CreateMessage, Side::Before);
    let running = call();
    assert_eq!(before.arrived().await, 1);
    assert_eq!((count(), scene.discord.calls_running()), (0, 1));
    before.release();
    assert_eq!(running.await.unwrap().unwrap().0, 200);
    assert_eq!(count(), 1);

    let after = scene.discord.hold(Matcher::changing().after(1), Side::After);
    assert_eq!(call().await.unwrap().unwrap().0, 200);
    let running = call();
    after.arrived().await;
    assert_eq!(count(), 3);
    after.drop_connection();
    assert_eq!(running.await.unwrap(), None);

    let lost = scene.discord.hold(RouteKind::CreateMessage, Side::Before);
    let running = call();
    lost.arrived().await;
    lost.drop_connection();
    assert_eq!(running.await.unwrap(), None);
    assert_eq!(count(), 3);
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_undo_what_it_asked_for() {
    let scene = Arc::new(Scene::new().await);
    let hold = scene.discord.hold(RouteKind::CreateMessage, Side::Before);
    let running = tokio::spawn({
        let scene = scene.clone();
        async move { attempt(&scene).await }
    });
    hold.arrived().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    hold.release();
    let arrived = |discord: &DiscordEmulator| (discord.messages("general").len() == 1).then_some(());
    scene.discord.wait_until(SOON, arrived).await.unwrap();
}

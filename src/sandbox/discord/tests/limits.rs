use super::*;

async fn refused(scene: &Scene, body: Value) -> Value {
    let path = format!("/channels/{}/messages", world::GENERAL_CHANNEL);
    let (status, answer) = scene.post(&path, body.clone()).await;
    assert_eq!(status, 400, "accepted: {body}");
    assert_eq!(answer["code"], 50035, "{answer}");
    answer["errors"].clone()
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

fn row(components: Value) -> Value {
    json!({"content": "x", "components": [{"type": 1, "components": components}]})
}

#[tokio::test]
async fn every_part_of_a_message_has_its_limit_and_its_place_in_the_answer() {
    let scene = Scene::new().await;
    let errors = refused(&scene, json!({"content": x(2001)})).await;
    assert_eq!(errors["content"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    let embed = |embed: Value| json!({"embeds": [embed]});
    let errors = refused(
        &scene,
        embed(json!({"fields": [{"name": "a", "value": x(1025)}]})),
    )
    .await;
    assert!(
        errors["embeds"]["0"]["fields"]["0"]["value"]["_errors"].is_array(),
        "{errors}"
    );
    let full = json!({"description": x(4096)});
    let fields: Vec<Value> = (0..26).map(|_| json!({"name": "a", "value": "b"})).collect();
    let button = |id: &str| json!({"type": 2, "style": 1, "label": "x", "custom_id": id});
    let buttons: Vec<Value> = (0..6).map(|n| button(&n.to_string())).collect();
    let rows: Vec<Value> = (0..6)
        .map(|n| json!({"type": 1, "components": [button(&n.to_string())]}))
        .collect();
    let options: Vec<Value> = (0..26)
        .map(|n| json!({"label": "x", "value": n.to_string()}))
        .collect();
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    for body in [
        embed(json!({"title": x(257)})),
        embed(json!({"description": x(4097)})),
        embed(json!({"footer": {"text": x(2049)}})),
        embed(json!({"author": {"name": x(257)}})),
        embed(json!({"fields": fields})),
        embed(json!({"fields": [{"name": x(257), "value": "b"}]})),
        embed(json!({"fields": [{"name": "", "value": "b"}]})),
        embed(json!({"title": "x", "color": 0x0100_0000})),
        embed(json!({"title": "x", "timestamp": "yesterday"})),
        embed(json!({"title": "x", "url": "no url"})),
        json!({"embeds": [full, full]}),
        json!({"embeds": vec![json!({"title": "x"}); 11]}),
        row(json!(buttons)),
        json!({"content": "x", "components": rows}),
        row(json!([])),
        row(json!([button("same"), button("same")])),
        row(json!([button(&x(101))])),
        row(json!([{"type": 2, "style": 1, "label": x(81), "custom_id": "a"}])),
        row(json!([{"type": 2, "style": 1, "custom_id": "a"}])),
        row(json!([{"type": 2, "style": 1, "label": "x"}])),
        row(json!([{"type": 2, "style": 5, "label": "x", "url": format!("https://x/{}", x(512))}])),
        row(json!([{"type": 2, "style": 5, "label": "x", "url": "https://x/", "custom_id": "a"}])),
        row(json!([{"type": 3, "custom_id": "a", "options": options}])),
        row(json!([{"type": 3, "custom_id": "a", "options": [{"label": x(101), "value": "a"}]}])),
        row(json!([{"type": 3, "custom_id": "a", "options": [{"label": "a", "value": "a"}]}, button("b")])),
        row(json!([{"type": 9, "custom_id": "a"}])),
        json!({"content": "x", "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}]}),
        json!({"content": "x", "flags": 1 << 15}),
        json!({"content": "x", "flags": 64}),
        json!({"content": "x", "nonce": x(26)}),
        json!({"content": "x", "allowed_mentions": {"parse": ["all"]}}),
        json!({"content": "x", "allowed_mentions": {"users": many}}),
        json!({"content": "x", "message_reference": {"message_id": "1"}}),
        json!({"content": ["x"]}),
    ] {
        refused(&scene, body).await;
    }
    assert!(scene.discord.messages("general").is_empty());
}

#[tokio::test]
async fn what_just_fits_is_taken() {
    let scene = Scene::new().await;
    let buttons: Vec<Value> = (0..5)
        .map(|n| json!({"type": 2, "style": 4, "label": x(80), "custom_id": format!("{n}{}", x(99))}))
        .collect();
    let rows = vec![json!({"type": 1, "components": buttons})];
    let embed = json!({"title": x(256), "description": x(4096), "color": 0x00FF_FFFF});
    let body = json!({"content": "ü".repeat(2000), "embeds": [embed], "components": rows});
    scene.posted(world::GENERAL_CHANNEL, body).await;
    assert_eq!(scene.discord.messages("general")[0].buttons().len(), 5);
}

#[tokio::test]
async fn empty_messages_and_broken_json_have_codes_of_their_own() {
    let scene = Scene::new().await;
    let path = format!("/channels/{}/messages", world::GENERAL_CHANNEL);
    for body in [
        json!({}),
        json!({"content": "  "}),
        json!({"content": "", "embeds": []}),
        Value::Null,
    ] {
        assert_eq!(scene.post(&path, body).await.1["code"], 50006);
    }
    let broken = scene
        .client
        .post(format!("{}/api/v10{path}", scene.discord.url()))
        .header("authorization", format!("Bot {SANDBOX_TOKEN}"))
        .header("content-type", "application/json")
        .body("{\"content\": ");
    let answer: Value = broken.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["code"], 50109);
}

#[tokio::test]
async fn strangers_unknown_routes_and_old_versions_are_refused() {
    let scene = Scene::new().await;
    assert_eq!(
        scene.get("/no/such/route").await,
        (404, json!({"message": "404: Not Found", "code": 0}))
    );
    assert_eq!(scene.get("/guilds/1").await.1["code"], 10004);
    assert_eq!(scene.get("/channels/1").await.1["code"], 10003);
    assert_eq!(scene.get("/channels/abc").await.1["code"], 50035);
    assert_eq!(
        scene.get(&format!("/guilds/{}/members/1", world::GUILD)).await.1["code"],
        10013
    );
    scene.person("dan").leaves();
    assert_eq!(
        scene
            .get(&format!("/guilds/{}/members/{}", world::GUILD, world::DAN))
            .await
            .1["code"],
        10007
    );
    let url = scene.discord.url();
    let get = async |path: &str, token: &str| {
        let request = scene
            .client
            .get(format!("{url}{path}"))
            .header("authorization", token);
        let response = request.send().await.unwrap();
        (
            response.status().as_u16(),
            response.json::<Value>().await.unwrap(),
        )
    };
    let unauthorized = (401, json!({"message": "401: Unauthorized", "code": 0}));
    assert_eq!(get("/api/v10/users/@me", "Bot wrong").await, unauthorized);
    assert_eq!(get("/api/v10/users/@me", SANDBOX_TOKEN).await, unauthorized);
    assert_eq!(get("/api/v6/users/@me", "Bot x").await.1["code"], 50041);
    let nameless = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = nameless
        .get(format!("{url}/api/v10/gateway"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 403);
}

#[tokio::test]
async fn modals_have_limits_too() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    scene.person("alice").slash("/jit list").unwrap();
    let command = bot.command().await;
    let path = format!("/interactions/{}/{}/callback", command.id, command.token);
    let input = |change: Value| {
        wire::merged(
            json!({"type": 4, "custom_id": "a", "label": "x", "style": 1}),
            change,
        )
    };
    let modal = |title: &str, inputs: Vec<Value>| {
        let rows: Vec<Value> = inputs
            .into_iter()
            .map(|input| json!({"type": 1, "components": [input]}))
            .collect();
        json!({"type": 9, "data": {"title": title, "custom_id": "m", "components": rows}})
    };
    let six = (0..6)
        .map(|n| input(json!({"custom_id": n.to_string()})))
        .collect();
    for body in [
        modal(&x(46), vec![input(json!({}))]),
        modal("x", vec![]),
        modal("x", six),
        modal("x", vec![input(json!({"label": x(46)}))]),
        modal("x", vec![input(json!({"placeholder": x(101)}))]),
        modal("x", vec![input(json!({"value": x(4001)}))]),
        modal("x", vec![input(json!({"max_length": 4001}))]),
        modal("x", vec![input(json!({})), input(json!({}))]),
        json!({"type": 7, "data": {"content": "x"}}),
        json!({"type": 8, "data": {"choices": []}}),
        json!({"data": {"content": "x"}}),
    ] {
        assert_eq!(scene.post(&path, body).await.1["code"], 50035);
    }
    // A refused answer leaves the interaction open.
    assert_eq!(
        scene.post(&path, modal(&x(45), vec![input(json!({}))])).await.0,
        204
    );
}

#[tokio::test]
async fn a_bucket_that_is_empty_says_when_to_come_back() {
    let limits = RateLimits::default().with(RouteKind::CreateMessage, 2, Duration::from_secs(5));
    let scene = Scene::with(DiscordOptions {
        rate_limits: limits,
        ..DiscordOptions::default()
    })
    .await;
    let url = format!(
        "{}/api/v10/channels/{}/messages",
        scene.discord.url(),
        world::GENERAL_CHANNEL
    );
    let post = async || {
        let token = format!("Bot {SANDBOX_TOKEN}");
        scene
            .client
            .post(&url)
            .header("authorization", token)
            .json(&json!({"content": "x"}))
            .send()
            .await
            .unwrap()
    };
    let first = post().await;
    let header =
        |response: &reqwest::Response, name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(&first, "x-ratelimit-limit"), "2");
    assert_eq!(header(&first, "x-ratelimit-remaining"), "1");
    post().await;
    let third = post().await;
    assert_eq!(third.status().as_u16(), 429);
    assert_eq!(header(&third, "x-ratelimit-scope"), "user");
    assert_eq!(header(&third, "retry-after"), "5");
    let body: Value = third.json().await.unwrap();
    assert!(body["retry_after"].as_f64().unwrap() <= 5.0 && body["global"] == false);
    let other = format!("/channels/{}/messages", world::TRAIL_CHANNEL);
    assert_eq!(scene.post(&other, json!({"content": "x"})).await.0, 200);
    assert_eq!(scene.discord.messages("general").len(), 2);
}

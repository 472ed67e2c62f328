use super::*;

impl Scene {
    async fn control(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .client
            .request(method, format!("{}/_control{path}", self.discord.url()));
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

#[tokio::test]
async fn a_whole_story_can_be_played_from_another_process() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let act = async |who: &str, verb: &str, body: Value| {
        scene
            .control(Method::POST, &format!("/people/{who}/{verb}"), body)
            .await
    };
    let (status, refused) = act("alice", "slash", json!({"text": "/jit request"})).await;
    assert_eq!(
        (status, &refused["refused"]),
        (422, &json!("The option \"vm\" is required."))
    );
    let (_, begun) = act(
        "alice",
        "slash",
        json!({"text": "/jit list", "channel": "general"}),
    )
    .await;
    bot.command().await.defer_ephemeral(&bot.http).await.unwrap();
    let path = format!(
        "/interactions/{}?wait_ms=5000",
        begun["interaction"].as_str().unwrap()
    );
    let (_, outcome) = scene.control(Method::GET, &path, Value::Null).await;
    assert_eq!(outcome["acknowledged"], "deferred");
    let id = scene
        .posted(world::GENERAL_CHANNEL, json!({"content": "Card"}))
        .await;
    assert_eq!(
        act("bob", "reacts", json!({"message": id, "emoji": "✅"}))
            .await
            .0,
        200
    );
    assert_eq!(act("bob", "dances", json!({})).await.0, 404);
    let (_, state) = scene.control(Method::GET, "/state", Value::Null).await;
    let alice = state["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["name"] == "alice")
        .unwrap();
    assert_eq!(alice["ephemerals"].as_array().unwrap().len(), 1);
    assert_eq!(
        state["channels"][0]["messages"][0]["reactions"]["✅"],
        json!(["bob"])
    );
    let (_, ledger) = scene.control(Method::GET, "/ledger", Value::Null).await;
    let numbers: Vec<u64> = ledger
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let revision = state["revision"].as_u64().unwrap();
    let news = format!("/revision?after={revision}&wait_ms=5000");
    let waiting = scene.control(Method::GET, &news, Value::Null);
    let (waited, ()) = tokio::join!(waiting, async { scene.person("dan").dms_closed(true) });
    assert!(waited.1["revision"].as_u64().unwrap() > revision);
}

#[tokio::test]
async fn faults_and_holds_are_switched_from_another_process() {
    let scene = Scene::new().await;
    let fault = json!({"kind": "status", "status": 500, "times": 1, "matcher": {"route": "get_me"}});
    assert_eq!(scene.control(Method::POST, "/faults", fault).await.0, 200);
    assert_eq!(scene.get("/users/@me").await.0, 500);
    assert_eq!(scene.get("/users/@me").await.0, 200);
    let hold = json!({"side": "after", "matcher": {"route": "get_me"}});
    let (_, armed) = scene.control(Method::POST, "/holds", hold).await;
    let hold = format!("/holds/{}", armed["id"]);
    let held = scene.get("/users/@me");
    let decide = async {
        let (_, state) = scene
            .control(Method::GET, &format!("{hold}?wait=true"), Value::Null)
            .await;
        assert_eq!(state["state"], "holding");
        scene
            .control(Method::POST, &format!("{hold}/release"), Value::Null)
            .await
    };
    let (answered, _) = tokio::join!(held, decide);
    assert_eq!(answered.0, 200);
    assert_eq!(
        scene
            .control(Method::POST, "/gateway/reconnect", Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(
        scene.control(Method::POST, "/gateway/sulk", Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn an_emulator_that_is_shut_down_lets_its_address_go() {
    let scene = Scene::new().await;
    let _bot = scene.bot().await;
    let address = scene.discord.address();
    scene.discord.shutdown().await;
    tokio::net::TcpListener::bind(address).await.unwrap();
}

#[tokio::test]
async fn with_an_identity_only_tls_is_spoken() {
    let identity = crate::sandbox::tls::ServerIdentity::generate().unwrap();
    let authority = reqwest::Certificate::from_pem(identity.authority_pem().as_bytes()).unwrap();
    let scene = Scene::with(DiscordOptions {
        tls: Some(identity),
        ..DiscordOptions::default()
    })
    .await;
    let url = format!("{}/api/v10/gateway", scene.discord.url());
    assert!(scene.client.get(&url).send().await.is_err());
    let trusting = reqwest::Client::builder()
        .tls_certs_only([authority])
        .user_agent("test")
        .no_proxy()
        .build()
        .unwrap();
    let answer: Value = trusting.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["url"], json!(scene.discord.gateway_url()));
    assert!(scene.discord.gateway_url().starts_with("wss://"));
}

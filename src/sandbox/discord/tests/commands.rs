use super::*;

fn path() -> String {
    format!("/applications/{}/guilds/{}/commands", world::BOT, world::GUILD)
}

fn command(change: Value) -> Value {
    wire::merged(json!({"name": "jit", "description": "Access on time."}), change)
}

fn option(change: Value) -> Value {
    wire::merged(
        json!({"type": 3, "name": "vm", "description": "Which machine."}),
        change,
    )
}

#[tokio::test]
async fn an_overwrite_keeps_ids_removes_the_rest_and_changes_versions_only_with_the_definition() {
    let scene = Scene::new().await;
    let put = async |body: Value| scene.call(Method::PUT, &path(), body).await.1;
    let first = put(json!([command(json!({})), {"name": "old", "description": "Old."}])).await;
    let again = put(json!([command(json!({}))])).await;
    assert_eq!(first[0]["id"], again[0]["id"]);
    assert_eq!(first[0]["version"], again[0]["version"]);
    let changed = put(json!([command(json!({"description": "Else."}))])).await;
    assert_eq!(first[0]["id"], changed[0]["id"]);
    assert_ne!(first[0]["version"], changed[0]["version"]);
    assert_eq!(scene.discord.commands(), ["jit"]);
    let global = format!("/applications/{}/commands", world::BOT);
    assert_eq!(
        scene
            .call(Method::PUT, &global, json!([command(json!({}))]))
            .await
            .0,
        200
    );
    assert_eq!(scene.get(&path()).await.1.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn definitions_are_judged_by_every_limit() {
    let scene = Scene::new().await;
    let options = |options: Value| command(json!({"options": options}));
    let x = |count: usize| "x".repeat(count);
    let many = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|n| option(json!({"name": n.to_string()})))
            .collect()
    };
    let choices: Vec<Value> = (0..26)
        .map(|n| json!({"name": n.to_string(), "value": "a"}))
        .collect();
    let long: Vec<Value> = (0..25)
        .map(|n| {
            let choices: Vec<Value> = (0..4)
                .map(|m| json!({"name": m.to_string(), "value": x(99)}))
                .collect();
            option(json!({"name": n.to_string(), "choices": choices}))
        })
        .collect();
    let sub = |inside: Value| json!({"type": 1, "name": "a", "description": "b", "options": inside});
    let group = |inside: Value| json!({"type": 2, "name": "a", "description": "b", "options": inside});
    for body in [
        command(json!({"name": "Jit"})),
        command(json!({"name": "jit now"})),
        command(json!({"name": x(33)})),
        command(json!({"name": ""})),
        command(json!({"description": x(101)})),
        command(json!({"description": null})),
        command(json!({"default_member_permissions": "everything"})),
        options(json!(many(26))),
        options(json!([option(json!({})), option(json!({}))])),
        options(json!([
            option(json!({"name": "a"})),
            option(json!({"required": true}))
        ])),
        options(json!([option(json!({"choices": choices}))])),
        options(json!([option(
            json!({"choices": [{"name": "a", "value": "a"}], "autocomplete": true})
        )])),
        options(json!([option(json!({"type": 6, "autocomplete": true}))])),
        options(json!([option(json!({"type": 99}))])),
        options(json!([option(json!({"max_length": 6001}))])),
        options(json!([sub(json!([])), option(json!({}))])),
        options(json!([sub(json!([sub(json!([]))]))])),
        options(json!([group(json!([group(json!([]))]))])),
        options(json!([group(json!([option(json!({}))]))])),
        options(json!(long)),
    ] {
        let (status, answer) = scene.call(Method::PUT, &path(), json!([body])).await;
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!(50035)),
            "accepted: {body}"
        );
    }
    let nested = options(json!([group(json!([sub(json!([option(
        json!({"required": true})
    )]))]))]));
    assert_eq!(scene.post(&path(), nested).await.0, 201);
    let twice = json!([command(json!({})), command(json!({}))]);
    assert_eq!(scene.call(Method::PUT, &path(), twice).await.0, 400);
}

#[tokio::test]
async fn a_day_has_two_hundred_new_names() {
    let scene = Scene::new().await;
    let batch = |from: usize| -> Value {
        (from..from + 100)
            .map(|n| command(json!({"name": format!("c{n}")})))
            .collect()
    };
    assert_eq!(scene.call(Method::PUT, &path(), batch(0)).await.0, 200);
    assert_eq!(scene.call(Method::PUT, &path(), batch(0)).await.0, 200);
    assert_eq!(scene.call(Method::PUT, &path(), batch(100)).await.0, 200);
    assert_eq!(
        scene.call(Method::PUT, &path(), batch(200)).await.1["code"],
        30034
    );
    scene.clock.advance(Duration::from_secs(86_401));
    assert_eq!(scene.call(Method::PUT, &path(), batch(200)).await.0, 200);
    assert_eq!(
        scene.post(&path(), command(json!({"name": "one-more"}))).await.1["code"],
        30032
    );
}

#[tokio::test]
async fn single_commands_are_read_changed_and_deleted() {
    let scene = Scene::new().await;
    let (_, made) = scene.post(&path(), command(json!({}))).await;
    let one = format!("{}/{}", path(), made["id"].as_str().unwrap());
    assert_eq!(
        scene
            .call(Method::PATCH, &one, json!({"description": "New."}))
            .await
            .1["description"],
        "New."
    );
    assert_eq!(scene.get(&one).await.1["description"], "New.");
    assert_eq!(scene.call(Method::DELETE, &one, Value::Null).await.0, 204);
    assert_eq!(scene.get(&one).await.1["code"], 10063);
    assert_eq!(scene.get("/applications/1/commands").await.1["code"], 10002);
}

use super::*;

async fn scene() -> (Scene, Bot) {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    (scene, bot)
}

#[tokio::test]
async fn the_client_does_not_send_what_the_definition_does_not_allow() {
    let (scene, _bot) = scene().await;
    let alice = scene.person("alice");
    let refused = |text: &str| alice.slash(text).unwrap_err();
    assert_eq!(refused("/nothing"), Refusal::UnknownCommand("nothing".into()));
    assert_eq!(refused("/jit"), Refusal::NeedsSubcommand("request, list".into()));
    assert_eq!(
        refused("/jit request vm:web-01"),
        Refusal::MissingOption("port".into())
    );
    assert_eq!(
        refused("/jit request wm:web-01 port:22"),
        Refusal::UnknownOption("wm:web-01".into())
    );
    assert!(matches!(refused("/jit list count:26"), Refusal::BadValue { .. }));
    assert!(matches!(
        refused("/jit list count:many"),
        Refusal::BadValue { .. }
    ));
    assert!(matches!(
        refused("/jit list who:nobody"),
        Refusal::BadValue { .. }
    ));
    let long = format!("/jit request vm:a port:1 reason:{}", "x".repeat(101));
    assert!(matches!(refused(&long), Refusal::BadValue { .. }));
    assert!(
        scene
            .discord
            .ledger()
            .iter()
            .all(|entry| !matches!(entry.what, What::Person { .. }))
    );
}

#[tokio::test]
async fn values_keep_their_spaces_and_colons() {
    let (scene, bot) = scene().await;
    let alice = scene.person("alice");
    alice
        .slash("/jit request vm:web-01, web-02 port:22 reason:see http://x: urgent for:1h")
        .unwrap();
    let command = bot.command().await;
    let serenity::all::ResolvedValue::SubCommand(options) = &command.data.options()[0].value else {
        panic!()
    };
    let text = |place: usize| match &options[place].value {
        serenity::all::ResolvedValue::String(text) => (options[place].name.to_owned(), (*text).to_owned()),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(0), ("vm".into(), "web-01, web-02".into()));
    assert_eq!(text(2), ("reason".into(), "see http://x: urgent".into()));
    assert_eq!(text(3), ("for".into(), "1h".into()));
    let raw = alice.slash_with(&["jit", "request"], &[("vm", "a\nb port:1"), ("port", "22")]);
    assert!(raw.is_ok());
    assert_eq!(bot.command().await.data.options()[0].name, "request");
}

#[tokio::test]
async fn a_person_option_carries_the_person() {
    let (scene, bot) = scene().await;
    scene.person("alice").slash("/jit list who:@bob count:3").unwrap();
    let command = bot.command().await;
    let serenity::all::ResolvedValue::SubCommand(options) = &command.data.options()[0].value else {
        panic!()
    };
    let bob = options.iter().find(|option| option.name == "who").unwrap();
    let serenity::all::ResolvedValue::User(user, Some(member)) = &bob.value else {
        panic!("{bob:?}")
    };
    assert_eq!(user.name, "bob");
    assert_eq!(member.roles[0].get(), world::ON_CALL_ROLE.0);
}

#[tokio::test]
async fn a_command_needs_the_permission_that_it_names() {
    let scene = Scene::new().await;
    let path = format!("/applications/{}/guilds/{}/commands", world::BOT, world::GUILD);
    let body =
        json!({"name": "secret", "description": "For administrators.", "default_member_permissions": "0"});
    assert_eq!(scene.post(&path, body).await.0, 201);
    assert_eq!(
        scene.person("mallory").slash("/secret").unwrap_err(),
        Refusal::NotAllowed
    );
    // Carol owns the guild.
    assert!(scene.person("carol").slash("/secret").is_ok());
}

use chrono::TimeDelta;
use serenity::all::{
    AutocompleteChoice, CreateActionRow, CreateAutocompleteResponse, CreateButton, CreateInputText,
    CreateInteractionResponse as Respond, CreateInteractionResponseFollowup,
    CreateInteractionResponseMessage, CreateMessage, CreateModal, EditInteractionResponse, InputTextStyle,
    Interaction,
};

use super::*;

fn message(text: &str) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new().content(text)
}

#[tokio::test]
async fn a_command_is_deferred_and_edited_and_only_its_author_sees_it() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let answer = scene
        .person("alice")
        .slash("/jit request vm:web-01 port:22 reason:INC-42 x")
        .unwrap();
    let command = bot.command().await;
    assert_eq!(command.user.id.get(), world::ALICE.0);
    assert!(
        command
            .member
            .as_ref()
            .unwrap()
            .roles
            .iter()
            .any(|role| role.get() == world::DEVELOPER_ROLE.0)
    );
    command.defer_ephemeral(&bot.http).await.unwrap();
    assert_eq!(answer.acknowledged().await, Acknowledged::Deferred);
    assert!(answer.message().unwrap().loading);
    command
        .edit_response(
            &bot.http,
            EditInteractionResponse::new().content("Working on it."),
        )
        .await
        .unwrap();
    let seen = answer.says("Working on it.").await.unwrap();
    assert_eq!(seen.only_for.as_deref(), Some("alice"));
    assert!(!seen.loading && scene.discord.messages("#general").is_empty());
    assert_eq!(scene.discord.ephemerals("alice").len(), 1);
    assert!(scene.discord.ephemerals("bob").is_empty());
    // Ephemeral messages are no channel messages.
    let path = format!("/channels/{}/messages/{}", world::GENERAL_CHANNEL, seen.id);
    assert_eq!(scene.get(&path).await.1["code"], 10008);
    assert_eq!(
        scene.person("alice").reacts(seen.id, "✅"),
        Err(Refusal::CannotReact)
    );
    assert_eq!(
        scene.person("bob").clicks(seen.id, "x").unwrap_err(),
        Refusal::UnknownMessage
    );
}

#[tokio::test]
async fn a_second_acknowledgement_is_refused_with_40060() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    scene.person("alice").slash("/jit list").unwrap();
    let command = bot.command().await;
    command
        .create_response(&bot.http, Respond::Message(message("One")))
        .await
        .unwrap();
    let second = command
        .create_response(&bot.http, Respond::Message(message("Two")))
        .await;
    assert_eq!(code(&second.unwrap_err()), 40060);
}

#[tokio::test]
async fn an_answer_after_the_limit_is_refused_and_the_person_reads_why() {
    let options = DiscordOptions {
        acknowledge_within: Duration::from_millis(30),
        ..DiscordOptions::default()
    };
    let scene = Scene::with(options).await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let answer = scene.person("alice").slash("/jit list").unwrap();
    let command = bot.command().await;
    assert_eq!(answer.acknowledged().await, Acknowledged::NoResponse);
    assert_eq!(code(&command.defer(&bot.http).await.unwrap_err()), 10062);
    let edit = command
        .edit_response(&bot.http, EditInteractionResponse::new().content("x"))
        .await;
    assert_eq!(code(&edit.unwrap_err()), 10015);
}

#[tokio::test]
async fn the_token_lives_fifteen_minutes_of_world_time() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    scene.person("alice").slash("/jit list").unwrap();
    let command = bot.command().await;
    command.defer(&bot.http).await.unwrap();
    scene.clock.advance(TimeDelta::seconds(899).to_std().unwrap());
    command
        .edit_response(&bot.http, EditInteractionResponse::new().content("still"))
        .await
        .unwrap();
    scene.clock.advance(Duration::from_secs(1));
    let late = command
        .edit_response(&bot.http, EditInteractionResponse::new().content("late"))
        .await;
    assert_eq!(code(&late.unwrap_err()), 50027);
}

#[tokio::test]
async fn autocomplete_offers_choices_and_sees_what_is_filled_in() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let alice = scene.person("alice");
    let typing = tokio::spawn(async move { alice.types("/jit request port:22 vm:we", "vm").await });
    let Interaction::Autocomplete(typed) = bot.interaction().await else {
        panic!()
    };
    assert_eq!(typed.data.autocomplete().unwrap().value, "we");
    let choice = AutocompleteChoice::new("web-01 (prod)", "web-01");
    let respond = CreateAutocompleteResponse::new().set_choices(vec![choice]);
    typed
        .create_response(&bot.http, Respond::Autocomplete(respond))
        .await
        .unwrap();
    let choices = typing.await.unwrap().unwrap();
    assert_eq!(
        (choices[0].name.as_str(), &choices[0].value),
        ("web-01 (prod)", &json!("web-01"))
    );
}

#[tokio::test]
async fn autocomplete_takes_no_more_than_25_choices_and_no_defer() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let alice = scene.person("alice");
    tokio::spawn(async move { alice.types("/jit request vm:", "vm").await });
    let Interaction::Autocomplete(typed) = bot.interaction().await else {
        panic!()
    };
    let many = (0..26)
        .map(|n| AutocompleteChoice::new(n.to_string(), n.to_string()))
        .collect();
    let respond = CreateAutocompleteResponse::new().set_choices(many);
    let refused = typed
        .create_response(&bot.http, Respond::Autocomplete(respond))
        .await;
    assert_eq!(code(&refused.unwrap_err()), 50035);
    let refused = typed
        .create_response(&bot.http, Respond::Defer(message("")))
        .await;
    assert_eq!(code(&refused.unwrap_err()), 50035);
}

fn card() -> CreateMessage {
    let buttons = vec![
        CreateButton::new("approve:1").label("Approve"),
        CreateButton::new("deny:1").label("Deny"),
    ];
    CreateMessage::new()
        .content("Alice asks.")
        .components(vec![CreateActionRow::Buttons(buttons)])
}

#[tokio::test]
async fn a_button_opens_a_form_and_the_form_changes_the_card() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let posted = channel(world::APPROVER_CHANNEL)
        .send_message(&bot.http, card())
        .await
        .unwrap();
    let id = Snowflake(posted.id.get());
    let bob = scene.person("bob");
    assert!(matches!(
        bob.clicks(id, "Later"),
        Err(Refusal::UnknownComponent(_))
    ));
    let pressed = bob.clicks(id, "Deny").unwrap();
    let press = bot.component().await;
    assert_eq!(press.data.custom_id, "deny:1");
    assert_eq!(press.message.id, posted.id);
    let input = CreateInputText::new(InputTextStyle::Short, "Why?", "reason")
        .min_length(3)
        .max_length(20);
    let form = CreateModal::new("deny-form:1", "Deny").components(vec![CreateActionRow::InputText(input)]);
    press
        .create_response(&bot.http, Respond::Modal(form))
        .await
        .unwrap();
    let modal = pressed.modal().await.unwrap();
    assert_eq!(
        (modal.title.as_str(), modal.inputs[0].label.as_str()),
        ("Deny", "Why?")
    );
    assert!(matches!(
        bob.submits(&modal, &[("reason", "no")]),
        Err(Refusal::BadForm(_))
    ));
    assert!(matches!(bob.submits(&modal, &[]), Err(Refusal::BadForm(_))));
    assert_eq!(
        scene
            .person("carol")
            .submits(&modal, &[("Why?", "stranger")])
            .unwrap_err(),
        Refusal::NoModal
    );
    let sent = bob.submits(&modal, &[("Why?", "not today")]).unwrap();
    let Interaction::Modal(form) = bot.interaction().await else {
        panic!()
    };
    assert_eq!(form.data.custom_id, "deny-form:1");
    let update = Respond::UpdateMessage(message("Denied by Bob: not today").components(vec![]));
    form.create_response(&bot.http, update).await.unwrap();
    assert_eq!(sent.acknowledged().await, Acknowledged::Update);
    let seen = scene.discord.message(id).unwrap();
    assert!(seen.buttons().is_empty() && seen.content.contains("not today"));
    assert_eq!(seen.history[0].text(), "Alice asks.");
}

#[tokio::test]
async fn a_press_can_be_acknowledged_silently_and_the_card_edited_through_it() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let posted = channel(world::APPROVER_CHANNEL)
        .send_message(&bot.http, card())
        .await
        .unwrap();
    let pressed = scene
        .person("bob")
        .clicks(Snowflake(posted.id.get()), "approve:1")
        .unwrap();
    let press = bot.component().await;
    press
        .create_response(&bot.http, Respond::Acknowledge)
        .await
        .unwrap();
    assert_eq!(pressed.acknowledged().await, Acknowledged::DeferredUpdate);
    press
        .edit_response(&bot.http, EditInteractionResponse::new().content("Approved."))
        .await
        .unwrap();
    assert_eq!(scene.discord.messages("jit-requests")[0].content, "Approved.");
    let whisper = CreateInteractionResponseFollowup::new()
        .content("Thank you.")
        .ephemeral(true);
    press.create_followup(&bot.http, whisper).await.unwrap();
    assert_eq!(pressed.followups()[0].only_for.as_deref(), Some("bob"));
    assert_eq!(scene.discord.ephemerals("bob").len(), 1);
}

#[tokio::test]
async fn a_followup_right_after_a_defer_fills_the_deferred_answer() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let answer = scene.person("alice").slash("/jit list").unwrap();
    let command = bot.command().await;
    command.defer_ephemeral(&bot.http).await.unwrap();
    let followup = CreateInteractionResponseFollowup::new().content("Nothing yet.");
    command.create_followup(&bot.http, followup).await.unwrap();
    assert_eq!(answer.message().unwrap().content, "Nothing yet.");
    assert!(answer.followups().is_empty() && scene.discord.messages("general").is_empty());
}

#[tokio::test]
async fn with_response_tells_about_the_message_and_without_it_there_is_no_body() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    for (query, status) in [
        ("?with_response=1", 200),
        ("?with_response=false", 204),
        ("", 204),
    ] {
        scene.person("alice").slash("/jit list").unwrap();
        let command = bot.command().await;
        let url = format!(
            "{}/api/v10/interactions/{}/{}/callback{query}",
            scene.discord.url(),
            command.id,
            command.token
        );
        // Without the bot's token: the one in the path is enough.
        let respond = json!({"type": 4, "data": {"content": "Hello"}});
        let response = scene.client.post(url).json(&respond).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        if status == 200 {
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["resource"]["message"]["content"], "Hello");
            assert_eq!(body["interaction"]["response_message_ephemeral"], false);
        }
    }
    // @original arrives percent-encoded from discord.js.
    let original = scene
        .discord
        .messages("general")
        .last()
        .unwrap()
        .interaction
        .unwrap();
    let token = scene
        .discord
        .hub
        .read(|state| state.interactions[&original].token.clone());
    let path = format!("/webhooks/{}/{token}/messages/%40original", world::BOT);
    assert_eq!(
        scene
            .call(Method::PATCH, &path, json!({"content": "Bye"}))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn a_button_in_a_direct_message_brings_the_person_but_no_member() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let alice = serenity::all::UserId::new(world::ALICE.0)
        .to_user(&bot.http)
        .await
        .unwrap();
    let posted = alice.direct_message(&bot.http, card()).await.unwrap();
    let pressed = scene
        .person("alice")
        .clicks(Snowflake(posted.id.get()), "Approve")
        .unwrap();
    assert!(
        scene
            .person("bob")
            .clicks(Snowflake(posted.id.get()), "Approve")
            .is_err()
    );
    let press = bot.component().await;
    assert!(press.member.is_none() && press.guild_id.is_none());
    assert_eq!(press.user.id, alice.id);
    press
        .create_response(
            &bot.http,
            Respond::UpdateMessage(message("Done.").components(vec![])),
        )
        .await
        .unwrap();
    assert_eq!(
        pressed.says("Done.").await.unwrap().id,
        Snowflake(posted.id.get())
    );
}
